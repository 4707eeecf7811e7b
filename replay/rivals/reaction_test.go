package rivals

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

func TestIncumbentReacts(t *testing.T) {
	minute := time.Minute
	trackingAt := func(target float64, low *MetricAlarm, warmUp time.Duration) TargetTracking {
		return TargetTracking{Name: "t", Target: target, High: ref(alarmOf(Above, target, 3)), Low: low, WarmUp: streams.Duration(warmUp)}
	}
	low := func(threshold float64, minutes int) *MetricAlarm { return ref(alarmOf(Below, threshold, minutes)) }
	step := func(a Adjustment, alarm MetricAlarm, steps ...StepAdjustment) StepScaling {
		return StepScaling{Name: "s", Alarms: []MetricAlarm{alarm}, Adjustment: a, Steps: steps}
	}
	anywhere := func(by int) StepAdjustment { return StepAdjustment{By: by} }
	tests := []struct {
		name    string
		i       Incumbent
		samples []float64
		want    []int
	}{
		{"in is disabled", Incumbent{Tracking: []TargetTracking{trackingAt(50, nil, 0)}}, []float64{10, 10, 10}, []int{10, 10, 10}},
		{"in, with the alarm as it is", Incumbent{Tracking: []TargetTracking{trackingAt(50, low(45, 2), 0)}}, []float64{44, 44}, []int{10, 9}},
		{"two targets: the larger out", Incumbent{Tracking: []TargetTracking{trackingAt(50, nil, 0), trackingAt(40, nil, 0)}}, []float64{60, 60, 60}, []int{10, 10, 15}},
		{
			"two targets: in where both want to", Incumbent{Tracking: []TargetTracking{trackingAt(50, low(45, 1), 0), trackingAt(40, low(30, 2), 0)}},
			[]float64{35, 20, 20}, []int{10, 10, 5},
		},
		{
			"two targets: one that never removes is not asked", Incumbent{Tracking: []TargetTracking{trackingAt(50, low(45, 1), 0), trackingAt(40, nil, 0)}},
			[]float64{35}, []int{7},
		},
		{
			"target and step: the larger", Incumbent{
				Tracking: []TargetTracking{trackingAt(50, nil, 0)},
				Steps:    []StepScaling{step(Adjustment{Type: ChangeInCapacity}, alarmOf(AtLeast, 60, 3), anywhere(9))},
			},
			[]float64{60, 60, 60}, []int{10, 10, 19},
		},
		{
			"exact", Incumbent{Steps: []StepScaling{step(Adjustment{Type: ExactCapacity}, alarmOf(Above, 60, 1), anywhere(17))}},
			[]float64{60, 61}, []int{10, 17},
		},
		{
			"percent, at least", Incumbent{Steps: []StepScaling{step(Adjustment{Type: PercentChangeInCapacity, AtLeast: 3}, alarmOf(Above, 60, 1), anywhere(10))}},
			[]float64{61}, []int{13},
		},
		{
			"percent in, at least", Incumbent{Steps: []StepScaling{step(Adjustment{Type: PercentChangeInCapacity, AtLeast: 2}, alarmOf(AtMost, 20, 1), anywhere(-10))}},
			[]float64{20}, []int{8},
		},
		{
			"bounds of steps below: the upper one belongs to it", Incumbent{Steps: []StepScaling{step(Adjustment{Type: ChangeInCapacity}, alarmOf(Below, 40, 1),
				StepAdjustment{Lower: ref(-10.0), Upper: ref(0.0), By: -1}, StepAdjustment{Upper: ref(-10.0), By: -3})}},
			[]float64{35, 30, 45}, []int{9, 6, 6},
		},
		{
			"no step for it", Incumbent{Steps: []StepScaling{step(Adjustment{Type: ChangeInCapacity}, alarmOf(Above, 60, 1), stepFrom(10, 20, 2))}},
			[]float64{65, 85, 75}, []int{10, 10, 12},
		},
		{
			"two of three", Incumbent{Steps: []StepScaling{step(Adjustment{Type: ChangeInCapacity},
				MetricAlarm{Comparison: Above, Threshold: 60, Period: streams.Duration(minute), EvaluationPeriods: 3, Datapoints: 2}, anywhere(5))}},
			[]float64{70, 50, 70, 50, 50}, []int{10, 10, 15, 15, 15},
		},
		{
			"datapoints of five minutes", Incumbent{Steps: []StepScaling{step(Adjustment{Type: ChangeInCapacity},
				MetricAlarm{Comparison: Above, Threshold: 60, Period: streams.Duration(5 * minute), EvaluationPeriods: 1, Datapoints: 1}, anywhere(5))}},
			[]float64{50, 50, 50, 50, 50, 90, 90}, []int{10, 10, 10, 10, 10, 10, 15},
		},
		{
			"simple: once in a cooldown", Incumbent{Simple: []SimpleScaling{{
				Alarms: []MetricAlarm{alarmOf(Above, 60, 1)}, Adjustment: Adjustment{Type: ChangeInCapacity}, By: 2, Cooldown: streams.Duration(3 * minute),
			}}},
			[]float64{61, 61, 61, 61, 61, 61}, []int{12, 12, 12, 12, 14, 14},
		},
	}
	for _, test := range tests {
		test.i.Min, test.i.Max = 1, 100
		got := feed(test.i.New(), minute, 10, 0, test.samples...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// Nothing is removed, and steps do not count, while an instance warms up.
func TestIncumbentWarmsUp(t *testing.T) {
	warm := Incumbent{Min: 1, Max: 100, Steps: []StepScaling{
		{Alarms: []MetricAlarm{alarmOf(Above, 60, 1)}, Adjustment: Adjustment{Type: ChangeInCapacity}, Steps: []StepAdjustment{{By: 4}}, WarmUp: streams.Duration(3 * time.Minute)},
		{Alarms: []MetricAlarm{alarmOf(Below, 30, 1)}, Adjustment: Adjustment{Type: ChangeInCapacity}, Steps: []StepAdjustment{{By: -1}}, WarmUp: streams.Duration(3 * time.Minute)},
	}}
	p := warm.New()
	p.Begin(Briefing{Period: time.Minute})
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var got []int
	for i, utilization := range []float64{90, 90, 90, 20, 20} {
		now := begin.Add(time.Duration(i) * time.Minute)
		m := fleet.Minute{Now: now, Desired: 12, InService: 12, Samples: []fleet.Sample{{End: now.Add(-time.Minute), Period: time.Minute, Instances: 12, Utilization: utilization}}}
		if i == 0 {
			m.Boots = []fleet.Boot{{InService: now}, {InService: now}, {InService: now}}
		}
		if i == 3 {
			m.Boots = []fleet.Boot{{InService: now.Add(-2 * time.Minute)}}
		}
		got = append(got, p.Act(m))
	}
	// Nine do not warm up, and four are added. Another one warms up in the fourth
	// minute only.
	if diff := cmp.Diff([]int{13, 13, 13, 12, 11}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
