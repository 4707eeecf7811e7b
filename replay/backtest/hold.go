package backtest

import (
	"cmp"
	"slices"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Hold is the decisions that changed nothing and in which one rule had the last
// word.
type Hold struct {
	// Rule is that rule; empty where none changed the number on its way.
	Rule string
	// Count is of the scored minutes, at least 1.
	Count int
	// Example is the one of them whose rules went furthest before they came
	// back, the first of several.
	Example streams.Decision
}

// LastWord names the rule that made the number what it became; empty where
// none changed it.
func LastWord(d streams.Decision) string {
	for _, r := range slices.Backward(d.Trail) {
		if r.After != r.Before {
			return r.Name
		}
	}
	return ""
}

// holds count those of a run, by the rule that had the last word.
type holds map[string]*Hold

func (h holds) add(d streams.Decision) {
	rule := LastWord(d)
	known, ok := h[rule]
	if !ok {
		h[rule] = &Hold{Rule: rule, Count: 1, Example: d}
		return
	}
	known.Count++
	if strayed(d) > strayed(known.Example) {
		known.Example = d
	}
}

// sorted gives them, the most frequent first.
func (h holds) sorted() []Hold {
	var all []Hold
	for _, one := range h {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b Hold) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule, b.Rule))
	})
	return all
}

// strayed is how far the rules of a decision went from what it became.
func strayed(d streams.Decision) int {
	most := 0
	for _, r := range d.Trail {
		most = max(most, r.After-d.Desired, d.Desired-r.After)
	}
	return most
}
