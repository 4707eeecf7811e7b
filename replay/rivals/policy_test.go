package rivals

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

func summary(s fleet.Score) string {
	return fmt.Sprintf("%d min, %d violations, %.1f unserved, %.2f instance-hours, J(8) %.2f",
		s.Minutes, s.Violations, s.Unserved, s.InstanceHours, s.J(8))
}

func TestStaticPeak(t *testing.T) {
	tests := []struct {
		name   string
		factor float64
		warmUp []float64
		want   int
	}{
		{"exact multiple of the SLO", 1, []float64{1, 8, 2}, 10},
		{"rounded up", 1, []float64{8.01}, 11},
		{"scaled before rounding", 0.5, []float64{8.01}, 6},
		{"no warm-up part", 1, nil, 1},
		{"idle warm-up part", 1, []float64{0, 0}, 1},
	}
	for _, test := range tests {
		p := NewStaticPeak(test.factor)
		p.Begin(Briefing{WarmUp: test.warmUp, SLO: 80})
		if got := p.Act(fleet.Minute{Desired: 3}); got != test.want {
			t.Errorf("%s: desired %d, want %d", test.name, got, test.want)
		}
	}
}

// feed gives a policy one sample a period, as it arrives a minute after its
// end; a NaN is a missing one. It gives the desired capacity after each.
func feed(p Policy, period time.Duration, instances float64, booting int, utilization ...float64) []int {
	p.Begin(Briefing{Period: period, SLO: 80})
	end := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	desired := 10
	var got []int
	for _, u := range utilization {
		end = end.Add(period)
		m := fleet.Minute{Now: end.Add(time.Minute), Due: end, Desired: desired, Booting: booting}
		if !math.IsNaN(u) {
			m.Samples = []fleet.Sample{{End: end, Period: period, Instances: instances, Utilization: u}}
		}
		desired = p.Act(m)
		got = append(got, desired)
	}
	return got
}

func TestStep(t *testing.T) {
	missing := math.NaN()
	minute, five := time.Minute, 5*time.Minute
	tests := []struct {
		name      string
		period    time.Duration
		instances float64
		booting   int
		samples   []float64
		want      []int
	}{
		{"at the target nothing happens", five, 10, 0, []float64{70, 70}, []int{10, 10}},
		{"one datapoint of 300 s is enough", five, 10, 0, []float64{70.1}, []int{11}},
		{"two datapoints of 60 s", minute, 10, 0, []float64{71, 71}, []int{10, 11}},
		{"ten points above is the second step", five, 10, 0, []float64{80}, []int{12}},
		{"twenty points above is the third", five, 10, 0, []float64{90}, []int{14}},
		{"counts from the sample, not from what was asked for", five, 10, 4, []float64{90, 90}, []int{14, 14}},
		{"never lowers", five, 7, 0, []float64{75}, []int{10}},
		{"the mean of the sample is rounded", five, 10.6, 0, []float64{75}, []int{12}},
		{"two low datapoints of 300 s, then at every one", five, 10, 0, []float64{34, 34, 34}, []int{10, 9, 8}},
		{"half the target is not low", five, 10, 0, []float64{35, 35, 35}, []int{10, 10, 10}},
		{"nothing is removed while instances boot", five, 10, 1, []float64{34, 34}, []int{10, 10}},
		{"a missing datapoint starts the alarm over", five, 10, 0, []float64{34, missing, 34, 34}, []int{10, 10, 10, 9}},
		{"so for the high alarm", minute, 10, 0, []float64{75, missing, 75, 75}, []int{10, 10, 10, 11}},
	}
	for _, test := range tests {
		got := feed(NewStep(70), test.period, test.instances, test.booting, test.samples...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestStepLowAlarmOfMinutes(t *testing.T) {
	low := []float64{20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20}
	want := []int{10, 10, 10, 10, 10, 10, 10, 10, 10, 9, 8}
	if diff := cmp.Diff(want, feed(NewStep(70), time.Minute, 10, 0, low...)); diff != "" {
		t.Errorf("ten minutes below (-want +got):\n%s", diff)
	}
}

// recorder keeps what it was told.
type recorder struct {
	briefing Briefing
	minutes  []fleet.Minute
}

func (r *recorder) Begin(b Briefing) { r.briefing = b }

func (r *recorder) Act(m fleet.Minute) int {
	r.minutes = append(r.minutes, m)
	return m.Desired
}

// TestRunInHistoryMode checks what a policy is told where the warm-up part is
// history: all metrics that had arrived, and none of them again.
func TestRunInHistoryMode(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	recorded := trace.Trace{Start: start, Period: 5 * time.Minute, Values: []float64{1, 2, 4, 3}}
	load, err := fleet.NewLoad(recorded, 4)
	if err != nil {
		t.Fatal(err)
	}
	var r recorder
	Run(newWorld(t, fleet.History("recorder", load, 3*time.Minute, 10)), &r)

	if diff := cmp.Diff(load.Demand[:10], r.briefing.WarmUp); diff != "" {
		t.Errorf("warm-up part (-want +got):\n%s", diff)
	}
	ends := func(samples []fleet.Sample) (ends []string) {
		for _, s := range samples {
			ends = append(ends, s.End.Format("15:04"))
		}
		return ends
	}
	if diff := cmp.Diff([]string{"00:05"}, ends(r.briefing.Backfill)); diff != "" {
		t.Errorf("backfill (-want +got):\n%s", diff)
	}
	arrived := map[string][]string{}
	for _, m := range r.minutes {
		if len(m.Samples) > 0 {
			arrived[m.Now.Format("15:04")] = ends(m.Samples)
		}
	}
	want := map[string][]string{"00:11": {"00:10"}, "00:16": {"00:15"}}
	if diff := cmp.Diff(want, arrived); diff != "" {
		t.Errorf("metrics by the minute of arrival (-want +got):\n%s", diff)
	}
	if got := r.minutes[0].Now; !got.Equal(start.Add(10 * time.Minute)) {
		t.Errorf("first minute %v, want 00:10", got)
	}
}
