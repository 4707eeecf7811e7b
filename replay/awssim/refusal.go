package awssim

import (
	"fmt"
	"net/http"
)

// refusal is an error as AWS answers it.
type refusal struct {
	status int
	// code is what ErrorCode of the SDK's error gives.
	code string
	// shape is the name of the error in rpc-v2-cbor; the code where empty.
	shape   string
	message string
}

// fault says whose mistake it was, in the words of the query protocol.
func (r *refusal) fault() string {
	if r.status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

func invalid(format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "ValidationError", message: fmt.Sprintf(format, args...)}
}

// violated is how AWS words a constraint of its model.
func violated(value, member, constraint string) *refusal {
	return invalid("1 validation error detected: Value %s at '%s' failed to satisfy constraint: %s", value, member, constraint)
}

func noSuchGroup(name string) *refusal {
	return invalid("AutoScalingGroup name not found - AutoScalingGroup %s not found", name)
}

func badToken() *refusal {
	return &refusal{status: http.StatusBadRequest, code: "InvalidNextToken", message: "The token provided is invalid."}
}

func unknownOperation(name, version string) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: "InvalidAction", shape: "UnknownOperationException",
		message: fmt.Sprintf("Could not find operation %s for version %s", name, version),
	}
}

// badParameter is how CloudWatch refuses a parameter.
func badParameter(code, shape, format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, code: code, shape: shape, message: fmt.Sprintf(format, args...)}
}

func badValue(format string, args ...any) *refusal {
	return badParameter("InvalidParameterValue", "InvalidParameterValueException", format, args...)
}

// notSimulated refuses what AWS would do and this does not; AWS has no such
// code.
func notSimulated(format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "NotSimulated", message: "awssim does not simulate " + fmt.Sprintf(format, args...)}
}

func malformed(err error) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "MalformedInput", shape: "SerializationException", message: err.Error()}
}

func throttled() *refusal {
	return &refusal{status: http.StatusBadRequest, code: "Throttling", shape: "ThrottlingException", message: "Rate exceeded"}
}

func missingToken() *refusal {
	return &refusal{
		status: http.StatusForbidden, code: "MissingAuthenticationToken", shape: "MissingAuthenticationTokenException",
		message: "Request is missing Authentication Token",
	}
}

func invalidToken() *refusal {
	return &refusal{
		status: http.StatusForbidden, code: "InvalidClientTokenId", shape: "UnrecognizedClientException",
		message: "The security token included in the request is invalid.",
	}
}

func expiredToken() *refusal {
	return &refusal{
		status: http.StatusForbidden, code: "ExpiredToken", shape: "ExpiredTokenException",
		message: "The security token included in the request is expired",
	}
}

func internalFailure() *refusal {
	return &refusal{
		status: http.StatusInternalServerError, code: "InternalFailure", shape: "InternalServiceFault",
		message: "We encountered an internal error. Please try again.",
	}
}

func contention() *refusal {
	return &refusal{
		status: http.StatusInternalServerError, code: "ResourceContention",
		message: "You already have a pending update to an Amazon EC2 Auto Scaling resource.",
	}
}

func activityInProgress(id string) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: "ScalingActivityInProgress",
		message: fmt.Sprintf("Scaling activity %s is in progress and blocks this action", id),
	}
}
