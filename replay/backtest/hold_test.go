package backtest_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Of the scored minutes each has one decision: it changed something, or is
// counted as a hold of the rule that had the last word.
func TestHoldsAreCountedInScoredMinutes(t *testing.T) {
	story := play(t, bench(), backtest.Tasks([]backtest.Case{day("load", time.Minute)}, contenders(t, "ours"), everything), oneByOne)[0]
	scored := map[time.Time]bool{}
	for _, r := range story.Rows {
		scored[r.Time] = r.Scored
	}
	changes, holds := 0, 0
	for _, d := range story.Decisions {
		if scored[d.At] {
			changes++
		}
	}
	rules := map[string]bool{}
	for i, h := range story.Holds {
		holds += h.Count
		rules[h.Rule] = true
		if h.Example.Verdict != streams.Hold || !scored[h.Example.At] || backtest.LastWord(h.Example) != h.Rule || i > 0 && h.Count > story.Holds[i-1].Count {
			t.Errorf("%+v", h)
		}
	}
	if changes+holds != story.Score.Minutes || changes == 0 || len(rules) < 2 || len(rules) != len(story.Holds) {
		t.Errorf("%d changes and %d holds of %d rules in %d minutes", changes, holds, len(rules), story.Score.Minutes)
	}
}

// Worst is of the minute in which the longest scored violation began.
func TestWorstIsWhereTheLongestViolationBegan(t *testing.T) {
	c := day("load", time.Minute)
	for m := range c.Load.Demand {
		if m%977 < 40 { // more than anybody expects
			c.Load.Demand[m] += 60
		}
	}
	story := play(t, bench(), backtest.Tasks([]backtest.Case{c}, contenders(t, "ours"), everything), oneByOne)[0]
	began, longest := longestViolation(story.Rows)
	if story.Worst == nil || longest == 0 || !story.Worst.At.Equal(began) {
		t.Errorf("got %+v, want that of %v, of %d minutes", story.Worst, began, longest)
	}
	calm := play(t, bench(), backtest.Tasks([]backtest.Case{day("load", time.Minute)}, contenders(t, "ours-perfect"), everything), oneByOne)[0]
	if (calm.Worst != nil) != (calm.Score.Violations > 0) {
		t.Errorf("%d violations, and worst is %+v", calm.Score.Violations, calm.Worst)
	}
}

func longestViolation(rows []fleet.Row) (began time.Time, longest int) {
	lasts := 0
	for i, r := range rows {
		if !r.Scored || r.Load <= 0.8*float64(r.InService) {
			lasts = 0
			continue
		}
		if lasts++; lasts > longest {
			began, longest = rows[i-lasts+1].Time, lasts
		}
	}
	return began, longest
}

func TestLastWord(t *testing.T) {
	got := []string{}
	for _, trail := range [][]streams.Rule{
		nil,
		{{Name: "a", Before: 3, After: 3}},
		{{Name: "a", Before: 3, After: 5}, {Name: "b", Before: 5, After: 3}, {Name: "c", Before: 3, After: 3}},
	} {
		got = append(got, backtest.LastWord(streams.Decision{Trail: trail}))
	}
	if diff := cmp.Diff([]string{"", "", "b"}, got); diff != "" {
		t.Errorf("last words (-want +got):\n%s", diff)
	}
}
