package report

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// twelve are twelve minutes of ours, of which the last ten are scored, with two
// violations: minutes 4 and 5, and 8 to 10.
func twelve() (backtest.Story, *span) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	story := backtest.Story{Run: backtest.Run{Policy: "ours", Knob: 8}}
	for m := range 12 {
		load := 3.0
		if m == 4 || m == 5 || m >= 8 && m <= 10 {
			load = 5
		}
		story.Rows = append(story.Rows, fleet.Row{Policy: "ours", Time: noon.Add(time.Duration(m) * time.Minute), Load: load, Desired: 5, InService: 5, Billed: 5, Scored: m >= 2})
	}
	b := newBook(Report{Traces: []Trace{{Runs: []backtest.Run{story.Run}, Stories: []backtest.Story{story}}}})
	return story, b.newSpan([]backtest.Story{story}, 80)
}

func decided(minute, from, to int, rules ...streams.Rule) streams.Decision {
	at := time.Date(2026, 3, 2, 12, minute, 0, 0, time.UTC)
	return streams.Decision{Round: uint64(minute), At: at, Verdict: streams.VerdictOf(from, to), Current: from, Desired: to, Trail: rules}
}

// Counts are of the scored minutes, and every kind has a share of its verdict.
func TestTellCountsTruthfully(t *testing.T) {
	story, s := twelve()
	out := streams.Rule{Name: "forecast_need", Before: 5, After: 7}
	story.Decisions = []streams.Decision{
		decided(1, 5, 9, out), // not scored
		decided(3, 5, 7, out), decided(6, 7, 8, streams.Rule{Name: "reactive_floor", Before: 7, After: 8}), decided(7, 8, 11, out),
	}
	story.Holds = []backtest.Hold{
		{Rule: "scale_in_test", Count: 3, Example: decided(9, 5, 5, streams.Rule{Name: "scale_in_test", Before: 2, After: 5})},
		{Count: 1, Example: decided(4, 5, 5)},
	}
	told := tell(story, s)
	if diff := cmp.Diff([]verdictCount{{"scale_out", "3\u00a0raises"}, {"hold", "4\u00a0holds"}}, told.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	var got [][4]string
	for _, k := range told.Kinds {
		got = append(got, [4]string{k.Count + " " + k.Verdict, k.Rule, k.Share, k.Example.Change})
	}
	want := [][4]string{
		{"2 raises", "forecast_need", "66.67%", "8 → 11"}, {"1 raise", "reactive_floor", "33.33%", "7 → 8"},
		{"3 holds", "scale_in_test", "75.00%", "stays at 5"}, {"1 hold", "", "25.00%", "stays at 5"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

// The headline is what was decided when the longest violation began, hold or
// not, and where that is not known the last change before it.
func TestTellOfTheLongestViolation(t *testing.T) {
	story, s := twelve()
	story.Decisions = []streams.Decision{decided(3, 5, 7), decided(9, 7, 8)}
	for _, tc := range []struct {
		worst *streams.Decision
		title string
		round uint64
	}{
		{nil, "The last change before its longest violation (3\u00a0minutes, from 2 Mar 2026 12:08)", 3},
		{new(decided(8, 7, 7)), "When its longest violation began (3\u00a0minutes, from 2 Mar 2026 12:08)", 8},
	} {
		story.Worst = tc.worst
		if got := tell(story, s).Headline; got.Title != tc.title || got.Round != tc.round {
			t.Errorf("got %q of round %d, want %q of round %d", got.Title, got.Round, tc.title, tc.round)
		}
	}
}
