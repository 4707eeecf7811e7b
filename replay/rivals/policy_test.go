package rivals

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

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

// TestRunShowsRequestsPerInstance checks what a policy sees where the metric
// is a request count: the utilization of requests, which does not saturate.
func TestRunShowsRequestsPerInstance(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	load := fleet.Load{Start: start, Period: time.Minute, Peak: 9, Demand: []float64{2, 8, 8, 8}, Missing: make([]bool, 4)}
	want := map[fleet.Signal][]float64{
		fleet.SignalCPU:      {50, 100},
		fleet.SignalRequests: {50, 200}, // 8 on the 4 instances that the first minute needs
	}
	for signal, utilization := range want {
		c := fleet.Lived("recorder", load, time.Minute)
		c.Signal = signal
		w := newWorld(t, c)
		var r recorder
		Run(w, &r)
		var got []float64
		for _, m := range r.minutes {
			for _, s := range m.Samples {
				got = append(got, s.Utilization)
			}
		}
		if diff := cmp.Diff(utilization, got); diff != "" {
			t.Errorf("signal %d (-want +got):\n%s", signal, diff)
		}
	}
}

// TestRunTellsWhatIsMissing checks that the demand that a load repeats in a gap
// is not told as recorded.
func TestRunTellsWhatIsMissing(t *testing.T) {
	load := wave(t, 1, 5*time.Minute)
	load.Missing[7] = true
	var r recorder
	Run(newWorld(t, fleet.Lived("recorder", load, time.Minute)), &r)
	for i, d := range r.briefing.WarmUp {
		if missing := i/5 == 7; math.IsNaN(d) != missing {
			t.Errorf("minute %d: demand %v, missing %v", i, d, missing)
		}
	}
	if got, want := r.briefing.End, load.At(load.Minutes()); !got.Equal(want) {
		t.Errorf("end %v, want %v", got, want)
	}
}
