package rivals

import (
	"math"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// TestAutocorrelation is the example of Crane's own test (gocrane/crane,
// pkg/prediction/dsp/auto_correlation_test.go): a second of the first four
// terms of a square wave of 5 Hz, sampled at 1000 Hz, has -1 at half a period
// and 1 at a whole one.
func TestAutocorrelation(t *testing.T) {
	var s series
	for i := range 1000 {
		phase := 2 * math.Pi * 5 * float64(i) / 1000
		s.values = append(s.values, math.Sin(phase)+math.Sin(3*phase)/3+math.Sin(5*phase)/5+math.Sin(7*phase)/7)
	}
	for lag, want := range map[int]float64{100: -1, 200: 1, 1000: 0} {
		if got := s.autocorrelation(1000, lag); math.Abs(got-want) > 1e-12 {
			t.Errorf("lag %d: %v, want %v", lag, got, want)
		}
	}
	flat := series{values: []float64{2, 2, 2, 2}}
	if got := flat.autocorrelation(4, 1); got != 0 {
		t.Errorf("flat: %v, want 0", got)
	}
}

// TestSeriesFillsGaps holds a gap against the line between its neighbours, as
// Crane fills gaps of a history (pkg/prediction/dsp/preprocessing.go).
func TestSeriesFillsGaps(t *testing.T) {
	var s series
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, minute := range []int{1, 2, 5, 6} {
		s.observe(fleet.Sample{End: start.Add(time.Duration(minute) * time.Minute), Period: time.Minute, Load: float64(minute * minute)})
	}
	for i, want := range []float64{1, 4, 11, 18, 25, 36} {
		if got := s.values[i]; math.Abs(got-want) > 1e-12 {
			t.Errorf("value %d: %v, want %v", i, got, want)
		}
	}
}

// TestCraneForesees asks for the largest load of the same hour yesterday and a
// tenth, at the target.
func TestCraneForesees(t *testing.T) {
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := newCrane(50)
	p.Begin(Briefing{Period: hour})
	for i, s := range append(daily(day), daily(day.AddDate(0, 0, 1))...) {
		if got := p.foresee(7); got != 0 {
			t.Fatalf("after %d hours: %d instances, want no forecast", i, got)
		}
		p.observe(s)
	}
	at := map[int]int{} // by the hours seen of the third day
	for h, s := range daily(day.AddDate(0, 0, 2)) {
		at[h] = p.foresee(7)
		p.observe(s)
	}
	// ceil(1.1 × 10 / 0.5) = 22, ceil(1.1 × 4 / 0.5) = 9.
	for h, want := range map[int]int{0: 9, 7: 9, 8: 22, 17: 22, 18: 9} {
		if at[h] != want {
			t.Errorf("before hour %d: %d instances, want %d", h, at[h], want)
		}
	}
	if got := p.foresee(9); got != 9 {
		t.Errorf("within a tenth of 9: %d instances, want 9", got)
	}
}

// TestCraneChoosesTheSeason has weekends without load: from 14 days on it
// looks back a week.
func TestCraneChoosesTheSeason(t *testing.T) {
	monday := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	p := newCrane(50)
	p.Begin(Briefing{Period: hour})
	for d := range 21 {
		if want := map[bool]int{false: 24, true: 168}[d >= 14]; p.season != want {
			t.Fatalf("after %d days: looks back %d hours, want %d", d, p.season, want)
		}
		for _, s := range daily(monday.AddDate(0, 0, d)) {
			if d%7 >= 5 {
				s.Load = 1
			}
			p.observe(s)
		}
	}
}
