package attach

import "time"

// Group is everything that is read of an Auto Scaling group before it is
// attached. It is a plain value: Examine needs no AWS.
type Group struct {
	// Name is that of the Auto Scaling group.
	Name string
	// Region is where it was looked for.
	Region string
	// Found is false where AWS has no group of that name; everything but Unread
	// is empty then.
	Found bool
	// Status is AWS's, such as "Delete in progress"; empty while the group
	// lives.
	Status string
	// Desired, Min and Max are in capacity units.
	Desired, Min, Max int
	// CapacityType is AWS's DesiredCapacityType: units, vcpu or memory-mib;
	// empty is units.
	CapacityType string
	// Weights are the weights of instance types in capacity units, by type;
	// empty in a group without weights.
	Weights map[string]int
	// Warmup is the DefaultInstanceWarmup; nil where it is not set.
	Warmup *time.Duration
	// Protected says that new instances are protected from scale-in.
	Protected bool
	// Operator is the service that alone may change the group; mostly empty.
	Operator string
	// Tags are the group's tags by key.
	Tags map[string]string
	// Suspended are AWS's names of the processes that are suspended.
	Suspended []string
	// Metrics are the group metrics that are enabled.
	Metrics []string
	// Policies are the group's scaling policies, by name.
	Policies []Policy
	// Alarms are the alarms of those policies that exist, by name.
	Alarms map[string]Alarm
	// Scheduled are the group's scheduled actions, by name.
	Scheduled []ScheduledAction
	// WarmPool is nil where the group has none.
	WarmPool *WarmPool
	// Refresh is the newest instance refresh; nil where there was none.
	Refresh *Refresh
	// Activity is the newest scaling activity; nil where there was none.
	Activity *Activity
	// Monitoring says how often the group's CPU comes.
	Monitoring Monitoring
	// Unread are the calls that did not answer: what they would have told is
	// missing above.
	Unread []Unread
}

// Monitoring is how often the instances of a group report.
type Monitoring string

// The kinds of monitoring. That it is unknown may mean that the call failed,
// which Unread tells, or that too little came in the last hour to say.
const (
	MonitoringUnknown Monitoring = ""
	Basic             Monitoring = "basic"    // every 5 minutes
	Detailed          Monitoring = "detailed" // every minute
)

// Alarm is an alarm of CloudWatch that moves a policy.
type Alarm struct {
	Name string
	// State is AWS's: OK, ALARM or INSUFFICIENT_DATA.
	State string
	// Mute says that its actions are switched off.
	Mute bool
	// High says that it goes off at much, and not at little.
	High bool
	// Condition is what it waits for, in words.
	Condition string
}

// ScheduledAction is what the group's owner has planned.
type ScheduledAction struct {
	Name string
	// Recurrence is a cron expression in Zone; empty for what happens once, at
	// Start.
	Recurrence, Zone string
	Start, End       time.Time
	// Min, Max and Desired are nil where they stay.
	Min, Max, Desired *int
}

// WarmPool is a pool of instances that were started beforehand.
type WarmPool struct {
	// State is that of its instances: Stopped, Running or Hibernated.
	State string
	Min   int
}

// Refresh is an instance refresh.
type Refresh struct {
	ID, Status string
	// Percent is how much of it is done.
	Percent int
}

// Activity is a scaling activity.
type Activity struct {
	Status      string
	Description string
	// Message is AWS's reason where it failed.
	Message string
	Start   time.Time
}

// Unread is a call that did not answer.
type Unread struct {
	// Operation is the call, such as DescribePolicies.
	Operation string
	// Action is the IAM action that it needs, such as
	// autoscaling:DescribePolicies; where a role could not be assumed,
	// sts:AssumeRole.
	Action string
	// Denied says that Action is not allowed; otherwise something else was
	// wrong, and a later try may do.
	Denied bool
	// Cause is what AWS said.
	Cause string
}

// unread says whether an operation did not answer.
func (g Group) unread(operation string) bool {
	for _, u := range g.Unread {
		if u.Operation == operation {
			return true
		}
	}
	return false
}
