package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// smallNote says what marks a load.
const smallNote = "small load: in a quarter of the minutes two instances are enough, so that whole instances decide."

// print shows what came of a backtest: a table a trace, who won and who lost,
// and where there are several traces the figures over all of them, last.
func (o outcome) print(w io.Writer) {
	o.plan.own.print(w)
	for i, t := range o.trials {
		o.printTrace(w, t, o.plan.cases[i])
	}
	o.printLegend(w)
	for _, price := range o.plan.prices() {
		o.printContests(w, price)
	}
	if len(o.trials) > 1 {
		o.printStandings(w)
		printVariants(w, o.variants)
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
	fmt.Fprint(table, "policy\tviolated\tinst-hours\t")
	for _, price := range o.plan.prices() {
		fmt.Fprintf(table, "J at %g\t", price)
	}
	if o.price > 0 {
		fmt.Fprint(table, "$\t")
	}
	fmt.Fprint(table, "act/day\trev/day\tlaunches\t\n")
	titles := o.titles(t)
	for _, r := range t.Runs {
		if title := titles[r.Contender()]; title != "" || o.shown(r) {
			o.printRun(table, r, title)
		}
	}
	// What it writes to reports its own errors.
	_ = table.Flush()
	fmt.Fprintln(w)
}

func (o outcome) printRun(w io.Writer, r backtest.Run, title string) {
	fmt.Fprintf(w, "%s\t%d\t%.1f\t", r.Label(), r.Score.Violations, r.Score.InstanceHours)
	for _, price := range o.plan.prices() {
		fmt.Fprintf(w, "%.1f\t", r.Score.J(price))
	}
	if o.price > 0 {
		fmt.Fprintf(w, "%.2f\t", r.Score.Cost(o.price))
	}
	fmt.Fprintf(w, "%.1f\t%.1f\t%d\t", r.PerDay(r.Score.Actions), r.PerDay(r.Score.Reversals), r.Score.Launches)
	if title != "" {
		title = "  " + title
	}
	fmt.Fprintln(w, title)
}

// titles says which runs hindsight, and who chose beforehand, would have taken:
// "best 8,2 chosen 8". There are none where no knob was swept.
func (o outcome) titles(t backtest.Trial) map[backtest.Contender]string {
	titles := map[backtest.Contender]string{}
	if !o.swept {
		return titles
	}
	for _, role := range []struct {
		name string
		of   func(backtest.Contest) *backtest.Run
	}{
		{"best", func(c backtest.Contest) *backtest.Run { return &c.Best }},
		{"chosen", func(c backtest.Contest) *backtest.Run { return c.Beforehand }},
		{"own", func(c backtest.Contest) *backtest.Run { return &c.Hindsight }},
	} {
		begun := map[backtest.Contender]bool{}
		for _, price := range o.plan.prices() {
			c, ok := t.Contest(price)
			if !ok || role.of(c) == nil {
				continue
			}
			who := role.of(c).Contender()
			if begun[who] {
				titles[who] += fmt.Sprintf(",%g", price)
				continue
			}
			begun[who] = true
			titles[who] = strings.TrimSpace(fmt.Sprintf("%s %s %g", titles[who], role.name, price))
		}
	}
	return titles
}

func (o outcome) printLegend(w io.Writer) {
	emulated, small := false, false
	for _, t := range o.trials {
		small = small || t.Small
		for _, r := range t.Runs {
			emulated = emulated || backtest.IsEmulation(r.Policy) && !backtest.IsIncumbent(r.Policy)
		}
	}
	s := o.plan.settings
	fmt.Fprintf(w, "violated: minutes with more load than %g %% of what was in service; J at w = instance-hours + w for each.\n", s.SLO)
	fmt.Fprintf(w, "All lived with %s, and saw %s %v after its period.\n", bootText(s), signalText(s.Signal), s.MetricDelay)
	if o.swept {
		fmt.Fprintln(w, "best: the rival and knob with the lowest J in hindsight; chosen: by the second half of the warm-up; own: best of ours.")
	}
	if emulated {
		fmt.Fprintln(w, "* an emulation: its definition is not public in full.")
	}
	if o.plan.own.partial() {
		fmt.Fprintln(w, "incumbent* is an emulation: a part of what the group scales by, as said above.")
	}
	if small {
		fmt.Fprintln(w, "† a "+smallNote)
	}
	o.printWeights(w)
}

// bootText says how long instances boot.
func bootText(s backtest.Settings) string {
	if s.P95 == 0 {
		return fmt.Sprintf("a boot time of %v", s.Boot)
	}
	return fmt.Sprintf("lognormal boot times, median %v, 95 %% below %v", s.Boot, s.P95)
}

func signalText(s fleet.Signal) string {
	if s == fleet.SignalRequests {
		return "the demand itself"
	}
	return "the CPU"
}

// printContests says on which traces ours won and lost at a price.
func (o outcome) printContests(w io.Writer, price float64) {
	contests := backtest.Contests(o.trials, price)
	if len(contests) == 0 {
		return
	}
	who := "the best rival of those named"
	if o.swept {
		who = "the best rival of all knobs in hindsight"
	}
	lost := 0
	var lines strings.Builder
	table := tabwriter.NewWriter(&lines, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  trace\tJ/best\tbest rival\tJ/chosen\tchosen beforehand\tJ/perfect\t")
	for _, c := range contests {
		mark := ""
		if c.Ratio() > 1 {
			lost++
			mark = "LOST"
		}
		fmt.Fprintf(table, "  %s\t%.3f\t%s\t%s\t%s\t%s\t%s\n", c.Marked(), c.Ratio(), c.Best.Label(),
			over(c, c.Beforehand), nameOf(c.Beforehand), over(c, c.Perfect), mark)
	}
	_ = table.Flush()
	fmt.Fprintf(w, "\nJ of ours over that of %s at w = %g: %d won, %d lost.\n\n%s", who, price, len(contests)-lost, lost, trimmed(lines.String()))
}

// over writes J of ours over that of another run, where there is one.
func over(c backtest.Contest, other *backtest.Run) string {
	ratio, ok := c.Over(other)
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.3f", ratio)
}

func nameOf(r *backtest.Run) string {
	if r == nil {
		return "-"
	}
	return r.Label()
}

// trimmed takes the blanks off the ends of lines.
func trimmed(lines string) string {
	var out strings.Builder
	for line := range strings.Lines(lines) {
		out.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return out.String()
}

func (o outcome) printStandings(w io.Writer) {
	if len(o.standings) == 0 {
		return
	}
	fmt.Fprintf(w, "\nGeometric means over %d traces, with the knob that was named (of ours the price), and with the best of each trace.\n\n", len(o.trials))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "policy\tat w\tJ / oracle\tin hindsight\tJ / best rival\tin hindsight\t")
	for _, s := range o.standings {
		fmt.Fprintf(table, "%s\t%g\t%.3f\t%.3f\t%.3f\t%.3f\t\n", backtest.Starred(s.Policy), s.Price, s.OwnOracle, s.HindsightOracle, s.OwnBest, s.HindsightBest)
	}
	_ = table.Flush()
}

func printFigures(w io.Writer, figures []backtest.Figure) {
	if len(figures) == 0 {
		return
	}
	var lines, notes strings.Builder
	table := tabwriter.NewWriter(&lines, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "figure\tat w\tvalue\t95 % interval\tmust\taim\tverdict\ttraces\t")
	for _, f := range figures {
		must, aim, span := "", "", ""
		if t := f.Target; t != nil {
			must, aim = bound(f, t.Must), bound(f, t.Aim)
		}
		if f.HasInterval && !math.IsNaN(f.Low) {
			span = amount(f, f.Low) + " to " + amount(f, f.High)
		}
		fmt.Fprintf(table, "%s\t%g\t%s\t%s\t%s\t%s\t%s\t%d\t\n", f.Name, f.Price, amount(f, f.Value), span, must, aim, f.Verdict(), f.Cases)
		if text := asides(f); text != "" {
			fmt.Fprintf(&notes, "  %s, w = %g: %s\n", f.Name, f.Price, text)
		}
	}
	_ = table.Flush()
	fmt.Fprintf(w, "\n%s%s", trimmed(lines.String()), notes.String())
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
