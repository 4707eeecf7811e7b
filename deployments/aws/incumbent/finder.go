package incumbent

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"github.com/ml-autoscaling/autoscaler/replay/rivals"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// finder makes an incumbent of what was read.
type finder struct {
	rivals.Incumbent
	found
}

// idle notes what does nothing.
func (f *finder) idle(what, why string) {
	f.Idle = append(f.Idle, rivals.Omission{What: what, Why: why})
}

// unplayed notes what acts and is not played.
func (f *finder) unplayed(what, why string) {
	f.Unplayed = append(f.Unplayed, rivals.Omission{What: what, Why: why})
}

// find goes through everything, in an order that does not depend on AWS's.
func (f *finder) find() {
	f.Min, f.Max = int(*f.group.MinSize), int(*f.group.MaxSize)
	for _, process := range []string{"Launch", "Terminate"} {
		if f.suspends(process) {
			f.unplayed("process "+process, "is suspended, and is played as if it were not")
		}
	}
	if f.countsUnits() {
		f.unplayed("capacity units", "sizes and steps count them, and are played as if they counted instances")
	}
	slices.SortStableFunc(f.policies, func(a, b astypes.ScalingPolicy) int {
		return cmp.Compare(aws.ToString(a.PolicyName), aws.ToString(b.PolicyName))
	})
	for _, p := range f.policies {
		f.policy(p)
	}
	slices.SortStableFunc(f.scheduled, func(a, b astypes.ScheduledUpdateGroupAction) int {
		return cmp.Compare(aws.ToString(a.ScheduledActionName), aws.ToString(b.ScheduledActionName))
	})
	for _, a := range f.scheduled {
		f.schedule(a)
	}
}

func (f *finder) suspends(process string) bool {
	return slices.ContainsFunc(f.group.SuspendedProcesses, func(p astypes.SuspendedProcess) bool { return aws.ToString(p.ProcessName) == process })
}

// countsUnits says whether the group's capacity counts something else than
// instances.
func (f *finder) countsUnits() bool {
	if kind := aws.ToString(f.group.DesiredCapacityType); kind != "" && kind != "units" {
		return true
	}
	counts := func(weight *string) bool { return !slices.Contains([]string{"", "1"}, aws.ToString(weight)) }
	if m := f.group.MixedInstancesPolicy; m != nil && m.LaunchTemplate != nil &&
		slices.ContainsFunc(m.LaunchTemplate.Overrides, func(o astypes.LaunchTemplateOverrides) bool { return counts(o.WeightedCapacity) }) {
		return true
	}
	return slices.ContainsFunc(f.group.Instances, func(i astypes.Instance) bool { return counts(i.WeightedCapacity) })
}

// The types of policies, as AWS names them.
const (
	targetTracking    = "TargetTrackingScaling"
	stepScaling       = "StepScaling"
	simpleScaling     = "SimpleScaling"
	predictiveScaling = "PredictiveScaling"
)

// policy takes a policy in, or notes why not.
func (f *finder) policy(p astypes.ScalingPolicy) {
	kind := cmp.Or(aws.ToString(p.PolicyType), simpleScaling)
	what := fmt.Sprintf("scaling policy %q", aws.ToString(p.PolicyName))
	switch {
	case p.Enabled != nil && !*p.Enabled:
		f.idle(what, "is disabled")
	case kind == predictiveScaling:
		f.predictive(what, p)
	case f.suspends("AlarmNotification"):
		f.idle(what, "the process AlarmNotification is suspended")
	case kind == targetTracking:
		f.tracking(what, p)
	case kind == stepScaling:
		f.step(what, p)
	case kind == simpleScaling:
		f.simple(what, p)
	default:
		f.unplayed(what, fmt.Sprintf("is of the type %.40q, which is not known here", kind))
	}
}

func (f *finder) tracking(what string, p astypes.ScalingPolicy) {
	c := p.TargetTrackingConfiguration
	switch {
	case c == nil || !(aws.ToFloat64(c.TargetValue) > 0):
		f.unplayed(what, "has no target above 0")
		return
	case !f.tracksCPU(*c):
		f.unplayed(what, "tracks "+trackedBy(*c)+", and only the group's CPU is played")
		return
	}
	t := rivals.TargetTracking{Name: aws.ToString(p.PolicyName), Target: *c.TargetValue, WarmUp: f.warmUp(p)}
	for _, a := range f.alarmsOf(what, p) {
		side := &t.Low
		if a.Comparison == rivals.Above || a.Comparison == rivals.AtLeast {
			side = &t.High
		}
		switch {
		case side == &t.Low && aws.ToBool(c.DisableScaleIn):
			f.idle(alarm(what, a.Name), "scaling in is disabled")
		case *side != nil:
			f.unplayed(alarm(what, a.Name), "there is another one on that side")
		default:
			*side = &a
		}
	}
	if t.High != nil || t.Low != nil {
		f.Tracking = append(f.Tracking, t)
	}
}

func (f *finder) step(what string, p astypes.ScalingPolicy) {
	adjustment, ok := f.adjustment(what, p)
	if !ok {
		return
	}
	s := rivals.StepScaling{Name: aws.ToString(p.PolicyName), Adjustment: adjustment, WarmUp: f.warmUp(p), Alarms: f.alarmsOf(what, p)}
	for _, a := range p.StepAdjustments {
		s.Steps = append(s.Steps, rivals.StepAdjustment{Lower: a.MetricIntervalLowerBound, Upper: a.MetricIntervalUpperBound, By: int(aws.ToInt32(a.ScalingAdjustment))})
	}
	if len(s.Alarms) > 0 {
		f.Steps = append(f.Steps, s)
	}
}

func (f *finder) simple(what string, p astypes.ScalingPolicy) {
	adjustment, ok := f.adjustment(what, p)
	if !ok {
		return
	}
	cooldown := f.group.DefaultCooldown
	if p.Cooldown != nil {
		cooldown = p.Cooldown
	}
	s := rivals.SimpleScaling{
		Name: aws.ToString(p.PolicyName), Adjustment: adjustment, By: int(aws.ToInt32(p.ScalingAdjustment)),
		Cooldown: seconds(aws.ToInt32(cooldown)), Alarms: f.alarmsOf(what, p),
	}
	if len(s.Alarms) > 0 {
		f.Simple = append(f.Simple, s)
	}
}

// adjustment reads how a policy changes the capacity; false where it is noted
// why not.
func (f *finder) adjustment(what string, p astypes.ScalingPolicy) (a rivals.Adjustment, ok bool) {
	a = rivals.Adjustment{Type: rivals.AdjustmentType(aws.ToString(p.AdjustmentType)), AtLeast: int(aws.ToInt32(p.MinAdjustmentMagnitude))}
	if p.MinAdjustmentMagnitude == nil {
		a.AtLeast = int(aws.ToInt32(p.MinAdjustmentStep)) //nolint:staticcheck // policies of before 2015 have it, and AWS still obeys it
	}
	by := aws.ToString(p.MetricAggregationType)
	switch {
	case !slices.Contains([]rivals.AdjustmentType{rivals.ChangeInCapacity, rivals.PercentChangeInCapacity, rivals.ExactCapacity}, a.Type):
		f.unplayed(what, fmt.Sprintf("has the adjustment type %.40q, which is not known here", a.Type))
	case by != "" && by != "Average":
		f.unplayed(what, "goes by the "+by+" of the metric, and only the average is played")
	default:
		return a, true
	}
	return a, false
}

func (f *finder) predictive(what string, p astypes.ScalingPolicy) {
	c := p.PredictiveScalingConfiguration
	switch {
	case c == nil || len(c.MetricSpecifications) != 1:
		f.unplayed(what, "has not one metric specification")
		return
	case c.Mode != astypes.PredictiveScalingModeForecastAndScale:
		f.idle(what, "forecasts only")
		return
	case !forecastsCPU(c.MetricSpecifications[0]):
		f.unplayed(what, "forecasts another metric, and only the group's CPU is played")
		return
	case !(aws.ToFloat64(c.MetricSpecifications[0].TargetValue) > 0):
		f.unplayed(what, "has no target above 0")
		return
	case c.MaxCapacityBreachBehavior == astypes.PredictiveScalingMaxCapacityBreachBehaviorIncreaseMaxCapacity:
		f.unplayed(what, "may raise the maximum, which is not played; what it does below that is")
	}
	buffer := seconds(300) // AWS's default
	if c.SchedulingBufferTime != nil {
		buffer = seconds(*c.SchedulingBufferTime)
	}
	f.Predictive = append(f.Predictive, rivals.PredictiveScaling{Name: aws.ToString(p.PolicyName), Target: *c.MetricSpecifications[0].TargetValue, Buffer: buffer})
}

// warmUp is how long instances warm up to a policy: what it says itself, else
// what the group does, else the group's default cooldown.
func (f *finder) warmUp(p astypes.ScalingPolicy) streams.Duration {
	for _, s := range []*int32{p.EstimatedInstanceWarmup, f.group.DefaultInstanceWarmup, f.group.DefaultCooldown} {
		if s != nil && *s >= 0 {
			return seconds(*s)
		}
	}
	return 0
}

func seconds(n int32) streams.Duration {
	return streams.Duration(time.Duration(max(n, 0)) * time.Second)
}
