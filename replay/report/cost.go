package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// monthHours is a month as AWS bills it.
const monthHours = 730

// costs is the table of what policies cost in a month.
type costs struct {
	Dollars  bool
	Assumed  bool
	Price    string
	Weight   string
	Others   []string // the other weights
	Rows     []costRow
	Days     string
	Sentence string
}

// costRow is one policy at one knob.
type costRow struct {
	Class, Name, Knob, Tag string
	Titles                 []string // why it is listed
	Emulation, Own, Bound  bool
	Measured               string // instance-hours in the scored minutes
	Violations             string // a month
	Money, Year            string // instances, in dollars
	J                      string // a month
	Others                 []string
	Served, Lost           string // widths of the bar
	Against                string // cost to that of ours
	Side                   sides
}

// newCosts lists every policy at its default knob, the best rival and the one
// that was chosen beforehand, by rising cost.
func (b *book) newCosts(r Report, weights []float64, runs []backtest.Run, c choice) *costs {
	t := &costs{Dollars: r.Price > 0, Assumed: r.Assumed, Price: price(r.Price), Weight: exact(c.weight)}
	for _, w := range weights[1:] {
		t.Others = append(t.Others, exact(w))
	}
	listed := b.listed(runs, c)
	if len(listed) == 0 {
		return nil
	}
	slices.SortStableFunc(listed, func(x, y backtest.Run) int { return cmp.Compare(x.Score.J(c.weight), y.Score.J(c.weight)) })
	most := 0.0
	for _, run := range listed {
		if b.role(run.Policy) != Bound && run.Score.Minutes > 0 {
			most = math.Max(most, run.Score.J(c.weight)/float64(run.Score.Minutes))
		}
	}
	for _, run := range listed {
		t.Rows = append(t.Rows, b.costRow(r, weights, run, c, most))
	}
	minutes := listed[0].Score.Minutes
	t.Days = drawing.Number(float64(minutes)/1440) + nb + "days"
	t.Sentence = saving(r.Price, c)
	return t
}

func (b *book) listed(runs []backtest.Run, c choice) []backtest.Run {
	var out []backtest.Run
	add := func(r backtest.Run) {
		if !slices.ContainsFunc(out, func(o backtest.Run) bool { return o.Policy == r.Policy && o.Knob == r.Knob }) {
			out = append(out, r)
		}
	}
	for _, p := range b.policies {
		if r, ok := b.atDefault(runs, p.Name); ok {
			add(r)
		}
	}
	for _, r := range []*backtest.Run{c.ours, c.best, c.beforehand, c.incumbent} {
		if r != nil {
			add(*r)
		}
	}
	return out
}

func (b *book) costRow(r Report, weights []float64, run backtest.Run, c choice, most float64) costRow {
	p := b.of(run.Policy)
	s := run.Score
	row := costRow{
		Class: b.class(p.Name), Name: p.Label, Tag: b.tag(p.Name, run.Knob),
		Emulation: p.Emulation, Own: p.Role == Ours, Bound: p.Role == Bound,
		Titles: titles(run, c), Measured: drawing.Number(s.InstanceHours), Knob: b.setting(run),
	}
	if s.Minutes == 0 {
		return row
	}
	month := monthHours * 60 / float64(s.Minutes)
	row.Violations = drawing.Number(math.Round(month * float64(s.Violations)))
	row.Money = dollars(s.Cost(r.Price) * month)
	row.Year = dollars(s.Cost(r.Price) * month * 12)
	row.J = drawing.Number(s.J(c.weight) * month)
	for _, w := range weights[1:] {
		row.Others = append(row.Others, drawing.Number(s.J(w)*month))
	}
	if most > 0 {
		whole := most * float64(s.Minutes)
		row.Served = drawing.At(s.InstanceHours, whole)
		row.Lost = drawing.At(c.weight*float64(s.Violations), whole)
	}
	if c.ours != nil && !row.Own {
		row.Against, row.Side = compared(c.ratio(&run))
		row.Against = "ours " + row.Against
		if p.Role != Rival {
			row.Side = even
		}
	}
	return row
}

// price writes that of an instance-hour, to the cent at least.
func price(p float64) string {
	if cents := 100 * p; cents == math.Round(cents) {
		return fmt.Sprintf("$%.2f", p)
	}
	return "$" + exact(p)
}

// titles says what a run is besides one at its default.
func titles(run backtest.Run, c choice) []string {
	is := func(o *backtest.Run) bool { return o != nil && o.Policy == run.Policy && o.Knob == run.Knob }
	var out []string
	if is(c.best) {
		out = append(out, "best rival in hindsight")
	}
	if is(c.beforehand) {
		out = append(out, "chosen beforehand")
	}
	if is(c.incumbent) {
		out = append(out, "incumbent")
	}
	return out
}

// saving words what ours costs beside the incumbent, or else the best rival.
func saving(price float64, c choice) string {
	other, name := c.incumbent, "the incumbent"
	if other == nil {
		other, name = c.best, "the best rival in hindsight"
	}
	if c.ours == nil || other == nil || c.ours.Score.Minutes == 0 || other.Score.Minutes == 0 {
		return ""
	}
	month := monthHours * 60 / float64(c.ours.Score.Minutes)
	h := month * (c.ours.Score.InstanceHours - other.Score.InstanceHours)
	v := int(math.Round(month * float64(c.ours.Score.Violations-other.Score.Violations)))
	if price == 0 {
		return fmt.Sprintf("Projected to a month of %d hours, ours has %s than %s.", monthHours, moreOrLess(v, h), name)
	}
	money := "costs as much in instances"
	switch d := price * h; {
	case d >= 0.5:
		money = fmt.Sprintf("costs %s more in instances (%s a year)", dollars(d), dollars(12*d))
	case d <= -0.5:
		money = fmt.Sprintf("costs %s less in instances (%s a year)", dollars(-d), dollars(-12*d))
	}
	return fmt.Sprintf("Projected to a month of %d hours, ours %s and has %s, against %s.", monthHours, money, minutesOnly(v), name)
}

func minutesOnly(v int) string {
	switch {
	case v > 0:
		return violations(v) + " more"
	case v < 0:
		return violations(-v) + " fewer"
	}
	return "as many violation minutes"
}
