package main

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

// assumed gives the credentials of a role. Its errors name the role: AWS's own
// do not always.
type assumed struct {
	aws.CredentialsProvider
	arn string
}

// Retrieve gives the credentials.
func (a assumed) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := a.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, &assumeError{arn: a.arn, err: err}
	}
	return c, nil
}

// assumeError is why a role cannot be assumed.
type assumeError struct {
	arn string
	err error
}

// Error names the role and the cause, without what differs from one request to
// the next.
func (e *assumeError) Error() string {
	cause := e.err.Error()
	var answer smithy.APIError
	if errors.As(e.err, &answer) {
		cause = answer.ErrorCode() + ": " + answer.ErrorMessage()
	}
	return "assume role " + e.arn + ": " + cause
}

// Unwrap gives the cause.
func (e *assumeError) Unwrap() error { return e.err }
