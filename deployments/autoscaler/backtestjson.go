package main

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// json gives everything that came of a backtest.
func (o outcome) json() backtestJSON {
	out := backtestJSON{Settings: newSettingsJSON(o.plan.settings), Incumbent: o.plan.own.json()}
	for i, t := range o.trials {
		out.Traces = append(out.Traces, o.traceJSON(t, o.plan.cases[i]))
		for _, w := range o.plan.prices() {
			if c, ok := t.Contest(w); ok {
				out.Contests = append(out.Contests, newContestJSON(c))
			}
		}
	}
	for _, f := range o.figures {
		out.Figures = append(out.Figures, newFigureJSON(f))
	}
	for _, s := range o.standings {
		out.Standings = append(out.Standings, standingJSON{s.Policy, s.Price, s.OwnOracle, s.HindsightOracle, s.OwnBest, s.HindsightBest})
	}
	for _, r := range o.variants {
		out.Variants = append(out.Variants, variantJSON{r.Policy, r.Price, r.Ratio, r.Cases})
	}
	if o.plan.gate != nil {
		v := o.judged()
		out.Gate = &gateJSON{v.passed, v.ratio, o.plan.gate.margin, v.words}
	}
	return out
}

func newSettingsJSON(s backtest.Settings) settingsJSON {
	return settingsJSON{
		Boot: s.Boot.Seconds(), BootP95: s.P95.Seconds(), BootCPU: s.BootCPU, MetricDelay: s.MetricDelay.Seconds(),
		Signal: signalName(s.Signal), SLO: s.SLO, WarmUp: s.WarmUp, Seed: s.Seed,
	}
}

func signalName(s fleet.Signal) string {
	if s == fleet.SignalRequests {
		return "requests"
	}
	return "cpu"
}

func (o outcome) traceJSON(t backtest.Trial, c backtest.Case) traceJSON {
	out := traceJSON{Trace: t.Case, Load: fingerprintOf(c.Load), Set: t.Set, Weights: c.Weights, Small: t.Small, Peak: c.Load.Peak}
	for _, r := range t.Runs {
		run := runJSON{Policy: r.Policy, Knob: r.Knob, Emulation: backtest.IsEmulation(r.Policy), scoreJSON: newScoreJSON(r.Score), Before: newScoreJSON(r.Before)}
		if o.price > 0 {
			run.Dollars = number(r.Score.Cost(o.price))
		}
		out.Scored = r.Score.Minutes
		out.Runs = append(out.Runs, run)
	}
	return out
}

func newContestJSON(c backtest.Contest) contestJSON {
	return contestJSON{
		Trace: c.Case, Price: c.Price, Ratio: c.Ratio(), Best: c.Best.Contender().String(), Beforehand: pointName(c.Beforehand),
		Fewest: pointName(c.Fewest), Cheapest: pointName(c.Cheapest), Hindsight: c.Hindsight.Contender().String(),
	}
}

// pointName names a run; empty where there is none.
func pointName(r *backtest.Run) string {
	if r == nil {
		return ""
	}
	return r.Contender().String()
}

func newFigureJSON(f backtest.Figure) figureJSON {
	out := figureJSON{Name: f.Name, Price: f.Price, Value: number(f.Value), Verdict: f.Verdict(), Traces: f.Cases, LeftOut: f.LeftOut, Notes: f.Notes}
	if f.HasInterval {
		out.Low, out.High = number(f.Low), number(f.High)
	}
	if f.Target != nil {
		out.Must, out.Aim = number(f.Target.Must), number(f.Target.Aim)
	}
	return out
}

// number is nil where JSON has no number.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
