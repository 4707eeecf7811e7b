package attach

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Examine says what is to be known before a group is attached in the mode of a
// policy, observe or desired: the gravest first. Of the policy the load counts
// too. It refuses what is unsafe by what it was given, and what it was not given
// where safety hangs on that.
func Examine(g Group, p streams.Policy) []Finding {
	x := &examination{Group: g, desired: p.Mode == streams.DesiredControl, load: p.Load}
	x.parts()
	if !g.Found {
		return bySeverity(x.findings)
	}
	for _, rule := range []func(){
		x.life, x.reaction, x.alarms, x.predictive, x.scaleIn, x.unknown, x.sizes, x.processes, x.protection,
		x.cooler, x.minutes, x.warmup, x.simple, x.stepBesideTracking, x.tools, x.owner, x.units,
		x.warmPool, x.refresh, x.activity, x.groupMetrics, x.attached, x.policies, x.schedule,
	} {
		rule()
	}
	return bySeverity(x.findings)
}

// examination is a group on its way through the rules.
type examination struct {
	Group
	desired  bool
	load     streams.LoadPolicy
	findings []Finding
}

func (x *examination) add(f Finding) { x.findings = append(x.findings, f) }

// refuseIf refuses where it is so, and warns otherwise.
func refuseIf(so bool) Severity {
	if so {
		return Refuse
	}
	return Warn
}

// part is a call and what it is about.
type part struct {
	code, about string
	// vital says that a refusal hangs on it.
	vital bool
}

// partOf tells what is missing where an operation did not answer.
func partOf(operation string) part {
	switch operation {
	case describeGroups:
		return part{"unread_group", "the group", true}
	case describePolicies:
		return part{"unread_policies", "its scaling policies", true}
	case describeAlarms:
		return part{"unread_alarms", "the alarms of its policies", true}
	case describeScheduled:
		return part{"unread_schedule", "its scheduled actions", false}
	case describeWarmPool:
		return part{"unread_warm_pool", "its warm pool", false}
	case describeRefreshes:
		return part{"unread_refreshes", "its instance refreshes", false}
	case describeActivities:
		return part{"unread_activities", "its scaling activities", false}
	}
	return part{"unread_metrics", "its metrics", false}
}

// parts tells of what could not be read, and of a group that is not there.
func (x *examination) parts() {
	for _, u := range x.Unread {
		p := partOf(u.Operation)
		f := Finding{
			Severity: refuseIf(p.vital), Code: p.code, Found: fmt.Sprintf("%s could not be read: %s: %s", p.about, u.Operation, u.Cause),
			Why: "what was not read is not known to be safe", Fix: "try again",
		}
		if u.Denied {
			f.Found = fmt.Sprintf("%s could not be read: permission %s is missing (%s)", p.about, u.Action, u.Cause)
			f.Fix = fmt.Sprintf("allow %s to whoever runs this; 'autoscaler aws policy doctor' prints all that is needed", u.Action)
		}
		x.add(f)
	}
	if !x.Found && len(x.Unread) == 0 {
		x.add(Finding{
			Refuse, "no_such_group", fmt.Sprintf("there is no Auto Scaling group %q in this account and region", x.Name),
			"there is nothing to attach", x.cli("autoscaling", "describe-auto-scaling-groups", "--query 'AutoScalingGroups[].AutoScalingGroupName'"),
		})
	}
}

// life refuses a group that goes away, and one that is another service's.
func (x *examination) life() {
	if x.Status != "" {
		x.add(Finding{Refuse, "being_deleted", "the group's status is " + strconv.Quote(x.Status), "it is going away", ""})
	}
	if x.Operator != "" {
		x.add(Finding{
			refuseIf(x.desired), "operated", fmt.Sprintf("only %s may change the group", x.Operator),
			"AWS refuses what anybody else sets", "leave its capacity to " + x.Operator,
		})
	}
}

// sizes looks for room.
func (x *examination) sizes() {
	switch {
	case x.Min == x.Max:
		x.add(Finding{
			Refuse, "min_is_max", fmt.Sprintf("min and max are both %d", x.Min),
			"there is no other capacity that could be set", x.command("update-auto-scaling-group", "--max-size MAX"),
		})
	case x.Desired >= x.Max:
		x.add(Finding{
			Warn, "max_reached", fmt.Sprintf("desired is %d, which is max", x.Desired),
			"nothing can add capacity, and the load may be higher than what is seen", x.command("update-auto-scaling-group", "--max-size MAX"),
		})
	}
}

// processes looks for what is suspended.
func (x *examination) processes() {
	for _, p := range []struct {
		process, code string
		severity      Severity
		why           string
	}{
		{"Launch", "launch_suspended", Refuse, "capacity that is asked for never comes"},
		{"Terminate", "terminate_suspended", refuseIf(x.desired), "capacity that is given back stays, and is paid for"},
		{"AlarmNotification", "alarms_suspended", Refuse, "no policy of the group runs: where the autoscaler is down nothing answers a rise of the load"},
		{"AddToLoadBalancer", "balancer_suspended", Warn, "instances that are launched get nothing of the load that a balancer hands out"},
		{"ScheduledActions", "schedule_suspended", Warn, "nothing that was planned happens"},
	} {
		if slices.Contains(x.Suspended, p.process) {
			x.add(Finding{p.severity, p.code, "the process " + p.process + " is suspended", p.why, x.command("resume-processes", "--scaling-processes", p.process)})
		}
	}
}

// protection warns where capacity is given back and its instances stay.
func (x *examination) protection() {
	if x.Protected {
		x.add(Finding{
			Warn, "scale_in_protected", "new instances are protected from scale-in",
			"a lower capacity is set and the instances stay, and are paid for, until somebody lifts their protection",
			x.command("update-auto-scaling-group", "--no-new-instances-protected-from-scale-in") + "; what runs: " +
				x.command("set-instance-protection", "--no-protected-from-scale-in --instance-ids ..."),
		})
	}
}

// attached tells of our own tags.
func (x *examination) attached() {
	var tags []string
	for _, key := range ownTags() {
		if value, ok := x.Tags[key]; ok {
			tags = append(tags, key+" = "+value)
		}
	}
	if tags != nil {
		x.add(Finding{Severity: Note, Code: "attached", Found: strings.Join(tags, ", ")})
	}
	if _, ok := x.baseline(); !ok && x.Tags[streams.BaselineMinTag] != "" {
		x.add(Finding{
			Warn, "baseline_unclear", fmt.Sprintf("the tag %s is %q", streams.BaselineMinTag, x.Tags[streams.BaselineMinTag]),
			"it is no min that could be restored", "attach the group again: that writes the min as it is now",
		})
	}
}

// ownTags are the tags of an attachment, in the order in which they are shown.
func ownTags() []string {
	return []string{streams.ManagedTag, streams.ModeTag, streams.BaselineMinTag}
}

// baseline gives the min to restore, where there is one.
func (g Group) baseline() (int, bool) {
	n, err := strconv.ParseInt(g.Tags[streams.BaselineMinTag], 10, 32)
	return int(n), err == nil && n >= 0
}
