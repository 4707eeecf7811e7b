package sim

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// play gives all events of a player that holds throughout, and tells those
// that came in rounds with a metric.
func play(p Player) (all []streams.Event, lines []string) {
	events := p.Begin()
	all, lines = append(all, events...), append(lines, told(events)...)
	for n := uint64(1); p.Next(); n++ {
		events := p.Round()
		all = append(all, events...)
		if len(events) > 1 || n == 1 {
			lines = append(lines, told(events)...)
		}
		p.Act(hold(n, 0))
	}
	p.End()
	return all, lines
}

// lateBy delays bins by their end in minutes.
func lateBy(delays map[int]time.Duration) func(time.Time) time.Duration {
	return func(end time.Time) time.Duration { return delays[minuteOf(end)] }
}

// Bins settle after ten minutes. What comes before that is in its round; what
// comes after was a gap, and of the history where a younger bin was there.
func TestLate(t *testing.T) {
	g := newGroup(t, fleet.History("ours", loadOf(2, 2, 2, 2, 2, 2, 2, 2, 2, 2), 3*time.Minute, 20))
	events, got := play(NewLate(g, lateBy(map[int]time.Duration{
		5: 14 * time.Minute, 10: 17 * time.Minute, 20: 7 * time.Minute, 30: 19*time.Minute - 5*time.Second, 45: time.Hour,
	})))
	valid(t, events)
	want := []string{
		"policy at 20", "metric 5 settled", "gap 10 settled", "metric 15 settled",
		"round 1 at 20, 3 came to 15",
		"metric 25", "round 7 at 26, 1 came to 25",
		"metric 10", "metric 20", "round 9 at 28, 2 came to 20",
		"metric 35", "round 17 at 36, 1 came to 35",
		"gap 30 settled", "round 21 at 40, 1 came to 30",
		"metric 40", "round 22 at 41, 1 came to 40",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	for _, ev := range events {
		if m, ok := ev.(streams.Metric); ok && (m.Revision == 2) != (minuteOf(m.End) == 10 && !m.Gap) {
			t.Errorf("bin %d: revision %d", minuteOf(m.End), m.Revision)
		}
	}
}

// Where nothing is late, the events are those of the group; where something
// is, every metric comes in the end, once.
func TestLateAgainstTheGroup(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		bins := rapid.SliceOfN(rapid.SampledFrom([]float64{-1, 1, 2, 3}), 3, 20).Draw(rt, "bins")
		bins[0] = 1
		config := fleet.History("ours", loadOf(bins...), 3*time.Minute, rapid.IntRange(0, 5*len(bins)-1).Draw(rt, "start"))
		group, _ := play(newGroup(t, config))
		delays := map[int]time.Duration{}
		same, _ := play(NewLate(newGroup(t, config), lateBy(delays)))
		if diff := cmp.Diff(group, same); diff != "" {
			rt.Fatalf("nothing is late (-group +late):\n%s", diff)
		}
		for bin := range bins {
			delays[5*bin+5] = time.Duration(rapid.IntRange(0, 15).Draw(rt, "late")) * time.Minute
		}
		events, _ := play(NewLate(newGroup(t, config), lateBy(delays)))
		valid(t, events)
		checkLate(rt, group, events, delays)
	})
}

func checkLate(t *rapid.T, group, events []streams.Event, delays map[int]time.Duration) {
	type seen struct{ values, gaps int }
	count := map[int]seen{}
	came := 0
	for _, ev := range events {
		switch e := ev.(type) {
		case streams.Metric:
			came++
			s := count[minuteOf(e.End)]
			if e.Gap {
				s.gaps++
			} else {
				s.values++
				if want := 1 + s.gaps; e.Revision != want {
					t.Fatalf("bin %d: revision %d, want %d", minuteOf(e.End), e.Revision, want)
				}
			}
			count[minuteOf(e.End)] = s
		case streams.Group:
			if e.Series["cpu"].Count != came {
				t.Fatalf("round %d counts %d, want %d", e.Round, e.Series["cpu"].Count, came)
			}
			came = 0
		}
	}
	end := group[len(group)-1].(streams.Group).Now
	for _, ev := range group {
		m, ok := ev.(streams.Metric)
		if !ok || m.Gap {
			continue
		}
		bin := minuteOf(m.End)
		due := at(bin).Add(time.Minute + delays[bin])
		if want := !due.After(end); (count[bin].values == 1) != want || count[bin].values > 1 || count[bin].gaps > 1 {
			t.Fatalf("bin %d, late by %v: came %d times and %d as a gap, want it there: %v", bin, delays[bin], count[bin].values, count[bin].gaps, want)
		}
	}
}
