package fold

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const month = 30 * 288

// TestFutureMetricBlindsNothing sends one metric from the far future, seen
// then, among real ones.
func TestFutureMetricBlindsNothing(t *testing.T) {
	for name, future := range map[string]streams.Metric{
		"a month ahead":            metric(400+month, 5, 1),
		"a month ahead, settled":   settled(metric(400+month, 5, 1)),
		"a gap":                    metric(400+month, gap, 1),
		"a week ahead, settled":    settled(metric(400+7*288, 5, 1)),
		"two periods ahead":        settled(metric(403, 5, 1)),
		"a month ahead, unsettled": metric(400+month, 5, 9),
	} {
		t.Run(name, func(t *testing.T) {
			s, undisturbed, kept := Stage{}.New(id()), Stage{}.New(id()), store{}
			before := append([]streams.Event{inForce(policy())}, live(0, 400, wave)...)
			drive(t, s, before...)
			drive(t, undisturbed, before...)
			drive(t, s, future)
			for n := 400; n < 450; n++ {
				kept.put(s.Changed())
				s = kept.load(t)
				want, got := drive(t, undisturbed, live(n, n+1, wave)...), drive(t, s, live(n, n+1, wave)...)
				want[0].Inputs, got[0].Inputs = "", ""
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("bin %d: %s", n, diff)
				}
			}
		})
	}
}

// TestFutureBeforeTheFirstRound says that the first round ends what came from
// the future before there was a clock.
func TestFutureBeforeTheFirstRound(t *testing.T) {
	for name, tc := range map[string]struct {
		future  []streams.Event
		samples int // of the 400 of the backfill, those that stay
	}{
		"a month ahead":            {[]streams.Event{metric(400+month, 5, 1)}, 0},
		"a month ahead, settled":   {[]streams.Event{settled(metric(400+month, 5, 1))}, 0},
		"a week ahead":             {[]streams.Event{metric(400+7*288, 5, 1)}, 400},
		"a week ahead, settled":    {[]streams.Event{settled(metric(400+7*288, 5, 1))}, 400},
		"two, with a gap between":  {[]streams.Event{settled(metric(410, 5, 1)), settled(metric(420, 5, 1))}, 400},
		"settled, then a revision": {[]streams.Event{settled(metric(410, 5, 1)), metric(10, 77, 2)}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			s, kept := Stage{}.New(id()), store{}
			drive(t, s, inForce(policy()))
			drive(t, s, backfill(400, wave)...)
			drive(t, s, tc.future...)
			kept.put(s.Changed())
			for n := 400; n < 700; n++ {
				f := drive(t, s, live(n, n+1, wave)...)
				end := metric(n, 0, 1).End
				if n > 400 && !f[0].Origin.Equal(end) || f[0].Origin.After(end) {
					t.Fatalf("bin %d: want an origin of %v, got %v", n, end, f[0].Origin)
				}
				if got := f[0].Samples; n > 410 && got < tc.samples+n-403 || got > n {
					t.Fatalf("bin %d: got %d samples", n, got)
				}
				kept.put(s.Changed())
				if n%7 == 0 {
					s = kept.load(t)
				}
			}
		})
	}
}

// TestWhatComesAfterAnOutageIsTaken lets many bins come in one round, whose
// clock is known only at its end.
func TestWhatComesAfterAnOutageIsTaken(t *testing.T) {
	for name, silent := range map[string][]streams.Event{"ingest was down": nil, "no metrics came": {group(420, 0), group(440, 0)}} {
		for _, moved := range []bool{false, true} {
			s, kept := Stage{}.New(id()), store{}
			drive(t, s, inForce(policy()))
			drive(t, s, live(0, 400, wave)...)
			drive(t, s, silent...)
			for n := 400; n < 500; n++ {
				drive(t, s, metric(n, wave(n), 1))
				if kept.put(s.Changed()); moved && n%9 == 0 {
					s = kept.load(t)
				}
			}
			f := drive(t, s, group(499, 100))
			if want := metric(499, 0, 1).End; !f[0].Origin.Equal(want) || f[0].Samples != 498 {
				t.Errorf("%s: want an origin of %v and 498 samples, got %v and %d", name, want, f[0].Origin, f[0].Samples)
			}
			if f = drive(t, s, live(500, 501, wave)...); f[0].Samples != 499 {
				t.Errorf("%s: want 499 samples in the next round, got %d", name, f[0].Samples)
			}
		}
	}
}

func TestHeldBinsAreBounded(t *testing.T) {
	s := Stage{}.New(id()).(*State)
	drive(t, s, inForce(policy()))
	drive(t, s, live(0, 3, wave)...)
	for n := range 25 * 288 {
		drive(t, s, metric(10+n, 5, 1))
	}
	if got := len(s.series["cpu"].held); got != 21*288 {
		t.Errorf("want a window of bins, got %d", got)
	}
}
