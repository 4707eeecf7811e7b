package fleet

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

var (
	start   = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	missing = math.NaN()
)

// loadOf makes a load whose demand is the values as they are.
func loadOf(t *testing.T, period time.Duration, values ...float64) Load {
	t.Helper()
	recorded := trace.Trace{Start: start, Period: period, Values: values}
	l, err := NewLoad(recorded, recorded.Quantile(0.999))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestNewLoad(t *testing.T) {
	recorded := trace.Trace{Start: start, Period: 15 * time.Minute, Values: []float64{3, 3, missing, 6}}
	got, err := NewLoad(recorded, recorded.Interpolate().Quantile(0.999))
	if err != nil {
		t.Fatal(err)
	}
	// One sample a quarter of an hour comes every five minutes; the last one
	// before the gap, and the last of all, hold for five minutes.
	if want := []bool{false, false, false, false, true, true, true, true, true, false}; !cmp.Equal(want, got.Missing) {
		t.Errorf("missing %v, want %v", got.Missing, want)
	}
	var want []float64
	for m := range 50 {
		want = append(want, map[bool]float64{false: 3, true: 6}[m >= 45])
	}
	if diff := cmp.Diff(want, got.Demand); diff != "" {
		t.Errorf("demand (-want +got):\n%s", diff)
	}
	if got.Period != 5*time.Minute {
		t.Errorf("period %v, want 5m0s", got.Period)
	}
}

func TestCounted(t *testing.T) {
	tests := []struct {
		name        string
		period      time.Duration
		delay, boot time.Duration
		values      []float64
		want        string
	}{
		{"no gap", time.Minute, time.Minute, 3 * time.Minute, []float64{1, 1, 1}, "111"},
		// The gap is minute 1. The metric of minute 2 arrives at minute 4, an
		// instance asked for then serves from minute 7.
		{"one minute", time.Minute, time.Minute, 3 * time.Minute, []float64{1, missing, 1, 1, 1, 1, 1, 1}, "10000001"},
		{"two gaps run together", time.Minute, time.Minute, time.Minute, []float64{1, missing, 1, missing, 1, 1, 1, 1}, "10000001"},
		{"gap to the end", time.Minute, time.Minute, time.Minute, []float64{1, 1, missing}, "110"},
		// The metric of minutes 10 to 14 arrives at 16; 16 + 2 = 18.
		{"five minutes", 5 * time.Minute, time.Minute, 2 * time.Minute, []float64{1, missing, 1, 1}, "11111000000000000011"},
		// Delivered at 3.5, in service 1.5 later.
		{"parts of a minute add up", time.Minute, 30 * time.Second, 90 * time.Second, []float64{1, missing, 1, 1, 1, 1}, "100001"},
	}
	for _, test := range tests {
		got := ""
		for _, counts := range loadOf(t, test.period, test.values...).Counted(test.delay, test.boot) {
			got += map[bool]string{false: "0", true: "1"}[counts]
		}
		if got != test.want {
			t.Errorf("%s: counted %s, want %s", test.name, got, test.want)
		}
	}
}

func TestNewLoadRefuses(t *testing.T) {
	of := func(values ...float64) trace.Trace {
		return trace.Trace{Start: start, Period: time.Minute, Values: values}
	}
	outlier := of(slices.Repeat([]float64{1}, 2000)...)
	outlier.Values[0] = 1e6
	tests := []struct {
		name string
		in   trace.Trace
		peak float64
		want string
	}{
		{"nothing", of(), 40, "make load: first value of the trace is missing"},
		{"a gap first", of(missing, 1), 40, "make load: first value of the trace is missing"},
		{"idle", of(0, 0), 40, "make load: scale trace: 99.9th percentile: want a positive value, got 0"},
		{"small peak", of(1, 1), 0.05, "make load: peak: want 0.1 to 1e5 instances, got 0.05"},
		{"outlier", outlier, 40, "make load: demand at 2026-01-01T00:00:00Z: want at most 1e+06 instances, got 4e+07"},
	}
	for _, test := range tests {
		_, err := NewLoad(test.in, test.peak)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: error %v, want %s", test.name, err, test.want)
		}
	}
}
