package asg

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
)

// failed makes an error of a call. The SDK's own mention of the operation is
// left out, and so is its way to a provider that had no credentials.
func failed(operation string, err error) *plan.CallError {
	call := &plan.CallError{Operation: operation, Fault: faultOf(err), Err: err}
	var retrieve *retrieveError
	if errors.As(err, &retrieve) {
		call.Err = retrieve.err
		return call
	}
	var op *smithy.OperationError
	if errors.As(err, &op) && op.OperationName == operation {
		call.Err = op.Err
	}
	return call
}

// faultOf classes an error by whether there was anything to sign with, then by
// AWS's code, then by the status of the answer. What a provider of credentials
// was answered, such as by STS, says nothing of the call's own rights.
// AWS's limits on how much there may be (LimitExceeded) are no throttling: to
// wait does not help.
func faultOf(err error) plan.Fault {
	switch {
	case errors.Is(err, context.Canceled):
		return plan.Unclear // of us, and nothing is wrong
	case unsigned(err):
		return plan.Expired
	}
	var answer smithy.APIError
	if errors.As(err, &answer) {
		switch answer.ErrorCode() {
		case "ScalingActivityInProgress", "ResourceContention":
			return plan.Busy
		case "ValidationError", "ValidationException":
			return invalid(answer.ErrorMessage())
		case "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
			"RequestLimitExceeded", "TooManyRequestsException":
			return plan.Throttled
		case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation":
			return plan.Denied
		case "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestExpired", "SignatureDoesNotMatch",
			"UnrecognizedClientException", "InvalidSignatureException", "IncompleteSignature", "MissingAuthenticationToken", "AuthFailure":
			return plan.Expired
		}
		if strings.Contains(answer.ErrorMessage(), "Rate exceeded") {
			return plan.Throttled
		}
	}
	var status *smithyhttp.ResponseError
	if errors.As(err, &status) && status.HTTPStatusCode() == http.StatusTooManyRequests {
		return plan.Throttled
	}
	return plan.Unclear
}

// invalid classes a validation error by AWS's wording. One that is neither
// about a group that is not there is taken to be about its sizes: to read the
// group again tells which.
func invalid(message string) plan.Fault {
	if strings.Contains(message, "not found") {
		return plan.Gone
	}
	return plan.Invalid
}
