package asg_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/ml-autoscaling/autoscaler/actuator/asg"
	"github.com/ml-autoscaling/autoscaler/actuator/plan"
)

// TestNoCredentials holds that a call for which there are no credentials is not
// made, and not taken for one that nobody knows the end of, nor for one that
// lacks a permission of its own.
func TestNoCredentials(t *testing.T) {
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	failing := func(err error) aws.CredentialsProvider {
		return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, err })
	}
	for _, test := range []struct {
		name     string
		provider aws.CredentialsProvider
		text     string
	}{
		{"a provider that fails", failing(errors.New("no provider in chain")), "no provider in chain"},
		{"one behind a cache", aws.NewCredentialsCache(failing(errors.New("no provider in chain"))), "failed to refresh cached credentials, no provider in chain"},
		{"static ones that are empty", credentials.NewStaticCredentialsProvider("", "", ""), "static credentials are empty"},
		{"no instance metadata", aws.NewCredentialsCache(ec2rolecreds.New()), "IMDS"},
		{"a role that may not be assumed", assumed(t, 403, "AccessDenied"), "AccessDenied"},
		{"a role whose service throttles", assumed(t, 400, "Throttling"), "Throttling"},
		{"a role whose service is down", assumed(t, 503, "ServiceUnavailable"), "ServiceUnavailable"},
		{"a provider that is too slow", failing(context.DeadlineExceeded), "deadline exceeded"},
		{"an error of the signer", failing(&v4.SigningError{Err: errors.New("no key")}), "no key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &cloud{result: web}
			cfg := c.config(t)
			cfg.Credentials = test.provider
			w := asg.New(cfg)
			id, err := w.SetDesired(t.Context(), "web", 3)
			checkFault(t, err, "SetDesiredCapacity", plan.Expired)
			if !strings.Contains(err.Error(), test.text) || id != "" {
				t.Errorf("want %q and no request id, got %q, %q", test.text, err, id)
			}
			_, err = w.Describe(t.Context(), "web")
			checkFault(t, err, "DescribeAutoScalingGroups", plan.Expired)
			_, err = asg.NewObserver(cfg).LastActivity(t.Context(), "web")
			checkFault(t, err, "DescribeScalingActivities", plan.Expired)
			_, err = w.InstanceRefresh(t.Context(), "web")
			checkFault(t, err, "DescribeInstanceRefreshes", plan.Expired)
			if len(c.forms) > 0 {
				t.Errorf("want no request, got %v", c.forms)
			}
		})
	}
}

// assumed is a role whose service answers with an error.
func assumed(t *testing.T, status int, code string) aws.CredentialsProvider {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-Requestid", "of-sts")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(refuse(code, "says STS")))
	}))
	t.Cleanup(server.Close)
	return aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(config(server.URL)), "arn:aws:iam::1:role/scaler"))
}

// TestEndWhileRetrieving holds that a call which is broken off by us while it
// waits for credentials says nothing of them.
func TestEndWhileRetrieving(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cfg := (&cloud{}).config(t)
	cfg.Credentials = aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		cancel()
		<-ctx.Done()
		return aws.Credentials{}, ctx.Err()
	})
	_, err := asg.New(cfg).SetDesired(ctx, "web", 3)
	checkFault(t, err, "SetDesiredCapacity", plan.Unclear)
}

// TestRequestsWithoutSignature holds that requests that are not to be signed are
// made all the same.
func TestRequestsWithoutSignature(t *testing.T) {
	for _, p := range []aws.CredentialsProvider{nil, aws.AnonymousCredentials{}, aws.NewCredentialsCache(aws.AnonymousCredentials{})} {
		c := &cloud{result: web}
		cfg := c.config(t)
		cfg.Credentials = p
		if _, err := asg.NewObserver(cfg).Describe(t.Context(), "web"); err != nil || len(c.forms) != 1 {
			t.Errorf("%T: %d requests, %v", p, len(c.forms), err)
		}
	}
}
