package window

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// five shows a bin of five minutes of instances at 10 % each, sampled so often
// in it, and the minutes that a probe sees.
func five(end, instances, often int) []shown {
	n := float64(instances * often)
	bins := []shown{{end: end, from: end + 1, sum: 10 * n, samples: n}}
	for m := end - 4; m <= end; m++ {
		if often == 5 || m == end {
			bins = append(bins, shown{end: m, from: m + 1, sum: 10 * float64(instances), samples: float64(instances), probe: true})
		}
	}
	return bins
}

// fives shows bins from one end to another.
func fives(from, to, instances, often int) (bins []shown) {
	for end := from; end <= to; end += 5 {
		bins = append(bins, five(end, instances, often)...)
	}
	return bins
}

// asks tells the questions of a rig, in minutes.
func asks(r *rig) (told []string) {
	for _, q := range r.asked {
		kind := "window"
		if q.Probe {
			kind = "probe"
		}
		told = append(told, fmt.Sprintf("%s %v %d to %d", kind, q.Period, minuteOf(q.From), minuteOf(q.Until)))
	}
	r.asked = nil
	return told
}

func TestProbeTellsDetailedFromBasic(t *testing.T) {
	for often, per := range map[int]float64{5: 5, 1: 1} {
		r := newRig(t, perFive(), fives(-100, 6, 3, often)...)
		r.backfill = 10 * time.Minute
		r.rounds(0, 6).want(`
			0: policy for cpu
			0: cpu -5 = 30 on 3 settled
			1: cpu 0 = 30 on 3
			6: cpu 5 = 30 on 3`)
		if got := r.state.series.PerInstance; got != per {
			t.Errorf("sampled %d times: %v samples per instance, want %v", often, got, per)
		}
		want := []string{
			"probe 1m0s -60 to 0", "window 5m0s -10 to 5", "window 5m0s -85 to 5", "window 5m0s -85 to 10", "window 5m0s -80 to 10",
		}
		if diff := cmp.Diff(want, asks(r)); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	}
}

// A group that has no points yet is asked for with every window. What it has
// then is read from the first bin on.
func TestProbeWithoutPoints(t *testing.T) {
	r := newRig(t, perFive(), fives(30, 50, 2, 5)...)
	r.backfill = 0
	r.rounds(0, 29).want(`0: policy for cpu`)
	if !r.state.Probing() || !r.state.Begun() {
		t.Errorf("probing %v, begun %v", r.state.Probing(), r.state.Begun())
	}
	r.rounds(30, 41).want(`
		31: cpu 30 = 20 on 2
		36: cpu 35 = 20 on 2
		41: cpu 40 = 20 on 2`)
}

// An hour of either kind, a minute at a time, and what a young group shows.
func TestMonitoring(t *testing.T) {
	for _, test := range []struct {
		name     string
		minutes  string // of the question; x has a point
		step     bool
		detailed bool
		ok       bool
	}{
		{name: "none", minutes: strings.Repeat(".....", 12)},
		{name: "full", minutes: strings.Repeat("xxxxx", 12), detailed: true, ok: true},
		{name: "basic", minutes: strings.Repeat("..x..", 12), ok: true},
		{name: "basic, two instances apart", minutes: strings.Repeat("x..x.", 12), ok: true},
		{name: "fifty of sixty", minutes: strings.Repeat("xxxx.xxxxx", 5) + ".....xxxxx", detailed: true, ok: true},
		{name: "came late", minutes: ".....xxxxxxxxxx...", detailed: true, ok: true},
		{name: "young, one span", minutes: "..........xxxxx", detailed: true, ok: true},
		{name: "young, one point", minutes: "............x.."},
		{name: "young, part of a span", minutes: ".......xxxxx..."},
		{name: "young, two spans", minutes: ".....xxxxxxxxxx", detailed: true, ok: true},
		{name: "young, half and whole", minutes: "...xxxxxxx"},
		{name: "young, half and two", minutes: "...xxxxxxxxxxxx", detailed: true, ok: true},
		{name: "young and basic", minutes: ".....x....x....", ok: true},
		{name: "step to detailed", minutes: "xxxxx", step: true, detailed: true, ok: true},
		{name: "step to basic", minutes: "..x..", step: true, ok: true},
		{name: "step that is not all there", minutes: "xxxx.", step: true},
	} {
		a := Answered{Query: Query{From: at(0), Until: at(len(test.minutes))}}
		one := 1.0
		for m, c := range test.minutes {
			if c == 'x' {
				a.Answer.Points = append(a.Answer.Points, Point{Start: at(m), Value: &one, Samples: 1})
			}
		}
		detailed, ok := monitoring(a, test.step)
		if ok != test.ok || ok && detailed != test.detailed {
			t.Errorf("%s: detailed %v, %v, want %v, %v", test.name, detailed, ok, test.detailed, test.ok)
		}
	}
}

// The monitoring changes from basic to detailed at a bin, or back: the samples
// step by five times, the load does not.
func TestStepOfTheMonitoring(t *testing.T) {
	for before, after := range map[int]int{1: 5, 5: 1} {
		cloud := append(fives(-100, 5, 2, before), fives(10, 30, 2, after)...)
		for _, again := range []bool{false, true} {
			r := newRig(t, perFive(), cloud...)
			r.backfill, r.again = 0, again
			r.rounds(0, 7)
			r.lines, r.asked = nil, nil
			r.rounds(8, 16)
			if again {
				r.want(`
					11: cpu 10 = 20 on 2
					16: cpu 15 = 20 on 2`)
			} else {
				r.want(`
					12: cpu 10 = 20 on 2
					16: cpu 15 = 20 on 2`)
			}
			minute := 12
			if again {
				minute = 11
			}
			if got, want := asks(r), fmt.Sprintf("probe 1m0s 5 to %d", minute); !slices.Contains(got, want) {
				t.Errorf("asked %q, want %s", got, want)
			}
			if got := r.state.series.PerInstance; got != float64(after) {
				t.Errorf("%v samples per instance, want %d", got, after)
			}
		}
	}
}

// The group itself grows fivefold: the probe says that the monitoring is what
// it was.
func TestStepOfTheGroup(t *testing.T) {
	for _, often := range []int{1, 5} {
		r := newRig(t, perFive(), append(fives(-100, 5, 2, often), fives(10, 30, 10, often)...)...)
		r.backfill = 0
		r.rounds(0, 7)
		r.lines = nil
		r.rounds(8, 17).want(`
			12: cpu 10 = 100 on 10
			16: cpu 15 = 100 on 10`)
	}
}

// Where the probe does not answer, a bin waits no longer than it settles.
func TestStepThatNobodyExplains(t *testing.T) {
	var cloud []shown
	for _, v := range append(fives(-100, 5, 2, 1), fives(10, 30, 10, 1)...) {
		if !v.probe || v.end < 5 {
			cloud = append(cloud, v)
		}
	}
	r := newRig(t, perFive(), cloud...)
	r.backfill = 0
	r.rounds(0, 7)
	r.lines = nil
	r.rounds(8, 21).want(`
		20: cpu 10 = 100 on 10 settled
		20: cpu 15 = 100 on 10
		20: round 21: 2 came of cpu to 15
		21: cpu 20 = 100 on 10`)
}

// What waits for a probe that is not even answered stays owed, for longer than
// settled bins are read again.
func TestStepWithoutAnAnswer(t *testing.T) {
	r := newRig(t, perFive(), append(fives(-100, 5, 2, 1), fives(10, 120, 2, 5)...)...)
	r.backfill = 0
	r.mute = func(m int) bool { return m >= 8 && m < 111 }
	r.rounds(0, 7)
	r.lines = nil
	r.rounds(8, 110).want(``)
	r.round(111)
	var want []string
	for end := 10; end <= 110; end += 5 {
		want = append(want, line("111: cpu %d = 20 on 2", end))
		if end <= 100 {
			want[len(want)-1] += " settled"
		}
	}
	want = append(want, "111: round 112: 21 came of cpu to 110")
	if diff := cmp.Diff(want, r.lines); diff != "" {
		t.Errorf("emitted (-want +got):\n%s", diff)
	}
}

// What came before the monitoring changed is read as it was, however often it
// is restated.
func TestRestatedAcrossAStep(t *testing.T) {
	cloud := append(fives(-100, 5, 2, 1), fives(10, 30, 2, 5)...)
	cloud = append(cloud, shown{end: 5, from: 15, sum: 22, samples: 2}, shown{end: 5, from: 20, sum: 24, samples: 2})
	r := newRig(t, perFive(), cloud...)
	r.backfill = 0
	r.rounds(0, 11)
	r.lines = nil
	r.rounds(12, 20).want(`
		12: cpu 10 = 20 on 2
		15: cpu 5 = 22 on 2 revision 2 settled
		16: cpu 15 = 20 on 2
		20: cpu 5 = 24 on 2 revision 3 settled`)
}

// A bin that was read half is no step once it is whole.
func TestStepThatWasReadHalf(t *testing.T) {
	var cloud []shown
	for _, v := range fives(-100, 30, 5, 1) {
		if !v.probe && v.end != 10 {
			cloud = append(cloud, v)
		}
	}
	cloud = append(cloud, shown{end: 10, from: 11, sum: 10, samples: 1}, shown{end: 10, from: 12, sum: 50, samples: 5})
	r := newRig(t, perFive(), cloud...)
	r.backfill = 0
	r.configure(0)
	r.state.series.PerInstance = 1 // as if it had been probed
	r.rounds(0, 7)
	r.lines = nil
	r.rounds(8, 16).want(`
		12: cpu 10 = 50 on 5
		16: cpu 15 = 50 on 5`)
}

// A minute has one sample an instance, and other measures have none: nothing
// is probed.
func TestNoProbe(t *testing.T) {
	expression := perFive()
	expression.Load.Expression, expression.Load.Unit = "m0/2", streams.Count
	for _, p := range []streams.Policy{perMinute(), requests(), expression} {
		r := newRig(t, p)
		r.rounds(0, 7)
		for _, q := range r.asked {
			if q.Probe {
				t.Errorf("%s asks %v", p.Load.Series, q)
			}
		}
	}
}
