package main

import (
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/actuator/asg"
	"github.com/ml-autoscaling/autoscaler/actuator/plan"
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
}

// TestActuatorActsAsItsRole holds that the actuator assumes its own role, and not
// ingest's, and ingest's where it has none.
func TestActuatorActsAsItsRole(t *testing.T) {
	var seen []string
	server := httptest.NewServer(standIn(t, &seen))
	defer server.Close()
	plainAWS(t, map[string]string{"AWS_ENDPOINT_URL": server.URL})
	cfg := config.Default()
	cfg.Ingest.Scopes = map[string]config.Scope{"a": {Region: "eu-west-1", RoleARN: "reader", ExternalID: "x"}, "b": {Region: "eu-west-1", RoleARN: "reader"}}
	cfg.Actuator.Scopes = map[string]config.Role{"a": {RoleARN: "writer", ExternalID: "y"}}
	clients, err := actuatorClients(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, scope := range []string{"a", "b"} {
		if _, err := clients[scope].Describe(t.Context(), "web"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := actuatorClients(t.Context(), config.Default()); err == nil || !strings.HasPrefix(err.Error(), "ingest.scopes: is missing") {
		t.Errorf("without a scope it would refuse everything, and the error is %v", err)
	}
	want := "AssumeRole by OWNKEY: writer y\nDescribeAutoScalingGroups by ROLEKEY:  \nAssumeRole by OWNKEY: reader \nDescribeAutoScalingGroups by ROLEKEY:  "
	if got := strings.Join(seen, "\n"); got != want {
		t.Errorf("want\n%s\ngot\n%s", want, got)
	}
}

// TestAWSRoleThatCannotBeAssumed holds that what is told of it names the role
// and AWS's reason, in the same words each time.
func TestAWSRoleThatCannotBeAssumed(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/writer"
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.Header().Set("X-Amzn-Requestid", fmt.Sprint("request-", requests))
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>`)
	}))
	defer server.Close()
	plainAWS(t, map[string]string{"AWS_ENDPOINT_URL": server.URL})
	cfg, err := loadAWS(t.Context(), config.Scope{Region: "eu-west-1", RoleARN: role})
	if err != nil {
		t.Fatal(err)
	}
	const want = "there are no valid credentials, at autoscaling:DescribeAutoScalingGroups: assume role " + role +
		": AccessDenied: not authorized to perform: sts:AssumeRole"
	for range 2 {
		_, err := asg.New(cfg).Describe(t.Context(), "web")
		var call *plan.CallError
		if !errors.As(err, &call) || call.Fault != plan.Expired || call.Explain() != want {
			t.Errorf("want\n%s\ngot\n%v", want, err)
		}
	}
	if requests != 2 {
		t.Errorf("%d requests, want one for each call", requests)
	}
}
