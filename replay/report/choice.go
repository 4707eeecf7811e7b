package report

import (
	"slices"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// choice is what of the runs of a trace is set against each other.
type choice struct {
	weight float64
	// ours is at its default knob; the others are of rivals. Each is nil where
	// there is none.
	ours, best, beforehand, incumbent *backtest.Run
	// rivals counts the policies, knobs the runs that best is the best of.
	rivals, knobs int
}

// choose finds them. Where runs cost the same the earlier one is taken.
func (b *book) choose(runs []backtest.Run, weight float64, incumbent string) choice {
	c := choice{weight: weight}
	names := map[string]bool{}
	for i := range runs {
		run := &runs[i]
		p := b.of(run.Policy)
		isDefault := run.Knob == p.Default
		switch {
		case p.Role == Ours && (c.ours == nil || isDefault && c.ours.Knob != p.Default):
			c.ours = run
		case p.Role == Rival:
			names[p.Name] = true
			c.knobs++
			c.best = cheaper(c.best, run, func(r *backtest.Run) float64 { return r.Score.J(weight) })
			if run.Before.Minutes > 0 {
				c.beforehand = cheaper(c.beforehand, run, func(r *backtest.Run) float64 { return r.Before.J(weight) })
			}
			if p.Name == incumbent && isDefault && c.incumbent == nil {
				c.incumbent = run
			}
		}
	}
	c.rivals = len(names)
	return c
}

func cheaper(best, run *backtest.Run, cost func(*backtest.Run) float64) *backtest.Run {
	if best == nil || cost(run) < cost(best) {
		return run
	}
	return best
}

// atDefault gives the run of a policy at its default knob, or the only one
// that it has.
func (b *book) atDefault(runs []backtest.Run, name string) (backtest.Run, bool) {
	p := b.of(name)
	first := slices.IndexFunc(runs, func(r backtest.Run) bool { return r.Policy == name })
	if first < 0 {
		return backtest.Run{}, false
	}
	at := slices.IndexFunc(runs, func(r backtest.Run) bool { return r.Policy == name && r.Knob == p.Default })
	if at >= 0 {
		return runs[at], true
	}
	single := !slices.ContainsFunc(runs[first+1:], func(r backtest.Run) bool { return r.Policy == name })
	return runs[first], single
}

// ratio is the cost of ours over that of another.
func (c choice) ratio(other *backtest.Run) float64 {
	return c.ours.Score.J(c.weight) / other.Score.J(c.weight)
}

// tracked gives the stories that are drawn: ours first, then at most two more.
func (b *book) tracked(stories []backtest.Story) []backtest.Story {
	var out []backtest.Story
	own := slices.IndexFunc(stories, func(s backtest.Story) bool { return b.role(s.Policy) == Ours })
	if own >= 0 {
		out = append(out, stories[own])
	}
	for i, s := range stories {
		if i != own && len(out) < 3 {
			out = append(out, s)
		}
	}
	return out
}
