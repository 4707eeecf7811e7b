package rivals

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// drawAlarm draws an alarm.
func drawAlarm(t *rapid.T) MetricAlarm {
	a := MetricAlarm{
		Comparison: rapid.SampledFrom([]Comparison{Above, AtLeast, Below, AtMost}).Draw(t, "comparison"),
		Threshold:  float64(rapid.IntRange(0, 10).Draw(t, "threshold")),
		Period:     streams.Duration(time.Duration(rapid.IntRange(1, 6).Draw(t, "period")) * time.Minute),

		EvaluationPeriods: rapid.IntRange(1, 5).Draw(t, "evaluation periods"),
		MissingBreaches:   rapid.Bool().Draw(t, "missing breaches"),
	}
	a.Datapoints = rapid.IntRange(1, a.EvaluationPeriods).Draw(t, "datapoints")
	return a
}

// onBy says from all samples there were whether an alarm is on, by its
// definition: sample by sample and datapoint by datapoint.
func onBy(a MetricAlarm, samples []fleet.Sample) bool {
	newest := samples[len(samples)-1]
	period := a.Period.Std()
	evaluation, needs := a.EvaluationPeriods, a.Datapoints
	if newest.Period > period {
		whole := func(n int) int {
			span, count := time.Duration(n)*period, 0
			for ; span > 0; span -= newest.Period {
				count++
			}
			return count
		}
		evaluation, needs, period = whole(evaluation), whole(needs), newest.Period
	}
	breaching := 0
	for i := range evaluation {
		end := newest.End.Add(-time.Duration(i) * period)
		sum, n := 0.0, 0
		for _, s := range samples {
			if s.End.After(end.Add(-period)) && !s.End.After(end) {
				sum += s.Utilization
				n++
			}
		}
		beyond := a.MissingBreaches && end.After(samples[0].End)
		if n > 0 {
			mean := sum / float64(n)
			beyond = map[Comparison]bool{Above: mean > a.Threshold, AtLeast: mean >= a.Threshold, Below: mean < a.Threshold, AtMost: mean <= a.Threshold}[a.Comparison]
		}
		if beyond {
			breaching++
		}
	}
	return breaching >= needs
}

// An alarm is on where its definition says so, whatever is missing.
func TestMonitorIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAlarm(t)
		m := monitor{MetricAlarm: a}
		period := time.Duration(rapid.IntRange(1, 5).Draw(t, "period of samples")) * time.Minute
		end := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		var all []fleet.Sample
		for range rapid.IntRange(1, 30).Draw(t, "samples") {
			end = end.Add(period * time.Duration(rapid.SampledFrom([]int{1, 1, 1, 1, 2, 3, 9}).Draw(t, "gap")))
			// Whole numbers have means that do not depend on the order.
			all = append(all, fleet.Sample{End: end, Period: period, Utilization: float64(rapid.IntRange(0, 10).Draw(t, "utilization")), Instances: 1})
			m.observe(all[len(all)-1])
			if want := onBy(a, all); m.on != want {
				t.Fatalf("%v after %d samples: on %v, want %v", a, len(all), m.on, want)
			}
		}
	})
}

// Whatever a group has, it stays within its bounds and does the same again.
func TestIncumbentHoldsItsBounds(t *testing.T) {
	load := wave(t, 1, time.Minute)
	rapid.Check(t, func(t *rapid.T) {
		i := drawIncumbent(t)
		var rows [2][]fleet.Row
		for n := range rows {
			w, err := fleet.NewWorld(fleet.Lived("", load, 3*time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			Run(w, i.New())
			rows[n] = w.Rows()
		}
		for n, r := range rows[0] {
			if r != rows[1][n] || r.Desired < i.Min || r.Desired > i.Max {
				t.Fatalf("%s: %d and %d instances of %d to %d", r.Time, r.Desired, rows[1][n].Desired, i.Min, i.Max)
			}
		}
	})
}

func drawIncumbent(t *rapid.T) Incumbent {
	i := Incumbent{Min: rapid.IntRange(1, 20).Draw(t, "min")}
	i.Max = i.Min + rapid.IntRange(0, 60).Draw(t, "more")
	alarm := func() MetricAlarm {
		a := drawAlarm(t)
		a.Threshold *= 10
		return a
	}
	seconds := func(most int) streams.Duration {
		return streams.Duration(time.Duration(rapid.IntRange(0, most).Draw(t, "seconds")) * time.Second)
	}
	adjustment := func() Adjustment {
		return Adjustment{rapid.SampledFrom([]AdjustmentType{ChangeInCapacity, PercentChangeInCapacity, ExactCapacity}).Draw(t, "type"), rapid.IntRange(0, 3).Draw(t, "at least")}
	}
	by := func() int { return rapid.IntRange(-30, 30).Draw(t, "by") }
	for range rapid.IntRange(0, 2).Draw(t, "targets") {
		high, low := alarm(), alarm()
		i.Tracking = append(i.Tracking, TargetTracking{Target: 10 * float64(rapid.IntRange(1, 10).Draw(t, "target")), High: &high, Low: &low, WarmUp: seconds(600)})
	}
	for range rapid.IntRange(0, 2).Draw(t, "steps") {
		i.Steps = append(i.Steps, StepScaling{Alarms: []MetricAlarm{alarm()}, Adjustment: adjustment(), Steps: []StepAdjustment{stepFrom(0, 10, by()), stepFrom(10, 0, by())}, WarmUp: seconds(600)})
	}
	for range rapid.IntRange(0, 2).Draw(t, "simple") {
		i.Simple = append(i.Simple, SimpleScaling{Alarms: []MetricAlarm{alarm(), alarm()}, Adjustment: adjustment(), By: by(), Cooldown: seconds(900)})
	}
	return i
}

// A missing datapoint counts as its alarm says, and not before the first.
func TestMonitorMissesDatapoints(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for breaches, want := range map[bool][]bool{false: {false, false, false, false, true}, true: {false, false, true, true, true}} {
		a := alarmOf(Above, 60, 3)
		a.MissingBreaches = breaches
		w := monitor{MetricAlarm: a}
		var got []bool
		for _, at := range []int{1, 2, 4, 5, 6} {
			w.observe(fleet.Sample{End: start.Add(time.Duration(at) * time.Minute), Period: time.Minute, Utilization: 70, Instances: 1})
			got = append(got, w.on)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("missing breaches %v (-want +got):\n%s", breaches, diff)
		}
	}
}
