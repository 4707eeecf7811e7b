package rights

import (
	"slices"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// table is what each verb may do. It makes a new one each time, so that nobody
// can change another's.
func table() []Policy {
	reading, acting := ingest(), actuator()
	return []Policy{
		{Name: "ingest", Verb: "ingest", Title: "reads groups and metrics", Grants: reading, Assumes: true},
		{Name: "forecaster", Verb: "forecaster", Title: "nothing: it reaches no AWS"},
		{Name: "decider", Verb: "decider", Title: "nothing: it reaches no AWS"},
		{Name: "actuator", Verb: "actuator", Title: "sets the desired capacity of groups that are tagged for it", Grants: acting, Assumes: true},
		{Name: "all", Verb: "all", Title: "what ingest and the actuator may", Grants: slices.Concat(reading, acting), Assumes: true},
		{Name: "backtest", Verb: "backtest", Title: "reads the past of a group and what it scales by, with --from-group", Grants: backtest(), Assumes: true},
		{Name: "check", Verb: "check", Title: "polls once, and tries what the actuator reads", Grants: check(), Assumes: true},
	}
}

// groups are Auto Scaling groups by any name; the part before it is an id that
// AWS gives.
const groups = "autoscaling:${AWS::Region}:${AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/*"

// managedTag and modeTag are how IAM names a group's tags in a condition.
const (
	managedTag = "aws:ResourceTag/" + streams.ManagedTag
	modeTag    = "aws:ResourceTag/" + streams.ModeTag
)

// ingest reads. Neither operation knows resources.
func ingest() []Grant {
	return []Grant{
		{Service: "autoscaling", Operation: "DescribeAutoScalingGroups", Why: "sizes, instances and tags of the groups, once a round"},
		{Service: "cloudwatch", Operation: "GetMetricData", Why: "the load of every group"},
	}
}

// actuator reads a group before it sets its capacity. IAM knows no condition on
// the capacity that is asked for; whose it may set, only the tags say, and those
// it cannot write.
func actuator() []Grant {
	return []Grant{
		{Service: "autoscaling", Operation: "DescribeAutoScalingGroups", Why: "the group just before and just after a write"},
		{Service: "autoscaling", Operation: "DescribeInstanceRefreshes", Why: "whether a scale-in has to wait for one"},
		{Service: "autoscaling", Operation: "DescribeScalingActivities", Why: "what the write was to AWS"},
		{Service: "autoscaling", Operation: "SetDesiredCapacity",
			On:  on(groups).where("StringEquals", managedTag, "true").where("StringEquals", modeTag, string(streams.DesiredControl)),
			Why: "the decision"},
		{Service: "cloudwatch", Operation: "PutMetricData", On: Target{}.where("StringEquals", "cloudwatch:namespace", "MLAutoscaling"), Why: "the heartbeat"},
	}
}

// backtest reads what ingest does, once, and what the group scales by.
func backtest() []Grant {
	return append(ingest(),
		Grant{Service: "autoscaling", Operation: "DescribePolicies", Why: "the group's own policies, to play beside ours"},
		Grant{Service: "autoscaling", Operation: "DescribeScheduledActions", Why: "its scheduled actions, likewise"},
		Grant{Service: "cloudwatch", Operation: "DescribeAlarms", Why: "thresholds and periods of the alarms that its policies act on"})
}

// check does not set.
func check() []Grant {
	const why = "whether the actuator may read what it reads"
	return append(ingest(),
		Grant{Service: "autoscaling", Operation: "DescribeInstanceRefreshes", Why: why},
		Grant{Service: "autoscaling", Operation: "DescribeScalingActivities", Why: why})
}
