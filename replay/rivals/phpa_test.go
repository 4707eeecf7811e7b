package rivals

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

const hour = time.Hour

// daily is a day of samples of an hour: 10 busy instances from 8 h to 18 h,
// else 4, measured on 20.
func daily(day time.Time) []fleet.Sample {
	var samples []fleet.Sample
	for h := range 24 {
		load := 4.0
		if h >= 8 && h < 18 {
			load = 10
		}
		samples = append(samples, fleet.Sample{
			End: day.Add(time.Duration(h+1) * hour), Period: hour, Instances: 20, Utilization: 5 * load, Load: load,
		})
	}
	return samples
}

// TestPHPALooksAhead gives two days of history: at the end of the hour before
// the rise it asks for what the rise needs, which hpa alone does not. Whole
// numbers are what its source gives, by the ceiling of the forecast one step
// ahead (jthomperoo/predictive-horizontal-pod-autoscaler,
// algorithms/holt_winters).
func TestPHPALooksAhead(t *testing.T) {
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var history []fleet.Sample
	for d := range 2 {
		history = append(history, daily(day.AddDate(0, 0, d))...)
	}
	third := day.AddDate(0, 0, 2)
	briefing := Briefing{Start: day, End: day.AddDate(0, 0, 4), Period: hour, Backfill: history, WarmUp: make([]float64, 48*60), SLO: 80}
	want := map[string][2]int{"hpa": {7, 17}, "phpa": {17, 17}}
	got := map[string][2]int{}
	for name, p := range map[string]Policy{"hpa": newHPA(60), "phpa": newPHPA(60)} {
		p.Begin(briefing)
		desired := 7
		var at [24]int
		for h, s := range daily(third) {
			now := s.End.Add(time.Minute)
			// On its own fleet the work is spread over what it asked for.
			s.Instances, s.Utilization = float64(desired), 100*s.Load/float64(desired)
			m := fleet.Minute{Now: now, Due: s.End, Desired: desired, Samples: []fleet.Sample{s}}
			for range 10 { // through the limits a minute and the stabilization
				m.Desired = p.Act(m)
				m.Now, m.Samples = m.Now.Add(time.Minute), nil
			}
			desired = m.Desired
			at[h] = desired
		}
		got[name] = [2]int{at[7], at[8]}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("before and after the rise at 8 h (-want +got):\n%s", diff)
	}
}

// TestPHPAKeepsItsPhase checks what is recorded over a gap.
func TestPHPAKeepsItsPhase(t *testing.T) {
	p := newPHPA(60)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p.Begin(Briefing{Start: start, Period: time.Minute})
	for _, minute := range []int{1, 2, 5} {
		end := start.Add(time.Duration(minute) * time.Minute)
		p.record(fleet.Sample{End: end, Period: time.Minute}, minute)
	}
	want := []float64{1, 2, math.NaN(), math.NaN(), 5}
	if diff := cmp.Diff(want, p.history, cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}
