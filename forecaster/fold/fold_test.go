package fold

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

var gap = math.NaN()

// TestWhatABinBecomes checks what of each bin is folded, what is known of it
// later, and what is still young.
func TestWhatABinBecomes(t *testing.T) {
	period := streams.Duration(time.Minute)
	other := func(m streams.Metric, change func(*streams.Metric)) streams.Metric {
		change(&m)
		return m
	}
	huge := 2e15
	for name, tc := range map[string]struct {
		events  []streams.Event
		folded  []float64 // from bin 0
		revised []float64 // where other than folded
		young   []float64
	}{
		"a bin settles ten minutes past its end": {
			events: live(0, 5, func(n int) float64 { return float64(n) }),
			folded: []float64{0, 1, 2}, young: []float64{3, 4},
		},
		"a settled bin folds at once": {
			events: backfill(3, func(n int) float64 { return float64(n) }),
			folded: []float64{0, 1, 2},
		},
		"a settled value takes the young ones before it along": {
			events: []streams.Event{metric(0, 5, 1), metric(1, 6, 1), settled(metric(2, 7, 1))},
			folded: []float64{5, 6, 7},
		},
		"a missing bin is a gap when a later one settles": {
			events: []streams.Event{metric(0, 5, 1), metric(2, 7, 1), group(4, 1)},
			folded: []float64{5, gap, 7},
		},
		"a bin that comes late, but before a later one settled, is no gap": {
			events: []streams.Event{metric(0, 5, 1), group(9, 1), metric(1, 6, 1), metric(10, 7, 1), group(10, 2)},
			folded: []float64{5, 6}, young: []float64{7},
		},
		"gaps after the last value wait for the next": {
			events: []streams.Event{metric(0, 5, 1), metric(1, gap, 1), metric(2, gap, 1), group(9, 2)},
			folded: []float64{5}, young: []float64{gap, gap},
		},
		"gaps are folded with the next value": {
			events: []streams.Event{metric(0, 5, 1), metric(1, gap, 1), group(9, 1), metric(3, 8, 1), group(9, 1)},
			folded: []float64{5, gap, gap, 8},
		},
		"gaps before the first value are nothing": {
			events: []streams.Event{metric(0, gap, 1), metric(1, 6, 1), group(9, 2)},
			folded: []float64{6},
		},
		"out of order": {
			events: []streams.Event{metric(2, 7, 1), metric(0, 5, 1), metric(1, 6, 1), group(4, 3)},
			folded: []float64{5, 6, 7},
		},
		"the highest revision of a young bin counts": {
			events: []streams.Event{metric(0, 5, 1), metric(0, 9, 3), metric(0, 7, 2), metric(0, 8, 3), group(4, 4)},
			folded: []float64{9},
		},
		"a revision of a settled bin leaves what was folded": {
			events: append(backfill(2, func(n int) float64 { return float64(n) }), metric(0, 9, 3), metric(0, 8, 2), metric(1, 8, 1)),
			folded: []float64{0, 1}, revised: []float64{9, 1},
		},
		"a late value of a gap is known, and not folded": {
			events: []streams.Event{metric(0, 5, 1), metric(2, 7, 1), group(4, 2), metric(1, 6, 1)},
			folded: []float64{5, gap, 7}, revised: []float64{5, 6, 7},
		},
		"what is older than the series is ignored": {
			events: append([]streams.Event{settled(metric(3, 5, 1)), metric(1, 4, 1)}, group(4, 1)),
			folded: []float64{5},
		},
		"what does not fit is ignored": {
			events: []streams.Event{
				settled(metric(0, 5, 1)),
				other(metric(1, 6, 1), func(m *streams.Metric) { m.Unit = streams.Count }),
				other(metric(1, 6, 1), func(m *streams.Metric) { m.Period = period }),
				other(metric(1, 6, 1), func(m *streams.Metric) { m.End = m.End.Add(time.Second) }),
				other(metric(1, 6, 1), func(m *streams.Metric) { m.End = m.Seen.Add(24 * time.Hour) }),
				other(metric(1, 6, 1), func(m *streams.Metric) { m.Value = &huge }),
				metric(1, -1, 1), metric(1, math.Inf(1), 1),
			},
			folded: []float64{5},
		},
		"a silence longer than the window begins anew": {
			events: append(backfill(5, wave), metric(22*288, 7, 1), group(22*288+2, 1)),
			folded: []float64{7},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := Stage{}.New(id()).(*State)
			drive(t, s, append([]streams.Event{inForce(policy())}, tc.events...)...)
			sr := s.series["cpu"]
			if tc.revised == nil {
				tc.revised = tc.folded
			}
			var folded, revised, left []float64
			for i := range sr.past.Len() {
				folded = append(folded, sr.past.Folded(sr.past.First()+int64(i)))
				revised = append(revised, sr.past.Revised(sr.past.First()+int64(i)))
			}
			for _, y := range sr.young {
				left = append(left, y.value)
			}
			sameValues(t, "folded", tc.folded, folded)
			sameValues(t, "revised", tc.revised, revised)
			sameValues(t, "young", tc.young, left)
		})
	}
}

func sameValues(t *testing.T, what string, want, got []float64) {
	t.Helper()
	if !slices.EqualFunc(want, got, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }) {
		t.Errorf("%s: want %v, got %v", what, want, got)
	}
}

func TestOneForecastForEveryRoundWithMetrics(t *testing.T) {
	s := Stage{}.New(id())
	none := drive(t, s, metric(0, 5, 1), group(0, 1))
	if len(none) != 0 {
		t.Fatal("a forecast without a policy")
	}
	drive(t, s, inForce(policy()))
	first := drive(t, s, group(0, 1), group(0, 0))
	if len(first) != 1 {
		t.Fatalf("want one forecast of two rounds, got %d", len(first))
	}
	f := first[0]
	if f.Round != 1 || f.Model != "naive" || f.Warm || len(f.Quantiles) != 12 || !f.Origin.Equal(begin().Add(5*time.Minute)) || f.Samples != 0 {
		t.Errorf("got %+v", f)
	}
	retired := streams.Control{GroupID: id(), Name: streams.ControlPolicy, At: begin()}
	if got := drive(t, s, retired, metric(1, 5, 1), group(1, 1)); len(got) != 0 {
		t.Error("a forecast of a retired group")
	}
}

func TestNothingToSay(t *testing.T) {
	unknown := policy()
	unknown.Forecast.Model = "oracle"
	for name, events := range map[string][]streams.Event{
		"no metric was any good": {inForce(policy()), metric(0, 1e300, 1), group(0, 1)},
		"gaps only":              {inForce(policy()), metric(0, gap, 1), group(0, 1)},
		"an unknown model":       {inForce(unknown), metric(0, 5, 1), group(0, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			got := drive(t, Stage{}.New(id()), events...)
			if len(got) != 1 || len(got[0].Quantiles) != 0 || got[0].Warm || got[0].Score != nil {
				t.Errorf("want one empty forecast, got %+v", got)
			}
		})
	}
}

func TestOriginIsOfTheNewestValue(t *testing.T) {
	s := Stage{}.New(id())
	drive(t, s, inForce(policy()))
	drive(t, s, live(0, 6, wave)...)
	f := drive(t, s, metric(6, gap, 1), metric(7, gap, 1), group(9, 2))
	if want := begin().Add(30 * time.Minute); len(f) != 1 || !f[0].Origin.Equal(want) {
		t.Errorf("want origin %v, got %+v", want, f)
	}
	if f[0].Samples != 6 {
		t.Errorf("want 6 samples, got %d", f[0].Samples)
	}
}

// TestTailIsFoldedOnACopy says that a young bin moves the forecast, and leaves
// nothing when it is restated.
func TestTailIsFoldedOnACopy(t *testing.T) {
	plain, disturbed := Stage{}.New(id()), Stage{}.New(id())
	for _, s := range []streams.State{plain, disturbed} {
		drive(t, s, inForce(policy()))
		drive(t, s, live(0, 100, wave)...)
	}
	high := drive(t, disturbed, metric(100, 9000, 1), group(100, 1))
	if high[0].Quantiles[0][2] < 5000 {
		t.Errorf("the young bin did not count: %v", high[0].Quantiles[0])
	}
	a := drive(t, plain, metric(100, wave(100), 1), group(100, 1))
	b := drive(t, disturbed, metric(100, wave(100), 2), group(100, 1))
	a[0].Score, b[0].Score = nil, nil
	a[0].Inputs, b[0].Inputs = "", ""
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
}

// TestScoreIsOfTheLastForecastOfAnOrigin recomputes the score from what was
// published.
func TestScoreIsOfTheLastForecastOfAnOrigin(t *testing.T) {
	s := Stage{}.New(id())
	drive(t, s, inForce(policy()))
	const n = 288*2 + 40 // all within seven UTC days
	published := make(map[int]streams.Forecast)
	for i := range n {
		f := drive(t, s, metric(i, wave(i)+50, 1), group(i, 1)) // partial at first
		f = append(f, drive(t, s, metric(i, wave(i), 2), group(i, 1))...)
		published[i] = f[len(f)-1]
	}
	got := published[n-1].Score
	want := streams.Score{Coverage: make([]float64, 7)}
	const newest = n - 3 // the newest that settled
	for target := 288; target <= newest; target++ {
		for h := 1; h <= 12; h++ {
			f := published[target-h]
			want.Judged++
			for j, p := range f.Levels {
				q, y, naive := f.Quantiles[h-1][j], wave(target), wave(target-288)
				if y <= q {
					want.Coverage[j]++
				}
				want.Pinball += pinball(p, q, y) / 7
				want.Naive += pinball(p, naive, y) / 7
			}
		}
	}
	for j := range want.Coverage {
		want.Coverage[j] /= float64(want.Judged)
	}
	want.Pinball /= float64(want.Judged)
	want.Naive /= float64(want.Judged)
	approximately := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a)) })
	if diff := cmp.Diff(&want, got, approximately); diff != "" {
		t.Error(diff)
	}
}

func pinball(p, q, y float64) float64 { return max(p*(y-q), (p-1)*(y-q)) }

func TestManySeriesAreBounded(t *testing.T) {
	s := Stage{}.New(id()).(*State)
	drive(t, s, inForce(policy()))
	for i := range 3 * mostSeries {
		m := metric(0, 5, 1)
		m.Series = fmt.Sprint("series ", i)
		drive(t, s, m)
	}
	drive(t, s, metric(0, 5, 1))
	if s.series["cpu"] == nil || len(s.series) > mostSeries+1 {
		t.Errorf("got %d series, cpu %v", len(s.series), s.series["cpu"])
	}
}
