package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// smallNote says what marks a load.
const smallNote = "small load: in a quarter of the minutes two instances are enough, so that whole instances decide."

// print shows what came of a backtest: a table a trace, who won and who lost,
// and where there are several traces the figures over all of them.
func (o outcome) print(w io.Writer) {
	for i, t := range o.trials {
		o.printTrace(w, t, o.plan.cases[i])
	}
	fmt.Fprintf(w, "J at w = instance-hours + w for each minute in which the load was above %g %% of what was in service.\n", o.plan.settings.SLO)
	o.printLegend(w)
	for _, price := range []float64{backtest.Headline, backtest.Beside} {
		printContests(w, backtest.Contests(o.trials, price), o.swept)
	}
	if len(o.trials) > 1 {
		o.printStandings(w)
		printFigures(w, o.figures)
	}
}

func (o outcome) printTrace(w io.Writer, t backtest.Trial, c backtest.Case) {
	mark := ""
	if t.Small {
		mark = "†"
	}
	end := c.Load.At(c.Load.Minutes())
	fmt.Fprintf(w, "%s%s (%s): %s to %s, a metric every %v, peak %.0f instances, %d minutes scored\n\n", t.Case, mark, t.Set,
		c.Load.Start.Format(time.DateOnly), end.Format(time.DateOnly), c.Load.Period, c.Load.Peak, t.Runs[0].Score.Minutes)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	dollars := ""
	if o.price > 0 {
		dollars = "$\t"
	}
	fmt.Fprintf(table, "policy\tviolation min\tinstance-hours\tJ at 8\tJ at 2\t%sactions/day\treversals/day\tlaunches\t\n", dollars)
	for _, r := range t.Runs {
		if o.shown(r) {
			o.printRun(table, r, "")
		}
	}
	if o.swept {
		o.printBest(table, t)
	}
	// What it writes to reports its own errors.
	_ = table.Flush()
	fmt.Fprintln(w)
}

func (o outcome) printRun(w io.Writer, r backtest.Run, name string) {
	if name == "" {
		name = starred(r)
	}
	fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f\t%.1f\t", name, r.Score.Violations, r.Score.InstanceHours, r.Score.J(backtest.Headline), r.Score.J(backtest.Beside))
	if o.price > 0 {
		fmt.Fprintf(w, "%.2f\t", r.Score.Cost(o.price))
	}
	fmt.Fprintf(w, "%.1f\t%.1f\t%d\t\n", r.PerDay(r.Score.Actions), r.PerDay(r.Score.Reversals), r.Score.Launches)
}

// printBest adds what hindsight, and who chose beforehand, would have taken.
func (o outcome) printBest(w io.Writer, t backtest.Trial) {
	for _, price := range []float64{backtest.Headline, backtest.Beside} {
		c, ok := t.Contest(price)
		if !ok {
			continue
		}
		o.printRun(w, c.Best, fmt.Sprintf("best rival at %g in hindsight: %s", price, starred(c.Best)))
		if c.Beforehand != nil {
			o.printRun(w, *c.Beforehand, fmt.Sprintf("chosen beforehand: %s", starred(*c.Beforehand)))
		}
		o.printRun(w, c.Hindsight, fmt.Sprintf("ours in hindsight: %s", starred(c.Hindsight)))
	}
}

// starred names a run, with a star where it is an emulation.
func starred(r backtest.Run) string {
	name := r.Contender().String()
	if backtest.IsEmulation(r.Policy) {
		name += "*"
	}
	return name
}

func (o outcome) printLegend(w io.Writer) {
	emulated, small := false, false
	for _, t := range o.trials {
		small = small || t.Small
		for _, r := range t.Runs {
			emulated = emulated || backtest.IsEmulation(r.Policy)
		}
	}
	if emulated {
		fmt.Fprintln(w, "* an emulation: its definition is not public in full.")
	}
	if small {
		fmt.Fprintln(w, "† a "+smallNote)
	}
}

// printContests says on which traces ours won and lost.
func printContests(w io.Writer, contests []backtest.Contest, swept bool) {
	if len(contests) == 0 {
		return
	}
	who := "the best rival of those named"
	if swept {
		who = "the best rival of all knobs in hindsight"
	}
	var won, lost []string
	for _, c := range contests {
		text := fmt.Sprintf("%s %.3f (%s)", c.Marked(), c.Ratio(), starred(c.Best))
		if c.Ratio() > 1 {
			lost = append(lost, text)
		} else {
			won = append(won, text)
		}
	}
	fmt.Fprintf(w, "\nJ of ours over %s at w = %g: %d won, %d lost.\n", who, contests[0].Price, len(won), len(lost))
	if len(won) > 0 {
		fmt.Fprintf(w, "  won:  %s\n", strings.Join(won, ", "))
	}
	if len(lost) > 0 {
		fmt.Fprintf(w, "  LOST: %s\n", strings.Join(lost, ", "))
	}
}

func (o outcome) printStandings(w io.Writer) {
	if len(o.standings) == 0 {
		return
	}
	fmt.Fprintf(w, "\nGeometric means over %d traces, with the knob that was named (of ours the price) and with the best knob of each trace in hindsight\n\n", len(o.trials))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "policy\tat w\tJ / oracle\tin hindsight\tJ / best rival\tin hindsight\t")
	for _, s := range o.standings {
		name := s.Policy
		if backtest.IsEmulation(name) {
			name += "*"
		}
		fmt.Fprintf(table, "%s\t%g\t%.3f\t%.3f\t%.3f\t%.3f\t\n", name, s.Price, s.OwnOracle, s.HindsightOracle, s.OwnBest, s.HindsightBest)
	}
	_ = table.Flush()
}

func printFigures(w io.Writer, figures []backtest.Figure) {
	if len(figures) == 0 {
		return
	}
	fmt.Fprintln(w)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tat w\tvalue\t95 % interval\tmust\taim\tverdict\ttraces\t")
	for _, f := range figures {
		must, aim, span := "", "", ""
		if t := f.Target; t != nil {
			must, aim = bound(f, t.Must), bound(f, t.Aim)
		}
		if f.HasInterval && f.Cases > 0 {
			span = amount(f, f.Low) + " to " + amount(f, f.High)
		}
		fmt.Fprintf(table, "%s\t%g\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", f.Name, f.Price, amount(f, f.Value), span, must, aim, f.Verdict(), f.Cases, asides(f))
	}
	_ = table.Flush()
}

// amount writes a value of a figure.
func amount(f backtest.Figure, v float64) string {
	switch {
	case math.IsNaN(v):
		return "-"
	case f.Percent:
		return fmt.Sprintf("%.1f %%", 100*v)
	case f.HasInterval:
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// asides are what was left out of a figure, and what it names.
func asides(f backtest.Figure) string {
	parts := f.Notes
	if f.LeftOut > 0 {
		parts = append([]string{fmt.Sprintf("%d left out: %s", f.LeftOut, f.Why)}, parts...)
	}
	return strings.Join(parts, "; ")
}

// bound writes what a value is to reach.
func bound(f backtest.Figure, v float64) string {
	if f.Target.AtLeast {
		return "≥ " + amount(f, v)
	}
	return "≤ " + amount(f, v)
}
