package window

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Ingest's inputs are answers of AWS and its configuration, where those of
// other stages are messages of the timeline. Like those they belong to a group
// and are folded in order; none is ever published.

// Configured puts a policy in force. It is folded before the first other input
// of a group, and whenever the policy may have changed.
type Configured struct {
	streams.GroupID
	At     time.Time
	Policy streams.Policy
	// Backfill is how far back the history of a series that is new is read.
	Backfill time.Duration
}

// Kind gives a kind that no timeline has.
func (Configured) Kind() streams.Kind { return "configured" }

// Answered is what came of a Query.
type Answered struct {
	streams.GroupID
	Now    time.Time
	Query  Query
	Answer Answer
	// More says that a further part of the same answer follows.
	More bool
}

// Kind gives a kind that no timeline has.
func (Answered) Kind() streams.Kind { return "answered" }

// Polled ends a round of a group: what the round's listing showed of it.
type Polled struct {
	streams.GroupID
	Now time.Time
	// Described is absent where the listing failed or did not hold the group.
	Described *Description
	// Listed says that the listing was complete, so that a group that it did
	// not hold is not there.
	Listed bool
	// Unnamed says that no section of the configuration names the group, so that
	// a listing holds it for its tag alone.
	Unnamed bool
	// Errors are the calls of this round that did not answer.
	Errors []streams.CallError
}

// Kind gives a kind that no timeline has.
func (Polled) Kind() streams.Kind { return "polled" }

// Measure says what of a group is asked for.
type Measure string

// The measures.
const (
	// CPU asks for Sum and SampleCount of AWS/EC2 CPUUtilization over the
	// instances of the Auto Scaling group.
	CPU Measure = "cpu"
	// Requests asks for the Sum of AWS/ApplicationELB RequestCount of the
	// target group that ResourceLabel names.
	Requests Measure = "requests"
	// Expression asks for what a metric math expression yields.
	Expression Measure = "expression"
)

// Query asks for the bins of one measure that begin within [From, Until).
type Query struct {
	Series           string
	Measure          Measure
	AutoScalingGroup string
	ResourceLabel    string // of Requests
	Expression       string // of Expression
	// Alive asks, with Requests, for AWS/AutoScaling GroupInServiceInstances
	// too: where that has a bin CloudWatch has it.
	Alive       bool
	Period      time.Duration
	From, Until time.Time // on the grid of Period
	// Probe marks the question whether the group has detailed monitoring.
	Probe bool
}

// Metrics is how many metrics a query asks for, which is what AWS bills: up to
// five statistics of one metric in one call count once.
func (q Query) Metrics() int {
	if q.Alive {
		return 2
	}
	return 1
}

// Answer is what CloudWatch said to a query.
type Answer struct {
	// Points are the bins that have a value, or are alive, oldest first, each
	// once.
	Points []Point
	// Complete says that every bin that CloudWatch has is in Points: no call
	// failed, and every StatusCode was Complete on the last page.
	Complete bool
}

// Point is one bin of an answer.
type Point struct {
	// Start is when the bin begins, UTC, as CloudWatch names it.
	Start time.Time
	// Value is the Sum, or what the expression yields; absent where only
	// Alive has the bin.
	Value *float64
	// Samples is the SampleCount of CPU; 0 otherwise.
	Samples float64
	// Instances is the mean of GroupInServiceInstances where Alive was asked;
	// absent where it has no such bin.
	Instances *float64
}

// Description is an Auto Scaling group as it was described.
type Description struct {
	Name    string
	Created time.Time
	// Managed says that the group bears the tag ml-autoscaling/managed=true.
	Managed bool
	// Mode is the value of the tag ml-autoscaling/mode as it was found; empty
	// where the group lacks it.
	Mode              string
	Desired, Min, Max int
	Instances         []Instance
	Suspended         []string // AWS's names of processes
}

// Instance is one instance of a group.
type Instance struct {
	ID string
	// Lifecycle is AWS's LifecycleState, such as Pending, Pending:Wait,
	// InService, Terminating or Standby.
	Lifecycle string
	// Weight is in capacity units; 1 where the group has no weights.
	Weight int
}

// Listing says which groups of a scope are to be described.
type Listing struct {
	// Managed asks for every group that bears the tag
	// ml-autoscaling/managed=true.
	Managed bool
	// Names and Patterns ask for further groups: by name, and by a pattern of
	// path.Match, which needs a listing of everything.
	Names, Patterns []string
}

// CallError is a call of AWS that failed.
type CallError struct {
	Operation string // such as GetMetricData
	// Action is the IAM action that is missing, such as
	// cloudwatch:GetMetricData; empty where something else is wrong.
	Action string
	Err    error
}

// Error gives "operation: cause".
func (e *CallError) Error() string { return e.Operation + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *CallError) Unwrap() error { return e.Err }
