package main

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	htmlreport "github.com/ml-autoscaling/autoscaler/replay/report"
)

// bestRivals are the tasks that tell of each trace's best rival in hindsight,
// where it is not told already.
func (o outcome) bestRivals() []backtest.Task {
	var tasks []backtest.Task
	for i, t := range o.trials {
		if c, ok := t.Contest(o.plan.ours.Knob); ok && !o.plan.told(c.Best.Contender()) {
			tasks = append(tasks, backtest.Task{Case: o.plan.cases[i], Contender: c.Best.Contender(), Told: true})
		}
	}
	return tasks
}

// assumedPrice is what an instance-hour costs in a report where nobody said, in
// dollars: about that of a general-purpose instance with two cores on demand.
const assumedPrice = 0.10

// writeReport writes the pictures. command is the command line.
func (o outcome) writeReport(w io.Writer, command string) error {
	r := htmlreport.Report{
		Command: command, Version: buildVersion(), Settings: o.plan.settings, Price: o.price,
		Weights: o.plan.weights(), Incumbent: o.plan.incumbent.Policy,
		Policies: o.booked(),
	}
	if r.Price == 0 {
		r.Price, r.Assumed = assumedPrice, true
	}
	for i, t := range o.trials {
		r.Traces = append(r.Traces, o.drawn(t, o.plan.cases[i]))
	}
	for _, f := range o.figures {
		r.Figures = append(r.Figures, newReportFigure(f))
	}
	return htmlreport.Write(w, r)
}

// buildVersion names this binary; empty where it was built without a version.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return info.Main.Version
}

// drawn is what the report has of a trace: ours, the incumbent and the best
// rival minute by minute.
func (o outcome) drawn(t backtest.Trial, c backtest.Case) htmlreport.Trace {
	out := htmlreport.Trace{Case: c, Runs: t.Runs}
	if t.Small {
		out.Case.Name += "†"
		out.Notes = []string{"† a " + smallNote}
	}
	out.Notes = append(out.Notes, o.plan.own.notes()...)
	for _, s := range append(o.stories, o.best...) {
		drawn := s.Contender() == o.plan.ours || s.Contender() == o.plan.incumbent
		for _, best := range o.best {
			drawn = drawn || s.Case == best.Case && s.Contender() == best.Contender()
		}
		if drawn && s.Case == t.Case && len(s.Rows) > 0 {
			out.Stories = append(out.Stories, s)
		}
	}
	return out
}

// booked says how the policies are called.
func (o outcome) booked() []htmlreport.Policy {
	var all []htmlreport.Policy
	seen := map[string]bool{}
	for _, c := range o.plan.named {
		if seen[c.Policy] {
			continue
		}
		seen[c.Policy] = true
		p := htmlreport.Policy{Name: c.Policy, Emulation: backtest.IsEmulation(c.Policy), Default: c.Knob}
		switch {
		case c.Policy == o.plan.incumbent.Policy:
			p.Default = o.plan.incumbent.Knob
		case c.Policy == backtest.Ours:
			p.Role, p.Default = htmlreport.Ours, o.plan.ours.Knob
		case backtest.IsOurs(c.Policy):
			p.Role = htmlreport.Variant
		case c.Policy == backtest.Oracle:
			p.Role = htmlreport.Bound
		}
		p.Knob, p.Unit = backtest.KnobOf(c.Policy)
		if backtest.IsIncumbent(c.Policy) {
			p.About = o.plan.own.about()
		}
		all = append(all, p)
	}
	return all
}

func newReportFigure(f backtest.Figure) htmlreport.Figure {
	out := htmlreport.Figure{Name: fmt.Sprintf("%s, w = %g", f.Name, f.Price), Reached: amount(f, f.Value), Note: strings.TrimSpace(asides(f))}
	if f.HasInterval && !math.IsNaN(f.Low) {
		out.Reached += fmt.Sprintf(" (%s to %s)", amount(f, f.Low), amount(f, f.High))
	}
	if f.Target == nil {
		return out
	}
	out.Must, out.Aim = bound(f, f.Target.Must), bound(f, f.Target.Aim)
	switch f.Reached() {
	case backtest.AimReached:
		out.Standing = htmlreport.Aimed
	case backtest.MustReached:
		out.Standing = htmlreport.Passed
	case backtest.Missed:
		out.Standing = htmlreport.Missed
	}
	return out
}

// printAB compares the two policies that --ab names, day by day.
func (o outcome) printAB(w io.Writer) error {
	if len(o.plan.ab) == 0 {
		return nil
	}
	days := map[string]map[backtest.Contender][]backtest.Day{}
	for _, s := range o.stories {
		if days[s.Case] == nil {
			days[s.Case] = map[backtest.Contender][]backtest.Day{}
		}
		if len(s.Rows) > 0 {
			days[s.Case][s.Contender()] = backtest.Days(s.Rows, o.plan.settings.SLO)
		}
	}
	a, b := o.plan.ab[0], o.plan.ab[1]
	var pairs []backtest.Pair
	for _, c := range o.plan.cases {
		pairs = append(pairs, backtest.Pair{Case: c.Name, Set: c.Set, A: days[c.Name][a], B: days[c.Name][b]})
	}
	seed := o.plan.settings.Seed
	ab, err := backtest.CompareAB(pairs, backtest.ABOptions{A: a.Label(), B: b.Label(), Price: o.plan.ours.Knob, Rng: rand.New(rand.NewPCG(seed, 1))})
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	printAB(w, ab)
	return nil
}
