package heartbeat

import (
	"errors"
	"slices"

	"github.com/aws/smithy-go"
)

// explain says what a beat failed of, in words that stay the same from one
// request to the next, to who is on call.
func explain(err error) string {
	var own, inner *smithy.OperationError
	if !errors.As(err, &own) {
		return err.Error()
	}
	if errors.As(own.Err, &inner) { // of STS: there is nothing to sign with
		return "there are no valid credentials, at cloudwatch:PutMetricData: " + own.Err.Error()
	}
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return own.Err.Error()
	}
	words := answer.ErrorCode() + ": " + answer.ErrorMessage()
	if slices.Contains([]string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}, answer.ErrorCode()) {
		return "permission cloudwatch:PutMetricData is missing: " + words
	}
	return words
}
