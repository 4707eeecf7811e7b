package attach

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind is a kind of scaling policy, as AWS names it.
type Kind string

// The kinds of policies.
const (
	TargetTracking    Kind = "TargetTrackingScaling"
	StepScaling       Kind = "StepScaling"
	SimpleScaling     Kind = "SimpleScaling"
	PredictiveScaling Kind = "PredictiveScaling"
)

// exactCapacity is the adjustment type whose numbers are capacities.
const exactCapacity = "ExactCapacity"

// Policy is a scaling policy of a group.
type Policy struct {
	Name    string
	Kind    Kind
	Enabled bool
	// Target, Metric, Label and DisableScaleIn are of target tracking. Metric
	// is a predefined metric, such as ASGAverageCPUUtilization, with its
	// resource label; or says which other one it is, where Predefined is false.
	Target         float64
	Metric, Label  string
	Predefined     bool
	DisableScaleIn bool
	// AdjustmentType and Adjustments are of step and simple policies, which have
	// one.
	AdjustmentType string
	Adjustments    []Adjustment
	// Warmup is the policy's own EstimatedInstanceWarmup in seconds; nil where it
	// has none.
	Warmup *int
	// Mode is of predictive policies: ForecastOnly or ForecastAndScale.
	Mode string
	// Alarms are the names of the alarms that move the policy.
	Alarms []string
}

// Adjustment is one step.
type Adjustment struct {
	// Lower and Upper bound the step, counted from the alarm's threshold; nil
	// is no bound.
	Lower, Upper *float64
	By           int
}

// dynamic says whether the policy reacts to a metric.
func (p Policy) dynamic() bool {
	return p.Enabled && (p.Kind == TargetTracking || p.Kind == StepScaling || p.Kind == SimpleScaling)
}

// adds says whether the policy may add capacity.
func (p Policy) adds() bool {
	if !p.dynamic() {
		return false
	}
	return p.Kind == TargetTracking || p.any(func(by int) bool { return by > 0 })
}

// removes says whether the policy may take capacity away. One that sets an
// exact capacity may.
func (p Policy) removes() bool {
	switch {
	case !p.dynamic():
		return false
	case p.Kind == TargetTracking:
		return !p.DisableScaleIn
	}
	return p.AdjustmentType == exactCapacity || p.any(func(by int) bool { return by < 0 })
}

func (p Policy) any(so func(by int) bool) bool {
	for _, a := range p.Adjustments {
		if so(a.By) {
			return true
		}
	}
	return false
}

// tracksInstances says whether the policy tracks a metric of EC2, which comes
// as often as the instances report.
func (p Policy) tracksInstances() bool {
	return p.dynamic() && p.Kind == TargetTracking && p.Predefined && strings.HasPrefix(p.Metric, "ASGAverage")
}

// String tells what the policy does.
func (p Policy) String() string {
	text := fmt.Sprintf("%s (%s)", p.Name, p.Kind)
	switch p.Kind {
	case TargetTracking:
		text += fmt.Sprintf(" tracks %s at %s", p.Metric, figure(p.Target))
		if p.Label != "" {
			text += " of " + p.Label
		}
		text += map[bool]string{true: ", scales out only", false: ", scales out and in"}[p.DisableScaleIn]
	case StepScaling, SimpleScaling:
		text += " " + p.adjusts()
	case PredictiveScaling:
		text += ", mode " + p.Mode
	}
	if !p.Enabled {
		text += ", disabled"
	}
	return text
}

// adjusts tells the steps of a policy.
func (p Policy) adjusts() string {
	var steps []string
	for _, a := range p.Adjustments {
		by := fmt.Sprintf("%+d", a.By)
		switch p.AdjustmentType {
		case exactCapacity:
			by = fmt.Sprintf("to %d", a.By)
		case "PercentChangeInCapacity":
			by += " %"
		}
		switch {
		case a.Lower != nil && a.Upper != nil:
			by += fmt.Sprintf(" from %s to %s", offset(*a.Lower), offset(*a.Upper))
		case a.Lower != nil && *a.Lower != 0:
			by += " from " + offset(*a.Lower)
		case a.Upper != nil && *a.Upper != 0:
			by += " below " + offset(*a.Upper)
		}
		steps = append(steps, by)
	}
	if steps == nil {
		return "sets nothing"
	}
	return "sets " + strings.Join(steps, ", ")
}

// figure writes a number for people: with nine digits at most, so that 63 is not
// 62.99999999999999, and never with an exponent.
func figure(v float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 9, 64), 64)
	if err != nil {
		short = v
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// offset writes a distance from a threshold.
func offset(v float64) string {
	if v >= 0 {
		return "+" + figure(v)
	}
	return figure(v)
}
