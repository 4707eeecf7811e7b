package report

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// decisions is a selection of what ours decided.
type decisions struct {
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

// tell picks from what the story of ours decided in its scored minutes: of each
// verdict and rule that had the last word, how often it was so and the one that
// moved most.
func tell(story backtest.Story, s *span) *decisions {
	var changes []streams.Decision
	for _, d := range story.Decisions {
		if m, ok := s.minute(d.At); ok && s.scored[m] {
			changes = append(changes, d)
		}
	}
	all := slices.Concat(kindsOf(changes), held(story.Holds))
	if len(all) == 0 {
		return nil
	}
	t := &decisions{}
	totals := map[streams.Verdict]int{}
	for _, k := range all {
		totals[k.verdict] += k.count
	}
	for _, v := range verdicts() {
		if n := totals[v]; n > 0 {
			t.Counts = append(t.Counts, verdictCount{string(v), drawing.Thousands(int64(n)) + nb + verdictWords(v, n)})
		}
	}
	for _, k := range all {
		t.Kinds = append(t.Kinds, k.view(totals[k.verdict]))
	}
	t.Headline = headline(story, changes, s)
	return t
}

// verdicts in the order in which they are told of.
func verdicts() []streams.Verdict {
	return []streams.Verdict{streams.ScaleOut, streams.ScaleIn, streams.Hold}
}

// headline shows what was decided when the longest violation of ours began; nil
// where there was none.
func headline(story backtest.Story, changes []streams.Decision, s *span) *shown {
	at, minutes := s.longest()
	if minutes == 0 {
		return nil
	}
	one := before(changes, at)
	if w := story.Worst; w != nil && w.At.Equal(at) {
		one = show(*w)
		one.Title = "When its longest violation began"
	}
	if one.Title == "" {
		return nil
	}
	one.Title += fmt.Sprintf(" (%s, from %s)", drawing.Count(minutes, "minute", "minutes"), at.Format(minuteForm))
	return &one
}

// before shows the change of an instant, or the last one before it; without a
// title where there is none.
func before(changes []streams.Decision, at time.Time) shown {
	n := 0
	for n < len(changes) && !changes[n].At.After(at) {
		n++
	}
	if n == 0 {
		return shown{}
	}
	one := show(changes[n-1])
	one.Title = "The last change before its longest violation"
	if changes[n-1].At.Equal(at) {
		one.Title = "When its longest violation began"
	}
	return one
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

// group is the decisions of one verdict in which one rule had the last word.
type group struct {
	verdict streams.Verdict
	rule    string
	count   int
	example streams.Decision
}

// kindsOf sorts decisions that changed something, the most frequent of each
// verdict first. The example is the one that changed most.
func kindsOf(changes []streams.Decision) []group {
	var all []group
	for _, d := range changes {
		rule := backtest.LastWord(d)
		i := slices.IndexFunc(all, func(k group) bool { return k.verdict == d.Verdict && k.rule == rule })
		if i < 0 {
			i = len(all)
			all = append(all, group{d.Verdict, rule, 0, d})
		}
		all[i].count++
		if moved(d) > moved(all[i].example) {
			all[i].example = d
		}
	}
	slices.SortStableFunc(all, func(a, b group) int {
		return cmp.Or(cmp.Compare(slices.Index(verdicts(), a.verdict), slices.Index(verdicts(), b.verdict)), cmp.Compare(b.count, a.count))
	})
	return all
}

// held are the decisions that changed nothing.
func held(holds []backtest.Hold) []group {
	var all []group
	for _, h := range holds {
		all = append(all, group{streams.Hold, h.Rule, h.Count, h.Example})
	}
	return all
}

// moved is by how much a decision changed the capacity.
func moved(d streams.Decision) int { return max(d.Desired-d.Current, d.Current-d.Desired) }

// view shows a kind of so many of its verdict.
func (k group) view(of int) kind {
	one := show(k.example)
	switch {
	case k.count == 1:
	case k.verdict == streams.Hold && k.rule == "":
		one.Note = "the first of them"
	case k.verdict == streams.Hold:
		one.Note = "the one whose rules went furthest"
	default:
		one.Note = "the largest of them"
	}
	return kind{
		Class: string(k.verdict), Verdict: verdictWords(k.verdict, k.count), Rule: k.rule,
		Count: drawing.Thousands(int64(k.count)), Share: drawing.At(float64(k.count), float64(of)),
		Example: one,
	}
}

func show(d streams.Decision) shown {
	s := shown{
		When: d.At.UTC().Format(minuteForm) + nb + "UTC", Machine: d.At.UTC().Format(time.RFC3339),
		Change: fmt.Sprintf("%s → %s", drawing.Thousands(int64(d.Current)), drawing.Thousands(int64(d.Desired))),
		Class:  string(d.Verdict), Round: d.Round, Forecast: d.ForecastRound, Fingerprint: d.Fingerprint,
	}
	if d.Verdict == streams.Hold {
		s.Change = "stays at " + drawing.Thousands(int64(d.Desired))
	}
	for _, r := range d.Trail {
		s.Rules = append(s.Rules, rule{
			Name: r.Name, Why: r.Why,
			Before: drawing.Thousands(int64(r.Before)), After: drawing.Thousands(int64(r.After)), Changed: r.After != r.Before,
		})
	}
	return s
}
