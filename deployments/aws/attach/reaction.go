package attach

import (
	"fmt"
	"slices"
	"strings"
)

// fallback is a policy that reacts to CPU.
const fallback = `--policy-name fallback-cpu --policy-type TargetTrackingScaling --target-tracking-configuration ` +
	`'{"TargetValue":70,"PredefinedMetricSpecification":{"PredefinedMetricType":"ASGAverageCPUUtilization"}%s}'`

// reaction refuses a group in which nothing adds capacity where the autoscaler
// is not there.
func (x *examination) reaction() {
	if x.unread(describePolicies) || x.unread(describeAlarms) || slices.ContainsFunc(x.Policies, x.reacts) {
		return
	}
	found := "the group has no scaling policy that adds capacity"
	for _, p := range x.Policies {
		if p.adds() {
			found = fmt.Sprintf("no alarm moves the policy %s, and no other one adds capacity", p)
		}
	}
	only := ""
	if x.desired {
		only = `,"DisableScaleIn":true`
	}
	x.add(Finding{
		Refuse, "nothing_reacts", found,
		"where the autoscaler is down nothing answers a rise of the load", x.command("put-scaling-policy", fmt.Sprintf(fallback, only)),
	})
}

// reacts says whether a policy adds capacity when an alarm that is there goes
// off.
func (x *examination) reacts(p Policy) bool {
	return p.adds() && slices.ContainsFunc(p.Alarms, func(name string) bool {
		a, ok := x.Alarms[name]
		return ok && !a.Mute
	})
}

// alarms tells of policies whose alarms do not move them.
func (x *examination) alarms() {
	if x.unread(describePolicies) || x.unread(describeAlarms) {
		return
	}
	for _, p := range x.Policies {
		if !p.dynamic() {
			continue
		}
		if len(p.Alarms) == 0 {
			x.add(Finding{Warn, "alarm_missing", fmt.Sprintf("the policy %s has no alarm", p.Name), "nothing ever runs it",
				"make an alarm whose action is the policy, or delete it: " + x.deletePolicy(p)})
		}
		if gone := x.those(p, func(_ Alarm, ok bool) bool { return !ok }); gone != "" {
			x.add(Finding{Warn, "alarm_missing", fmt.Sprintf("of the policy %s there is no alarm %s", p.Name, gone), "the policy is not run by it",
				"save the policy again in the console, or make the alarm anew"})
		}
		if mute := x.those(p, func(a Alarm, ok bool) bool { return ok && a.Mute }); mute != "" {
			x.add(Finding{Warn, "alarm_mute", fmt.Sprintf("of the policy %s these alarms have their actions switched off: %s", p.Name, mute), "the policy is not run by them",
				"aws cloudwatch enable-alarm-actions --alarm-names " + mute})
		}
		if blind := x.those(p, func(a Alarm, ok bool) bool { return ok && !a.Mute && a.State == "INSUFFICIENT_DATA" }); blind != "" {
			x.add(Finding{Warn, "alarm_without_data", fmt.Sprintf("of the policy %s these alarms have no data: %s", p.Name, blind),
				"while its metric is missing the policy does nothing", "see that the metric comes; an alarm that was just made needs a few minutes"})
		}
	}
}

// those names the alarms of a policy of which something is so; empty where it
// is of none.
func (x *examination) those(p Policy, so func(a Alarm, ok bool) bool) string {
	var names []string
	for _, name := range p.Alarms {
		if a, ok := x.Alarms[name]; so(a, ok) {
			names = append(names, quote(name))
		}
	}
	return strings.Join(names, " ")
}

// predictive refuses AWS's own predictions beside ours.
func (x *examination) predictive() {
	for _, p := range x.Policies {
		if p.Enabled && p.Kind == PredictiveScaling && p.Mode == "ForecastAndScale" {
			x.add(Finding{
				Refuse, "aws_predicts", p.String(),
				"two predictors on one group undo each other; in mode ForecastOnly its forecasts go on and change nothing",
				"in the console: Automatic scaling, Predictive scaling policies, Scaling based on forecast: off",
			})
		}
	}
}

// scaleIn refuses, in mode desired, what would undo each launch ahead of the
// load: for a policy the group is then too large.
func (x *examination) scaleIn() {
	if !x.desired {
		return
	}
	for _, p := range x.Policies {
		if p.removes() {
			x.add(Finding{
				Refuse, "policy_scales_in", p.String(),
				"what is launched ahead of the load looks idle to it, and it takes that away again", x.scaleOutOnly(p),
			})
		}
	}
}

// scaleOutOnly says how a policy is kept from taking capacity away.
func (x *examination) scaleOutOnly(p Policy) string {
	switch {
	case x.stack() == targetStack:
		return "autoscaler aws apply target --set Mode=desired"
	case p.Kind != TargetTracking && !p.adds():
		return x.deletePolicy(p)
	case p.Kind != TargetTracking:
		return "leave its steps that add, and delete those that remove: in the console, Automatic scaling, " + p.Name + ", Edit"
	case !p.Predefined:
		return "in the console: Automatic scaling, " + p.Name + ", Edit, Disable scale in"
	}
	label := ""
	if p.Label != "" {
		label = fmt.Sprintf(`,"ResourceLabel":%q`, p.Label)
	}
	return x.command("put-scaling-policy", "--policy-name", quote(p.Name), "--policy-type TargetTrackingScaling --target-tracking-configuration",
		quote(fmt.Sprintf(`{"TargetValue":%v,"PredefinedMetricSpecification":{"PredefinedMetricType":%q%s},"DisableScaleIn":true}`, p.Target, p.Metric, label)))
}

func (x *examination) deletePolicy(p Policy) string {
	return x.command("delete-policy", "--policy-name", quote(p.Name))
}

// simple warns of policies that wait for their own cooldown.
func (x *examination) simple() {
	for _, p := range x.Policies {
		if p.dynamic() && p.Kind == SimpleScaling {
			x.add(Finding{
				Warn, "simple_policy", p.String(),
				"after each change it waits for the group's cooldown, and does not answer a rise meanwhile",
				"replace it by a target tracking or a step policy",
			})
		}
	}
}

// stepBesideTracking warns of two policies that take capacity away.
func (x *examination) stepBesideTracking() {
	var tracking []string
	for _, p := range x.Policies {
		if p.dynamic() && p.Kind == TargetTracking {
			tracking = append(tracking, p.Name)
		}
	}
	for _, p := range x.Policies {
		if len(tracking) > 0 && p.Kind == StepScaling && p.removes() {
			x.add(Finding{
				Warn, "step_scales_in", fmt.Sprintf("%s, beside target tracking (%s)", p, strings.Join(tracking, ", ")),
				"it takes away what target tracking adds, by turns", x.deletePolicy(p),
			})
		}
	}
}

// minutes warns where target tracking sees the load every five minutes only.
func (x *examination) minutes() {
	for _, p := range x.Policies {
		if x.Monitoring == Basic && p.tracksInstances() {
			x.add(Finding{
				Warn, "tracking_without_minutes", fmt.Sprintf("%s, and the instances report every 5 minutes", p),
				"the fallback answers a rise late, and forecasts have a fifth of the data",
				"Monitoring: enabled in the launch template and an instance refresh; for instances that run: aws ec2 monitor-instances --instance-ids ...",
			})
		}
	}
}

// cooler warns, in mode desired, of a policy that keeps instances less busy than
// what we plan for: whatever we give back, it adds again.
func (x *examination) cooler() {
	for _, p := range x.Policies {
		if x.desired && p.tracksInstances() && p.Metric == "ASGAverageCPUUtilization" && p.Target < perInstance {
			x.add(Finding{
				Warn, "tracks_below", p.String(),
				fmt.Sprintf("load.per_instance lets instances be busy to %d %%, unless it is set: above %v %% the policy adds what was given back", perInstance, p.Target),
				fmt.Sprintf("set load.per_instance to %v or less, or the policy's target to more than %d", p.Target, perInstance),
			})
		}
	}
}

// policies notes every policy, with its alarms.
func (x *examination) policies() {
	for _, p := range x.Policies {
		f := Finding{Severity: Note, Code: "policy", Found: p.String() + x.conditions(p)}
		if !x.desired && p.removes() {
			f.Why = "it scales in: mode desired asks for that to be switched off first"
		}
		x.add(f)
	}
}

func (x *examination) conditions(p Policy) string {
	var all []string
	for _, name := range p.Alarms {
		if a, ok := x.Alarms[name]; ok && a.Condition != "" {
			all = append(all, a.Condition)
		}
	}
	if all == nil {
		return ""
	}
	return "; at " + strings.Join(all, ", or ")
}
