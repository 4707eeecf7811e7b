package rivals

import (
	"fmt"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Incumbent is what an Auto Scaling group scales by, as far as it can be played
// on the group's CPU utilization: the policies that act, with the alarms that
// they really have, and the scheduled actions.
type Incumbent struct {
	// Group is the name of the Auto Scaling group.
	Group string `json:"group"`
	// Min and Max bound the desired capacity, 0 ≤ Min ≤ Max. A scheduled action
	// may change them.
	Min int `json:"min"`
	Max int `json:"max"`

	Tracking   []TargetTracking    `json:"target_tracking,omitempty"`
	Steps      []StepScaling       `json:"step_scaling,omitempty"`
	Simple     []SimpleScaling     `json:"simple_scaling,omitempty"`
	Predictive []PredictiveScaling `json:"predictive_scaling,omitempty"`
	Scheduled  []ScheduledAction   `json:"scheduled_actions,omitempty"`

	// Idle is what the group has and what does nothing; Unplayed is what acts
	// live and is not played, so that the incumbent is a part of it.
	Idle     []Omission `json:"idle,omitempty"`
	Unplayed []Omission `json:"not_played,omitempty"`
}

// Omission is something of a group that is left out, and why.
type Omission struct {
	What string `json:"what"` // such as `scaling policy "requests"`
	Why  string `json:"why"`
}

// String gives both.
func (o Omission) String() string { return o.What + ": " + o.Why }

// TargetTracking is a target tracking policy on the average CPU utilization.
type TargetTracking struct {
	Name string `json:"name"`
	// Target is in percent, above 0.
	Target float64 `json:"target_percent"`
	// High and Low are the alarms that it scales out and in by; nil where there
	// is none.
	High *MetricAlarm `json:"alarm_high,omitempty"`
	Low  *MetricAlarm `json:"alarm_low,omitempty"`
	// WarmUp is how long after it came into service an instance warms up.
	WarmUp streams.Duration `json:"warm_up_s"`
}

// StepScaling is a step scaling policy and its alarms.
type StepScaling struct {
	Name       string           `json:"name"`
	Alarms     []MetricAlarm    `json:"alarms"`
	Adjustment Adjustment       `json:"adjustment"`
	Steps      []StepAdjustment `json:"steps"`
	WarmUp     streams.Duration `json:"warm_up_s"`
}

// SimpleScaling is a simple scaling policy and its alarms.
type SimpleScaling struct {
	Name       string        `json:"name"`
	Alarms     []MetricAlarm `json:"alarms"`
	Adjustment Adjustment    `json:"adjustment"`
	By         int           `json:"by"`
	// Cooldown is how long after its launches have ended nothing is scaled by a
	// simple policy.
	Cooldown streams.Duration `json:"cooldown_s"`
}

// PredictiveScaling is a predictive scaling policy that scales, on the CPU. Its
// forecast is an emulation: see Definition.Emulation.
type PredictiveScaling struct {
	Name string `json:"name"`
	// Target is in percent, above 0.
	Target float64 `json:"target_percent"`
	// Buffer is how long a launch is advanced.
	Buffer streams.Duration `json:"scheduling_buffer_s"`
}

// Plays says whether there is anything that changes the capacity.
func (i Incumbent) Plays() bool {
	return len(i.Tracking)+len(i.Steps)+len(i.Simple)+len(i.Predictive)+len(i.Scheduled) > 0
}

// Emulation says that what is played is not all that the group scales by, or
// that a definition of it is not public. Every output labels it.
func (i Incumbent) Emulation() bool { return len(i.Unplayed)+len(i.Predictive) > 0 }

// NeverIn says that nothing of what is played removes instances, as in a group
// whose policies are there to scale out only. Nobody pays for that all day: to
// do better is no feat.
func (i Incumbent) NeverIn() bool {
	removes := func(a Adjustment, by int) bool { return by < 0 || a.Type == ExactCapacity }
	return !slices.ContainsFunc(i.Tracking, func(p TargetTracking) bool { return p.Low != nil }) &&
		!slices.ContainsFunc(i.Steps, func(p StepScaling) bool {
			return slices.ContainsFunc(p.Steps, func(s StepAdjustment) bool { return removes(p.Adjustment, s.By) })
		}) &&
		!slices.ContainsFunc(i.Simple, func(p SimpleScaling) bool { return removes(p.Adjustment, p.By) }) &&
		!slices.ContainsFunc(i.Scheduled, func(a ScheduledAction) bool { return a.Desired != nil || a.Max != nil })
}

// Parts says what is played, a policy or an action each.
func (i Incumbent) Parts() []string {
	var all []string
	for _, p := range i.Tracking {
		all = append(all, p.String())
	}
	for _, p := range i.Steps {
		all = append(all, p.String())
	}
	for _, p := range i.Simple {
		all = append(all, p.String())
	}
	for _, p := range i.Predictive {
		all = append(all, p.String())
	}
	for _, a := range i.Scheduled {
		all = append(all, a.String())
	}
	return all
}

// String says what the policy is.
func (p TargetTracking) String() string {
	out, in := "never out", "never in"
	if p.High != nil {
		out = "out on " + p.High.String()
	}
	if p.Low != nil {
		in = "in on " + p.Low.String()
	}
	return fmt.Sprintf("target tracking %q of CPU at %.4g %%: %s, %s%s", p.Name, p.Target, out, in, warmUpWords(p.WarmUp))
}

// String says what the policy is.
func (p StepScaling) String() string {
	text := fmt.Sprintf("step scaling %q", p.Name)
	for i, a := range p.Alarms {
		text += []string{" on ", "; on "}[min(i, 1)] + a.String() + ": "
		for n, s := range p.Steps {
			if n > 0 {
				text += ", "
			}
			text += s.words(p.Adjustment, a.Threshold)
		}
	}
	return text + warmUpWords(p.WarmUp)
}

// String says what the policy is.
func (p SimpleScaling) String() string {
	text := fmt.Sprintf("simple scaling %q ", p.Name) + p.Adjustment.words(p.By)
	for i, a := range p.Alarms {
		text += []string{" on ", " or "}[min(i, 1)] + a.String()
	}
	return fmt.Sprintf("%s, cooldown %g s", text, p.Cooldown.Std().Seconds())
}

// String says what the policy is.
func (p PredictiveScaling) String() string {
	return fmt.Sprintf("predictive scaling %q of CPU at %.4g %% (an emulation), %g s ahead", p.Name, p.Target, p.Buffer.Std().Seconds())
}

func warmUpWords(d streams.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf(", warm-up %g s", time.Duration(d).Seconds())
}
