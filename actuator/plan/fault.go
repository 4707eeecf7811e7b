package plan

import (
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Fault is what a call failed of, in the classes that are answered alike.
type Fault string

// The faults.
const (
	Busy      Fault = "busy"      // ScalingActivityInProgress, ResourceContention: decide again
	Invalid   Fault = "invalid"   // ValidationError about min or max: read the group again
	Throttled Fault = "throttled" // the bucket that all callers share is empty
	Denied    Fault = "denied"    // a permission is missing
	Expired   Fault = "expired"   // the credentials are not valid any more, or there are none: nothing was done
	Gone      Fault = "gone"      // there is no such group
	Unclear   Fault = "unclear"   // no answer, or one that says nothing
)

// CallError is a call of AWS that failed.
type CallError struct {
	Operation string // such as SetDesiredCapacity
	Fault     Fault
	Err       error
}

// Error gives "operation: cause".
func (e *CallError) Error() string { return e.Operation + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *CallError) Unwrap() error { return e.Err }

// Explain says what the fault means, to who reads an outcome or is on call.
func (e *CallError) Explain() string {
	action := "autoscaling:" + e.Operation
	switch e.Fault {
	case Busy:
		return fmt.Sprintf("the group is busy, decide again: %v", e)
	case Invalid:
		return fmt.Sprintf("AWS takes this for invalid: %v", e)
	case Throttled:
		return fmt.Sprintf("throttled: %v", e)
	case Denied:
		return fmt.Sprintf("permission %s is missing: %v", action, e.Err)
	case Expired:
		return fmt.Sprintf("there are no valid credentials, at %s: %v", action, e.Err)
	case Gone:
		return fmt.Sprintf("there is no such group: %v", e)
	}
	return fmt.Sprintf("no clear answer: %v", e)
}

// status is how an intent ends whose call failed so.
func (e *CallError) status() streams.Status {
	if e.Fault == Busy {
		return streams.Conflict
	}
	return streams.Failed
}

// Applied is the result of a call that succeeded, with what the caller noticed
// beside it.
func (i Intent) Applied(c Call, requestID string, at time.Time, noticed ...string) Result {
	r := i.end(streams.Applied, at, c.Desired, sentence(append([]string{c.Note}, noticed...)...))
	r.RequestID, r.Set, r.Was = requestID, &c.Desired, c.Was
	return r
}

// Unread is the result where the group cannot be read before the call.
func (i Intent) Unread(fault *CallError, at time.Time) Result {
	return i.unseen(fault.status(), fault.Explain(), at)
}

// Refuse is the result where the actuator has nothing to call with.
func (i Intent) Refuse(why string, at time.Time) Result { return i.unseen(streams.Refused, why, at) }

// unseen is the result of an intent whose group was not read. What stops it
// goes before other reasons; what an earlier life may have set is noted.
func (i Intent) unseen(status streams.Status, why string, at time.Time) Result {
	if i.Stop != "" {
		status, why = i.Stop, i.Why
	}
	r := i.end(status, at, i.From, why)
	if i.Called {
		r.Set = &i.To
		r.Error = sentence(r.Error, fmt.Sprintf("before a restart it may have been set to %d", i.To))
	}
	return r
}

// Failed is the result of a call that failed, of a group that was just read.
// One that is Unclear goes through Confirm, and one that is Invalid for the
// first time is judged again.
func (i Intent) Failed(c Call, seen Description, fault *CallError, at time.Time) Result {
	seen, _ = i.correct(seen, at)
	r := i.end(fault.status(), at, seen.Desired, sentence(fault.Explain(), c.Note))
	if fault.Fault == Unclear {
		r.Set, r.Was = &c.Desired, c.Was
	}
	return r
}

// Confirm is the result of a call without a clear answer, once the group was
// read again.
func (i Intent) Confirm(c Call, again Description, fault *CallError, at time.Time) Result {
	if again.Desired != c.Desired {
		return i.Failed(c, again, fault, at)
	}
	return i.Applied(c, "", at, "there was no clear answer, and the group is as asked: "+fault.Error())
}
