package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

// Operations as AWS names them.
const (
	getMetricData             = "GetMetricData"
	describeAutoScalingGroups = "DescribeAutoScalingGroups"
)

// errSameToken is of an answer that would be paged through for ever.
var errSameToken = errors.New("the next page is the same page")

// Failed makes an error of a call of AWS that somebody else made, in the words
// and with the Action that those of a Source have.
func Failed(operation string, err error) *window.CallError { return failed(operation, err) }

// failed makes an error of a call. Its Action is that of the innermost
// operation, which is sts:AssumeRole where the role could not be assumed.
func failed(operation string, err error) *window.CallError {
	call := &window.CallError{Operation: operation, Err: plain{words(err), err}}
	if code(err, "AccessDenied", "AccessDeniedException", "UnauthorizedOperation") {
		call.Action = action(err)
	}
	return call
}

// code says whether AWS answered with one of these codes.
func code(err error, codes ...string) bool {
	var answer smithy.APIError
	return errors.As(err, &answer) && slices.Contains(codes, answer.ErrorCode())
}

// invalid says whether AWS refused what a request asked for.
func invalid(err error) bool {
	return code(err, "ValidationError", "ValidationException", "InvalidParameterValue", "InvalidParameterValueException",
		"InvalidParameterCombination", "InvalidParameterCombinationException", "MissingParameter", "MissingRequiredParameterException")
}

// action names the IAM action of the innermost operation of an error.
func action(err error) string {
	name := ""
	for op := (*smithy.OperationError)(nil); errors.As(err, &op); err = op.Err {
		name = strings.ToLower(strings.ReplaceAll(op.ServiceID, " ", "")) + ":" + op.OperationName
	}
	return name
}

// Credentials tells what is wrong with the credentials of a call that somebody
// made, for whoever set them up; empty where they are not what is wrong.
func Credentials(err error) string {
	var answer smithy.APIError
	switch {
	case code(err, "ExpiredToken", "ExpiredTokenException", "RequestExpired"):
		errors.As(err, &answer)
		return answer.ErrorCode() + ": the credentials have expired: log in again (aws sso login, or new keys), and repeat"
	case code(err, "InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidAccessKeyId", "AuthFailure"):
		errors.As(err, &answer)
		return answer.ErrorCode() + ": AWS does not know these credentials: look at AWS_PROFILE, AWS_ACCESS_KEY_ID and the clock"
	case errors.As(err, &answer) || strings.HasPrefix(action(err), "sts:"): // it is the role that cannot be assumed
		return ""
	case strings.Contains(err.Error(), "get credentials"):
		return "there are no credentials: log in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
	}
	return ""
}

// plain is an error in fewer words than the SDK's.
type plain struct {
	words string
	error
}

func (p plain) Error() string { return p.words }
func (p plain) Unwrap() error { return p.error }

// words tells the cause without what differs from one request to the next.
func words(err error) string {
	var (
		answer smithy.APIError
		dial   *net.OpError
		status *smithyhttp.ResponseError
		op     *smithy.OperationError
	)
	if of := Credentials(err); of != "" && !errors.Is(err, context.Canceled) {
		return of
	}
	switch {
	case errors.As(err, &answer):
		return answer.ErrorCode() + ": " + answer.ErrorMessage()
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded.Error()
	case errors.Is(err, context.Canceled):
		return context.Canceled.Error()
	case errors.As(err, &dial):
		remote := *dial
		remote.Source = nil
		return remote.Error()
	case errors.As(err, &status):
		return fmt.Sprintf("status %d: %v", status.HTTPStatusCode(), status.Err)
	case errors.As(err, &op):
		return op.Err.Error()
	}
	return err.Error()
}
