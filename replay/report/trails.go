package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// maxKinds is how many kinds of decisions are told of.
const maxKinds = 14

// decisions is a selection of what ours decided.
type decisions struct {
	Unkept   bool // there are no holds
	Counts   []verdictCount
	Kinds    []kind
	Headline *shown // what it decided when its longest violation began
}

type verdictCount struct{ Class, Text string }

// kind is the decisions of one verdict in which one rule had the last word.
type kind struct {
	Class, Verdict, Rule string
	Count, Share         string
	Example              shown
}

// shown is a decision with its trail.
type shown struct {
	Title, Note   string
	When, Machine string
	Change        string
	Class         string
	Round         uint64
	Forecast      uint64
	Rules         []rule
	Fingerprint   string
}

type rule struct {
	Name, Why, Before, After string
	Changed                  bool
}

// tell picks from the decisions of the story of ours, those in its scored
// minutes: of each verdict and rule that had the last word, how many there
// were and the one that moved most.
func tell(story backtest.Story, s *span) *decisions {
	var all []streams.Decision
	for _, d := range story.Decisions {
		if m, ok := s.minute(d.At); ok && s.scored[m] {
			all = append(all, d)
		}
	}
	if len(all) == 0 {
		return nil
	}
	t := &decisions{}
	for _, v := range []streams.Verdict{streams.ScaleOut, streams.ScaleIn, streams.Hold} {
		n := 0
		for _, d := range all {
			if d.Verdict == v {
				n++
			}
		}
		if n == 0 {
			t.Unkept = t.Unkept || v == streams.Hold
			continue
		}
		t.Counts = append(t.Counts, verdictCount{string(v), thousands(int64(n)) + nb + verdictWords(v, n)})
	}
	t.Kinds = kinds(all)
	if at, minutes := s.longest(); minutes > 0 {
		t.Headline = before(all, at)
		if t.Headline != nil {
			t.Headline.Title += fmt.Sprintf(" (%s, from %s)", count(minutes, "minute", "minutes"), at.Format(minuteForm))
		}
	}
	return t
}

// before shows the decision of an instant, or the last one before it.
func before(all []streams.Decision, at time.Time) *shown {
	n := 0
	for n < len(all) && !all[n].At.After(at) {
		n++
	}
	if n == 0 {
		return nil
	}
	one := show(all[n-1])
	one.Title = "The last decision before its longest violation"
	if all[n-1].At.Equal(at) {
		one.Title = "When its longest violation began"
	}
	return &one
}

func verdictWords(v streams.Verdict, n int) string {
	switch {
	case v == streams.Hold && n == 1:
		return "hold"
	case v == streams.Hold:
		return "holds"
	case v == streams.ScaleOut && n == 1:
		return "raise"
	case v == streams.ScaleOut:
		return "raises"
	case n == 1:
		return "lowering"
	}
	return "lowerings"
}

// longest is when the longest violation of ours began, and how long it was.
func (s *span) longest() (time.Time, int) {
	best, start, run := 0, 0, 0
	for m, short := range s.tracks[0].short {
		if !short {
			run = 0
			continue
		}
		run++
		if run > best {
			best, start = run, m-run+1
		}
	}
	return s.at(start), best
}

type kindKey struct {
	verdict streams.Verdict
	rule    string
}

func kinds(all []streams.Decision) []kind {
	var keys []kindKey
	counts, totals, examples := map[kindKey]int{}, map[streams.Verdict]int{}, map[kindKey]streams.Decision{}
	for _, d := range all {
		k := kindKey{d.Verdict, lastWord(d)}
		totals[d.Verdict]++
		if counts[k] == 0 {
			keys = append(keys, k)
		}
		if counts[k]++; counts[k] == 1 || moved(d) > moved(examples[k]) {
			examples[k] = d
		}
	}
	order := []streams.Verdict{streams.ScaleOut, streams.ScaleIn, streams.Hold}
	slices.SortStableFunc(keys, func(a, b kindKey) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.verdict), slices.Index(order, b.verdict)), cmp.Compare(counts[b], counts[a]))
	})
	var out []kind
	for _, k := range keys[:min(len(keys), maxKinds)] {
		one := show(examples[k])
		one.Note = note(k)
		out = append(out, kind{
			Class: string(k.verdict), Verdict: verdictWords(k.verdict, counts[k]), Rule: k.rule,
			Count: thousands(int64(counts[k])), Share: at(float64(counts[k]), float64(totals[k.verdict])),
			Example: one,
		})
	}
	return out
}

// lastWord names the rule that made the number what it became, or is empty
// where none changed it.
func lastWord(d streams.Decision) string {
	for _, r := range slices.Backward(d.Trail) {
		if r.After != r.Before {
			return r.Name
		}
	}
	return ""
}

// moved is by how much a decision changed the capacity, or for a hold how far
// its rules had gone before they came back.
func moved(d streams.Decision) int {
	most := max(d.Desired-d.Current, d.Current-d.Desired)
	for _, r := range d.Trail {
		if d.Verdict == streams.Hold {
			most = max(most, r.After-d.Desired, d.Desired-r.After)
		}
	}
	return most
}

// note says which of its kind an example is.
func note(k kindKey) string {
	switch {
	case k.verdict == streams.Hold && k.rule == "":
		return "the first of them"
	case k.verdict == streams.Hold:
		return "the one whose rules went furthest"
	}
	return "the largest of them"
}

func show(d streams.Decision) shown {
	s := shown{
		When: d.At.UTC().Format(minuteForm) + nb + "UTC", Machine: d.At.UTC().Format(time.RFC3339),
		Change: fmt.Sprintf("%s → %s", thousands(int64(d.Current)), thousands(int64(d.Desired))),
		Class:  string(d.Verdict), Round: d.Round, Forecast: d.ForecastRound, Fingerprint: d.Fingerprint,
	}
	if d.Verdict == streams.Hold {
		s.Change = "stays at " + thousands(int64(d.Desired))
	}
	for _, r := range d.Trail {
		s.Rules = append(s.Rules, rule{
			Name: r.Name, Why: r.Why,
			Before: thousands(int64(r.Before)), After: thousands(int64(r.After)), Changed: r.After != r.Before,
		})
	}
	return s
}
