package main

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ml-autoscaling/autoscaler/actuator/asg"
	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
)

// plainAWS rids the test of what this machine's environment says about AWS, and
// then sets what is given. For the SDK a variable that is empty is there.
func plainAWS(t *testing.T, env map[string]string) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, value, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, value) // puts it back afterwards
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ACCESS_KEY_ID": "OWNKEY", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		t.Setenv(name, value)
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
}

func TestAWSRegionIsRequired(t *testing.T) {
	plainAWS(t, map[string]string{"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"})
	if _, err := loadAWS(t.Context(), config.Scope{}); err == nil || !strings.Contains(err.Error(), "no region") {
		t.Errorf("want an error, got %v", err)
	}
	cfg, err := loadAWS(t.Context(), config.Scope{Region: "eu-west-1"})
	if err != nil || cfg.Region != "eu-west-1" || cfg.Retryer().MaxAttempts() != 5 {
		t.Errorf("want eu-west-1 and five attempts, got %q, %v", cfg.Region, err)
	}
}

func TestAWSProfileThatIsMissing(t *testing.T) {
	plainAWS(t, map[string]string{"AWS_PROFILE": "nobody"})
	if _, err := loadAWS(t.Context(), config.Scope{Region: "eu-west-1"}); err == nil || !strings.HasPrefix(err.Error(), "configure AWS for region eu-west-1: ") {
		t.Errorf("want an error, got %v", err)
	}
}

// standIn answers for STS and for Auto Scaling, and notes who asked what.
func standIn(t *testing.T, seen *[]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		_, key, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		key, _, _ = strings.Cut(key, "/")
		*seen = append(*seen, fmt.Sprintf("%s by %s: %s %s", r.Form.Get("Action"), key, r.Form.Get("RoleArn"), r.Form.Get("ExternalId")))
		if r.Form.Get("Action") == "AssumeRole" {
			fmt.Fprint(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLEKEY</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2126-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`)
			return
		}
		fmt.Fprint(w, `<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups><member><AutoScalingGroupName>web</AutoScalingGroupName>
<DesiredCapacity>2</DesiredCapacity><MinSize>1</MinSize><MaxSize>3</MaxSize></member></AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`)
	})
}

func TestAWSRole(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/reader"
	for _, test := range []struct {
		name  string
		scope config.Scope
		want  []string
	}{
		{"no role", config.Scope{}, []string{"DescribeAutoScalingGroups by OWNKEY:  "}},
		{"role", config.Scope{RoleARN: role}, []string{"AssumeRole by OWNKEY: " + role + " ", "DescribeAutoScalingGroups by ROLEKEY:  "}},
		{"role and external id", config.Scope{RoleARN: role, ExternalID: "x-1"}, []string{"AssumeRole by OWNKEY: " + role + " x-1", "DescribeAutoScalingGroups by ROLEKEY:  "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var seen []string
			server := httptest.NewServer(standIn(t, &seen))
			defer server.Close()
			plainAWS(t, map[string]string{"AWS_ENDPOINT_URL": server.URL})
			test.scope.Region = "eu-west-1"
			cfg, err := loadAWS(t.Context(), test.scope)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := asg.NewObserver(cfg).Describe(t.Context(), "web"); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(seen, "\n"); got != strings.Join(test.want, "\n") {
				t.Errorf("want\n%s\ngot\n%s", strings.Join(test.want, "\n"), got)
			}
		})
	}
}

// TestAWSCABundle holds that a bundle of the user's own is honored.
func TestAWSCABundle(t *testing.T) {
	var seen []string
	server := httptest.NewTLSServer(standIn(t, &seen))
	defer server.Close()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(bundle, cert, 0o600); err != nil {
		t.Fatal(err)
	}
	plainAWS(t, map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_CA_BUNDLE": bundle})
	cfg, err := loadAWS(t.Context(), config.Scope{Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := asg.NewObserver(cfg).Describe(t.Context(), "web"); err != nil {
		t.Error(err)
	}
	if address, loopback := autoScalingEndpoint(cfg); address != server.URL || !loopback {
		t.Errorf("want %s on loopback, got %s, %v", server.URL, address, loopback)
	}
}

func TestAutoScalingEndpoint(t *testing.T) {
	const public = "https://autoscaling.eu-west-1.amazonaws.com"
	for _, test := range []struct {
		name     string
		env      map[string]string
		address  string
		loopback bool
	}{
		{"none", nil, public, false},
		{"all services", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:9000"}, "http://127.0.0.1:9000", true},
		{"this service", map[string]string{"AWS_ENDPOINT_URL_AUTO_SCALING": "http://127.0.0.1:9001"}, "http://127.0.0.1:9001", true},
		{"another service", map[string]string{"AWS_ENDPOINT_URL_CLOUDWATCH": "http://127.0.0.1:9000"}, public, false},
		{
			"this service before all",
			map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:9000", "AWS_ENDPOINT_URL_AUTO_SCALING": "https://autoscaling.us-east-1.amazonaws.com"},
			"https://autoscaling.us-east-1.amazonaws.com", false,
		},
		{"ignored", map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:9000", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, public, false},
		{"empty", map[string]string{"AWS_ENDPOINT_URL": ""}, public, false},
		{"not HTTP", map[string]string{"AWS_ENDPOINT_URL": "127.0.0.1:9000"}, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			plainAWS(t, test.env)
			cfg, err := loadAWS(t.Context(), config.Scope{Region: "eu-west-1"})
			if err != nil {
				t.Fatal(err)
			}
			if address, loopback := autoScalingEndpoint(cfg); address != test.address || loopback != test.loopback {
				t.Errorf("want %q, %v, got %q, %v", test.address, test.loopback, address, loopback)
			}
		})
	}
}

// TestLoopback holds that nothing passes for loopback that is not.
func TestLoopback(t *testing.T) {
	for endpoint, want := range map[string]bool{
		"http://127.0.0.1":                   true,
		"http://127.8.7.6:80":                true,
		"http://[::1]:8080/path":             true,
		"http://[::ffff:127.0.0.1]":          true,
		"https://localhost:443":              true,
		"http://LOCALHOST":                   true,
		"http://127.0.0.1.evil.com":          false,
		"http://localhost.evil.com":          false,
		"http://localhost.":                  false,
		"http://evil.com/127.0.0.1":          false,
		"http://evil.com#127.0.0.1":          false,
		"http://evil.com?127.0.0.1":          false,
		"http://127.0.0.1@evil.com":          false,
		"http://127.0.0.1:80@evil.com:80":    false,
		"http://evil.com\\@127.0.0.1":        false,
		"http://127.1":                       false,
		"http://2130706433":                  false,
		"http://0.0.0.0":                     false,
		"http://10.0.0.1":                    false,
		"http://[::]":                        false,
		"http://simulator":                   false,
		"https://autoscaling.eu-west-1.test": false,
	} {
		c := aws.Config{Region: "eu-west-1", BaseEndpoint: &endpoint}
		if address, got := autoScalingEndpoint(c); got != want {
			t.Errorf("%s: want loopback = %v, got %v for %q", endpoint, want, got, address)
		}
	}
}
