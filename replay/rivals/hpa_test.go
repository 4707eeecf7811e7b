package rivals

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// watch gives a policy minutes one after another, each with the newest sample
// of the minute where there is one, and gives what it asks for in each. A
// sample that is the zero value is missing.
func watch(p Policy, desired int, samples ...fleet.Sample) []int {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p.Begin(Briefing{Start: now, End: now.Add(24 * time.Hour), Period: time.Minute, SLO: 80})
	var got []int
	for _, s := range samples {
		m := fleet.Minute{Now: now.Add(time.Minute), Due: now, Desired: desired}
		if s != (fleet.Sample{}) {
			s.End, s.Period = now, time.Minute
			m.Samples = []fleet.Sample{s}
		}
		desired = p.Act(m)
		got = append(got, desired)
		now = now.Add(time.Minute)
	}
	return got
}

func sample(instances, utilization float64) fleet.Sample {
	return fleet.Sample{Instances: instances, Utilization: utilization}
}

// TestHPAExamples holds hpa against examples of Kubernetes: "Algorithm details"
// of its page on Horizontal Pod Autoscaling (a metric of 200m for 100m doubles,
// one of 50m halves, a ratio within 0.1 of 1 does nothing), its walkthrough
// (305 % for 50 % is 7 replicas instead of 1) and its blog of 2025-04-28 (50
// replicas at 90 % for 75 % become 60).
func TestHPAExamples(t *testing.T) {
	tests := []struct {
		name    string
		target  float64
		sample  fleet.Sample
		desired int
		want    int
	}{
		{"200m for 100m", 10, sample(4, 20), 4, 8},
		{"50m for 100m", 10, sample(4, 5), 4, 2},
		{"a tenth above", 75, sample(10, 82), 10, 10},
		{"a tenth below", 75, sample(10, 68), 10, 10},
		{"305 % for 50 %", 50, sample(1, 305), 1, 7},
		{"90 % for 75 %", 75, sample(50, 90), 50, 60},
	}
	for _, test := range tests {
		if got := newHPA(test.target).recommend(test.sample, test.desired); got != test.want {
			t.Errorf("%s: recommends %d, want %d", test.name, got, test.want)
		}
	}
}

func TestHPA(t *testing.T) {
	none, high, low := fleet.Sample{}, sample(10, 90), sample(10, 30)
	tests := []struct {
		name    string
		desired int
		samples []fleet.Sample
		want    []int
	}{
		{"up at once, counted from the sample", 10, []fleet.Sample{high, high, high}, []int{15, 15, 15}},
		{"up by four at least", 1, []fleet.Sample{sample(10, 90), sample(10, 90), sample(10, 90)}, []int{5, 10, 15}},
		{"up to twice at most", 8, []fleet.Sample{sample(30, 90), sample(30, 90)}, []int{16, 32}},
		{"down to the most of 300 s", 10, []fleet.Sample{sample(10, 60), low, low, low, low, low, low}, []int{10, 10, 10, 10, 10, 5, 5}},
		{"holds while the newest is missing", 10, []fleet.Sample{high, none, none, high}, []int{15, 15, 15, 15}},
		{"holds before the first", 10, []fleet.Sample{none, none}, []int{10, 10}},
		{"the window is in time, not in recommendations", 10, []fleet.Sample{sample(10, 60), none, none, none, none, low, low}, []int{10, 10, 10, 10, 10, 5, 5}},
	}
	for _, test := range tests {
		got := watch(newHPA(60), test.desired, test.samples...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestHPAActsBetweenSamples checks that it reads the newest sample again in
// every minute without compounding, up to the limit a minute.
func TestHPAActsBetweenSamples(t *testing.T) {
	p := newHPA(50)
	end := time.Date(2026, 1, 1, 0, 5, 0, 0, time.UTC)
	m := fleet.Minute{Now: end.Add(time.Minute), Due: end, Desired: 2}
	m.Samples = []fleet.Sample{{End: end, Period: 5 * time.Minute, Instances: 10, Utilization: 100}}
	var got []int
	for range 5 {
		m.Desired = p.Act(m)
		got = append(got, m.Desired)
		m.Now, m.Samples = m.Now.Add(time.Minute), nil
	}
	m.Now, m.Due = m.Now.Add(time.Minute), end.Add(5*time.Minute)
	got = append(got, p.Act(m)) // the sample that is due is missing
	if diff := cmp.Diff([]int{6, 12, 20, 20, 20, 20}, got); diff != "" {
		t.Errorf("one sample (-want +got):\n%s", diff)
	}
}
