package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

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
	cfg.Credentials = assumed{aws.NewCredentialsCache(role), s.RoleARN}
	return cfg, nil
}
