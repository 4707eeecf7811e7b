package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/smithy-go"

	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
)

// failed makes an error of a call in words for whoever set the credentials up.
// What it does not understand it passes on.
func failed(what string, err error) error {
	return fmt.Errorf("%s: %w", what, explained{explain(err), err})
}

// explained is an error in better words than the SDK's.
type explained struct {
	words string
	error
}

func (e explained) Error() string { return e.words }
func (e explained) Unwrap() error { return e.error }

// explain tells the cause of a call's error, and what to do about it.
func explain(err error) string {
	var (
		answer smithy.APIError
		dial   *net.OpError
	)
	if errors.Is(err, context.Canceled) {
		return context.Canceled.Error()
	}
	if of := ingestaws.Credentials(err); of != "" {
		return of
	}
	switch {
	case hasCode(err, "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden"):
		errors.As(err, &answer)
		return fmt.Sprintf("the right %s is missing: %s", missing(err, answer.ErrorMessage()), answer.ErrorMessage())
	case errors.As(err, &answer):
		return answer.ErrorCode() + ": " + answer.ErrorMessage()
	case errors.As(err, &dial):
		return dial.Error()
	}
	return err.Error()
}

// hasCode says whether AWS answered with one of these codes.
func hasCode(err error, codes ...string) bool {
	var answer smithy.APIError
	return errors.As(err, &answer) && slices.Contains(codes, answer.ErrorCode())
}

// throttled says whether AWS asked for fewer requests, for longer than the SDK
// was willing to repeat one.
func throttled(err error) bool {
	return hasCode(err, "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown")
}

// MissingAction finds the IAM action that AWS's words say is missing; "" where
// they name none.
func MissingAction(words string) string {
	if m := regexp.MustCompile(`not authorized to perform: ?([a-z0-9-]+:[A-Za-z0-9*]+)`).FindStringSubmatch(words); m != nil {
		return m[1]
	}
	return ""
}

// missing names the action by AWS's words, else by the operation: their names
// are the same, except some of S3's.
func missing(err error, words string) string {
	if action := MissingAction(words); action != "" {
		return action
	}
	var op *smithy.OperationError
	if errors.As(err, &op) {
		switch op.OperationName {
		case "HeadObject":
			return "s3:GetObject"
		case "ListObjectVersions":
			return "s3:ListBucketVersions"
		case "DeleteObjects":
			return "s3:DeleteObjectVersion"
		}
		return strings.ToLower(strings.ReplaceAll(op.ServiceID, " ", "")) + ":" + op.OperationName
	}
	return "for it"
}

// unreachable says whether no answer came at all.
func unreachable(err error) bool {
	var dial *net.OpError
	return errors.As(err, &dial)
}
