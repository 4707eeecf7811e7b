package rights

import (
	"slices"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// table is what each verb may do. It makes a new one each time, so that nobody
// can change another's.
func table() []Policy {
	return []Policy{
		{Name: "ingest", Verb: "ingest", Title: "reads groups and metrics", Grants: ingest(), Assumes: true},
		{Name: "forecaster", Verb: "forecaster", Title: "nothing: it reaches no AWS"},
		{Name: "decider", Verb: "decider", Title: "nothing: it reaches no AWS"},
		{Name: "actuator", Verb: "actuator", Title: "sets the desired capacity of groups that are tagged for it", Grants: actuator(), Assumes: true},
		{Name: "all", Verb: "all", Title: "what ingest and the actuator may", Grants: slices.Concat(ingest(), actuator()), Assumes: true},
		{Name: "check", Verb: "check", Title: "polls once, and tries what the actuator reads", Grants: slices.Concat(ingest(), guard()), Assumes: true},
		{Name: "backtest", Verb: "backtest", Title: "reads the past of a group and what it scales by, with --from-group", Grants: backtest(), Assumes: true},
		{Name: "doctor", Verb: "aws doctor", Title: "reads everything of a group that attaching depends on", Grants: doctor(), Assumes: true},
		{Name: "attach", Verb: "aws attach", Title: "reads what doctor does, and writes our tags", Grants: slices.Concat(doctor(), attach()), Assumes: true},
		{Name: "detach", Verb: "aws detach", Title: "removes our tags, and restores a min", Grants: detach(), Assumes: true},
		{Name: "plan", Verb: "aws plan", Title: "makes a change set of a stack, and drops it", Grants: plan(), Behalf: planned()},
		{Name: "apply", Verb: "aws apply", Title: "makes and updates a stack and all that is in it", Grants: slices.Concat(plan(), apply()), Behalf: slices.Concat(planned(), made(), removed())},
		{Name: "status", Verb: "aws status", Title: "reads a stack, and asks its host", Grants: status()},
		{Name: "destroy", Verb: "aws destroy", Title: "deletes a stack and all that is in it", Grants: destroy(), Behalf: removed()},
	}
}

// groups are Auto Scaling groups by any name; the part before it is an id that
// AWS gives.
const groups = "autoscaling:${AWS::Region}:${AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/*"

// How IAM names a group's tags in a condition.
const (
	managedTag  = "aws:ResourceTag/" + streams.ManagedTag
	modeTag     = "aws:ResourceTag/" + streams.ModeTag
	baselineTag = "aws:ResourceTag/" + streams.BaselineMinTag
)

// ingest reads. Neither operation knows resources.
func ingest() []Grant {
	return []Grant{
		{Service: "autoscaling", Operation: "DescribeAutoScalingGroups", Why: "sizes, instances and tags of the groups, once a round"},
		{Service: "cloudwatch", Operation: "GetMetricData", Why: "the load of every group"},
	}
}

// guard is what the actuator reads before and after it sets.
func guard() []Grant {
	return []Grant{
		{Service: "autoscaling", Operation: "DescribeAutoScalingGroups", Why: "sizes and tags just before and just after a write"},
		{Service: "autoscaling", Operation: "DescribeInstanceRefreshes", Why: "whether a refresh is on its way"},
		{Service: "autoscaling", Operation: "DescribeScalingActivities", Why: "what AWS made of the write"},
	}
}

// actuator sets. IAM knows no condition on the capacity that is asked for: whose
// it may set only the tags say, and those it cannot write.
func actuator() []Grant {
	return append(guard(),
		Grant{Service: "autoscaling", Operation: "SetDesiredCapacity",
			On:  on(groups).where("StringEquals", managedTag, "true").where("StringEquals", modeTag, string(streams.DesiredControl)),
			Why: "the decision"},
		Grant{Service: "cloudwatch", Operation: "PutMetricData", On: Target{}.where("StringEquals", "cloudwatch:namespace", "MLAutoscaling"), Why: "the heartbeat"},
	)
}

// backtest reads what ingest does, once, and what the group scales by.
func backtest() []Grant {
	return append(ingest(),
		Grant{Service: "autoscaling", Operation: "DescribePolicies", Why: "the group's own policies, to play beside ours"},
		Grant{Service: "autoscaling", Operation: "DescribeScheduledActions", Why: "its scheduled actions, likewise"},
		Grant{Service: "cloudwatch", Operation: "DescribeAlarms", Why: "thresholds and periods of the alarms that its policies act on"})
}

// doctor reads what a group depends on.
func doctor() []Grant {
	return []Grant{
		{Service: "autoscaling", Operation: "DescribeAutoScalingGroups", Why: "the group, its tags and its instances"},
		{Service: "autoscaling", Operation: "DescribeInstanceRefreshes", Why: "whether a refresh is on its way"},
		{Service: "autoscaling", Operation: "DescribePolicies", Why: "what scales it today"},
		{Service: "autoscaling", Operation: "DescribeScalingActivities", Why: "whether launches fail"},
		{Service: "autoscaling", Operation: "DescribeScheduledActions", Why: "who else sets its sizes"},
		{Service: "autoscaling", Operation: "DescribeWarmPool", Why: "whether it has one"},
		{Service: "cloudwatch", Operation: "DescribeAlarms", Why: "what its policies wait for"},
		{Service: "cloudwatch", Operation: "GetMetricData", Why: "whether its load is there, and how often"},
	}
}

// attach writes the three tags that are ours, and no other.
func attach() []Grant {
	return []Grant{{Service: "autoscaling", Operation: "CreateOrUpdateTags", On: ourTags(), Why: "what finds a group, what may be done to it, and its min"}}
}

// detach removes the tags, and sets the min of a group that bears its baseline.
// A max it cannot set.
func detach() []Grant {
	return []Grant{
		{Service: "autoscaling", Operation: "DescribeAutoScalingGroups", Why: "the group and its tags"},
		{Service: "autoscaling", Operation: "DeleteTags", On: ourTags(), Why: "the tags that attach wrote"},
		{Service: "autoscaling", Operation: "UpdateAutoScalingGroup", On: on(groups).where("Null", baselineTag, "false").where("Null", "autoscaling:MaxSize", "true"),
			Why: "the min as it was when the group was attached"},
	}
}

func ourTags() Target {
	return on(groups).where("ForAllValues:StringEquals", "aws:TagKeys", streams.BaselineMinTag, streams.ManagedTag, streams.ModeTag)
}
