package asg

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// provider gives the credentials of another, and marks its errors: the SDK
// gives them no type by which they are known from those of the call.
type provider struct {
	aws.CredentialsProvider
}

// named marks the errors of a provider. To have none, or one for requests that
// are not signed, is something that the SDK must see.
func named(p aws.CredentialsProvider) aws.CredentialsProvider {
	if p == nil || aws.IsCredentialsProvider(p, (*aws.AnonymousCredentials)(nil)) {
		return p
	}
	return provider{p}
}

// Retrieve gives the credentials.
func (p provider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	c, err := p.CredentialsProvider.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, &retrieveError{err}
	}
	return c, nil
}

// retrieveError is why there are no credentials.
type retrieveError struct {
	err error
}

// Error gives "operation: cause".
func (e *retrieveError) Error() string { return "retrieve credentials: " + e.err.Error() }

// Unwrap gives the cause.
func (e *retrieveError) Unwrap() error { return e.err }

// unsigned says whether a request could not be signed, so that it was not sent.
func unsigned(err error) bool {
	var retrieve *retrieveError
	var sign *v4.SigningError
	return errors.As(err, &retrieve) || errors.As(err, &sign)
}
