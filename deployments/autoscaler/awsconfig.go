package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/ml-autoscaling/autoscaler/actuator/asg"
	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
)

const (
	// awsAttempts is how often a request is made at most.
	awsAttempts = 5
	// awsSession is what CloudTrail shows beside the role.
	awsSession = "autoscaler"
)

// loadAWS says how a scope is reached: its region, never a default one; the
// SDK's chain of credentials; and the role, where there is one. AWS_ENDPOINT_URL
// and its like, and AWS_CA_BUNDLE, are the SDK's to honor, which it does only as
// long as nobody gives it an HTTP client to load with.
func loadAWS(ctx context.Context, s config.Scope) (aws.Config, error) {
	if s.Region == "" {
		return aws.Config{}, errors.New("configure AWS: a scope has no region")
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(s.Region), awsconfig.WithRetryer(func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = awsAttempts })
	}))
	if err != nil {
		return aws.Config{}, fmt.Errorf("configure AWS for region %s: %w", s.Region, err)
	}
	cfg = withPlainBodies(cfg)
	if s.RoleARN == "" {
		return cfg, nil
	}
	role := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), s.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = awsSession
		if s.ExternalID != "" {
			o.ExternalID = aws.String(s.ExternalID)
		}
	})
	cfg.Credentials = aws.NewCredentialsCache(role)
	return cfg, nil
}

// autoScalingEndpoint says where the actuator's calls go, and whether that is on
// loopback. It has the client make a request, which is looked at and not sent:
// whatever the SDK goes by, the address is the one it comes to. Where it comes
// to none, address is empty.
func autoScalingEndpoint(c aws.Config) (address string, loopback bool) {
	var seen *url.URL
	c.HTTPClient = lookout(func(r *http.Request) (*http.Response, error) {
		seen = r.URL
		return nil, errors.New("look at a request: it is not to be sent")
	})
	c.Credentials = aws.AnonymousCredentials{}
	c.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	_, err := asg.NewObserver(c).Describe(context.Background(), "any")
	if err == nil || seen == nil {
		return "", false
	}
	return seen.Scheme + "://" + seen.Host, isLoopback(seen.Hostname())
}

// lookout is an HTTP client.
type lookout func(*http.Request) (*http.Response, error)

// Do looks.
func (l lookout) Do(r *http.Request) (*http.Response, error) { return l(r) }

// isLoopback takes an address or localhost. What other names resolve to is
// another's to change.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
