package attach

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// fallback is a policy that reacts to CPU. In mode desired it only adds, and has
// a target above what instances may be used, or it would add again whatever is
// given back.
func (x *examination) fallback() string {
	target, only := 70.0, ""
	if x.desired {
		target, only = 90, `,"DisableScaleIn":true`
		if busy, known := x.busy(); known {
			target = min(busy+10, 95)
		}
	}
	return fmt.Sprintf(`--policy-name fallback-cpu --policy-type TargetTrackingScaling --target-tracking-configuration `+
		`'{"TargetValue":%s,"PredefinedMetricSpecification":{"PredefinedMetricType":"ASGAverageCPUUtilization"}%s}'`, figure(target), only)
}

// busy is the CPU utilization up to which instances may be used, in percent;
// false where the load is none of CPU, or load.per_instance is not that of one
// unit, of which there is a finding.
func (x *examination) busy() (percent float64, known bool) {
	_, units := x.weight() // of the largest instance
	percent = x.load.PerInstance * float64(units)
	return percent, x.load.Unit == streams.Percent && percent <= 100
}

// reaction refuses a group in which nothing adds capacity where the autoscaler
// is not there.
func (x *examination) reaction() {
	if x.unread(describePolicies) || x.unread(describeAlarms) || slices.ContainsFunc(x.Policies, x.reacts) {
		return
	}
	found := "the group has no scaling policy that adds capacity"
	for _, p := range x.Policies {
		if p.adds() {
			found = fmt.Sprintf("no alarm has the policy %s add capacity, and no other one does", p)
		}
	}
	x.add(Finding{
		Refuse, "nothing_reacts", found,
		"where the autoscaler is down nothing answers a rise of the load", x.command("put-scaling-policy", x.fallback()),
	})
}

// reacts says whether a policy adds capacity when an alarm that is there goes
// off: of target tracking that is the one for much, the other one only removes.
func (x *examination) reacts(p Policy) bool {
	return p.adds() && slices.ContainsFunc(p.Alarms, func(name string) bool {
		a, ok := x.Alarms[name]
		return ok && !a.Mute && (a.High || p.Kind != TargetTracking)
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
				x.cli("cloudwatch", "enable-alarm-actions", "--alarm-names", mute)})
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

// unknown refuses, in mode desired, a policy of which nobody here can say
// whether it takes capacity away.
func (x *examination) unknown() {
	for _, p := range x.Policies {
		if p.Enabled && !slices.Contains([]Kind{TargetTracking, StepScaling, SimpleScaling, PredictiveScaling}, p.Kind) {
			x.add(Finding{
				refuseIf(x.desired), "unknown_policy", p.String(),
				"policies of this kind are not known here, and it may take away what is launched ahead of the load",
				"delete it, or ask for a newer version: " + x.deletePolicy(p),
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
	label, warmup := "", ""
	if p.Label != "" {
		label = fmt.Sprintf(`,"ResourceLabel":%q`, p.Label)
	}
	if p.Warmup != nil { // what is not said again is gone
		warmup = fmt.Sprintf(" --estimated-instance-warmup %d", *p.Warmup)
	}
	return x.command("put-scaling-policy", "--policy-name", quote(p.Name), "--policy-type TargetTrackingScaling"+warmup+" --target-tracking-configuration",
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
				"it takes away what target tracking adds, by turns", x.scaleOutOnly(p),
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
				"Monitoring: enabled in the launch template and an instance refresh; for instances that run: " + x.cli("ec2", "monitor-instances", "--instance-ids ..."),
			})
		}
	}
}

// cooler warns, in mode desired, of a policy that keeps instances less busy than
// what we plan for: whatever we give back, it adds again.
func (x *examination) cooler() {
	busy, known := x.busy()
	if !x.desired || !known {
		return
	}
	_, units := x.weight()
	for _, p := range x.Policies {
		if p.tracksInstances() && p.Metric == "ASGAverageCPUUtilization" && p.Target < busy {
			x.add(Finding{
				Warn, "tracks_below", p.String(),
				fmt.Sprintf("load.per_instance is %s and lets instances be busy to %s %%: above %s %% the policy adds what was given back",
					figure(x.load.PerInstance), figure(busy), figure(p.Target)),
				fmt.Sprintf("set load.per_instance to %s or less, or the policy's target to more than %s", figure(p.Target/float64(units)), figure(busy)),
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
