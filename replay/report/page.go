package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// page is what the template shows.
type page struct {
	Title, Command, Version string
	Weight                  string
	Subtitle                string
	Standings               *standings
	Traces                  []traceView
	Figures                 []figureView
	Facts                   []fact
	Definitions             []definition
	Few                     bool // so few loads that each is named on top and unfolded
}

// traceView is one load.
type traceView struct {
	ID, Name, Set string
	Notes         []string
	Facts         string
	Headline      string
	Contests      []contest
	Overview      *chart
	Row           *gains
	Days          []dayView // those that have a title
	Others        []dayView
	Frontier      *frontier
	Costs         *costs
	Decisions     *decisions
	Folded        bool // until somebody opens it

	choice choice
	ratios map[string]float64
}

type figureView struct {
	Figure
	Class, Word string
}

// fact is one line of how it was measured.
type fact struct{ Name, Value string }

// defaultWeights are the prices of a violated minute of the headline and
// beside it, in instance-hours.
func defaultWeights() []float64 { return []float64{8, 2} }

func titleOf(traces []Trace) string {
	if len(traces) == 1 && traces[0].Case.Name != "" {
		return "Backtest on " + traces[0].Case.Name
	}
	return "Backtest on " + drawing.Count(len(traces), "load", "loads")
}

// few is how many loads are unfolded beside each other.
const few = 4

func newPage(r Report) page {
	if len(r.Weights) == 0 {
		r.Weights = defaultWeights()
	}
	if r.Title == "" {
		r.Title = titleOf(r.Traces)
	}
	b := newBook(r)
	p := page{
		Title: r.Title, Command: r.Command, Version: r.Version, Weight: exact(r.Weights[0]),
		Subtitle: subtitle(r), Facts: facts(r), Definitions: b.definitions(), Few: len(r.Traces) <= few,
	}
	for i, t := range r.Traces {
		p.Traces = append(p.Traces, b.newTrace(r, t, fmt.Sprintf("t%d", i+1)))
	}
	p.Standings = newStandings(p.Traces)
	for _, f := range r.Figures {
		p.Figures = append(p.Figures, newFigure(f))
	}
	return p
}

func newFigure(f Figure) figureView {
	v := figureView{Figure: f}
	switch f.Standing {
	case Missed:
		v.Class, v.Word = "missed", "not reached"
	case Passed:
		v.Class, v.Word = "passed", "reached"
	case Aimed:
		v.Class, v.Word = "aimed", "aim reached"
	}
	return v
}

func (b *book) newTrace(r Report, t Trace, id string) traceView {
	c := b.choose(t.Runs, r.Weights[0], r.Incumbent)
	v := traceView{
		ID: id, Name: t.Case.Name, Set: t.Case.Set, Notes: t.Notes, Facts: traceFacts(t),
		Headline: b.headline(c), Contests: b.contests(c),
		Frontier: b.newFrontier(t.Runs, c), Costs: b.newCosts(r, r.Weights, t.Runs, c),
		Folded: len(r.Traces) > few,
		choice: c, ratios: b.ratios(t.Runs, c),
	}
	if v.Name == "" {
		v.Name = "Load " + strings.TrimPrefix(id, "t")
	}
	s := b.newSpan(t.Stories, r.Settings.SLO)
	if s == nil {
		return v
	}
	whole := s.overview()
	v.Overview = &whole
	v.addDays(s, r.Weights[0])
	v.Decisions = tell(b.tracked(t.Stories)[0], s)
	return v
}

// addDays draws the days: those with a title beside each other, the others to
// be unfolded.
func (v *traceView) addDays(s *span, weight float64) {
	c := newCalendar(s, weight)
	var drawn []int
	used := 0
	for _, i := range c.telling() {
		d := c.days[i]
		from := s.at(d.i)
		view := dayView{ID: v.ID + "-" + from.Format("20060102"), Title: d.title, Date: from.Format(longDayForm), Chart: s.closeUp(d.i, d.j)}
		if used += view.Chart.size(); used > daysBytes && d.title == "" {
			break
		}
		drawn = append(drawn, i)
		for k, t := range s.tracks {
			cost := d.costs[k]
			view.Costs = append(view.Costs, fmt.Sprintf("%s: %s, %s", t.tag, violations(cost.violations), hours(cost.hours)))
		}
		view.rank = d.rank
		if view.Title != "" {
			v.Days = append(v.Days, view)
		} else {
			v.Others = append(v.Others, view)
		}
	}
	v.Row = s.row(c, v.ID+"-", drawn)
	slices.SortStableFunc(v.Days, func(a, b dayView) int { return a.rank - b.rank })
	slices.SortFunc(v.Others, func(a, b dayView) int { return strings.Compare(a.ID, b.ID) })
}

// ratios are the costs of ours over those of its opponents.
func (b *book) ratios(runs []backtest.Run, c choice) map[string]float64 {
	out := map[string]float64{}
	if c.ours == nil {
		return out
	}
	for kind, other := range map[string]*backtest.Run{"best": c.best, "beforehand": c.beforehand, "incumbent": c.incumbent} {
		if other != nil {
			out[kind] = c.ratio(other)
		}
	}
	if _, ok := b.index["ours-perfect"]; ok {
		if perfect, ok := b.atDefault(runs, "ours-perfect"); ok {
			out["perfect"] = c.ratio(&perfect)
		}
	}
	return out
}

func subtitle(r Report) string {
	return fmt.Sprintf("%s. A violation minute has more load than %s%s of what is in service, and counts as %s; J is their sum with what was billed.",
		drawing.Count(len(r.Traces), "load", "loads"), exact(r.Settings.SLO), nb+"%", hours(r.Weights[0]))
}

func traceFacts(t Trace) string {
	l := t.Case.Load
	if l.Minutes() == 0 {
		return ""
	}
	text := fmt.Sprintf("%s to %s UTC, a metric every %s, peak (99.9 %% of the time below) %s",
		l.Start.UTC().Format(minuteForm), l.At(l.Minutes()).UTC().Format(minuteForm), seconds(l.Period), drawing.Count(int(l.Peak), "instance", "instances"))
	if len(t.Runs) > 0 {
		text += fmt.Sprintf(", %s scored", drawing.Count(t.Runs[0].Score.Minutes, "minute", "minutes"))
	}
	return text + "."
}

// facts lists the settings of the world.
func facts(r Report) []fact {
	s := r.Settings
	boot := seconds(s.Boot)
	if s.P95 > 0 {
		boot = fmt.Sprintf("lognormal, median %s, 95 %% below %s, seed %d", seconds(s.Boot), seconds(s.P95), s.Seed)
	}
	signal := "CPU: what the instances worked; it saturates at 100 %"
	if s.Signal == fleet.SignalRequests {
		signal = "requests: the demand itself"
	}
	out := []fact{
		{"Boot time of an instance", boot},
		{"CPU of a booting instance", exact(s.BootCPU) + nb + "%"},
		{"Metric arrives after its period by", seconds(s.MetricDelay)},
		{"What the metric shows", signal},
		{"SLO: utilization above which a minute is violated", exact(s.SLO) + nb + "%"},
		{"Lived and not scored first", exact(100*s.WarmUp) + nb + "% of each load"},
		{"Seed", fmt.Sprint(s.Seed)},
	}
	for i, w := range r.Weights {
		name := "Worth of a violation minute"
		if i > 0 {
			name = "Shown beside it"
		}
		out = append(out, fact{name, hours(w)})
	}
	if r.Price > 0 {
		value := price(r.Price)
		if r.Assumed {
			value += ", assumed"
		}
		out = append(out, fact{"Price of an instance-hour", value})
	}
	if r.Version != "" {
		out = append(out, fact{"Version", r.Version})
	}
	return out
}
