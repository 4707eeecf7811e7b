package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// trial is a model on a series, and what came of it.
type trial struct {
	series  evaluation.Series
	method  string
	make    evaluation.Make
	entry   evaluation.Entry
	seconds float64
	done    bool
	err     error
}

// assessment is an evaluation under way.
type assessment struct {
	verb   evaluateVerb
	trials []*trial // in the order of the panel, then of the models
	// base holds the scores of seasonal naive, which everything is relative to.
	base []evaluation.Entry
}

func newAssessment(v evaluateVerb, series []evaluation.Series) *assessment {
	a := &assessment{verb: v}
	for _, s := range series {
		for _, name := range v.Models {
			mk, _ := makerOf(name) // Validate looked it up
			a.trials = append(a.trials, &trial{series: s, method: name, make: mk})
		}
	}
	return a
}

// run runs every trial, the longest series first, and joins what went wrong.
func (a *assessment) run(ctx context.Context, p process) (failed error) {
	a.base = baseOf(a.trials, a.verb.Horizon)
	order := slices.Clone(a.trials)
	slices.SortStableFunc(order, func(x, y *trial) int { return y.series.N - x.series.N })
	sink, err := newForecastSink(a.verb.Forecasts, len(order))
	if err != nil {
		return err
	}
	work := 0
	pass := evaluation.Run{Horizon: a.verb.Horizon, Stop: ctx.Err}
	for _, t := range order {
		work += pass.Work(t.series)
	}
	bar := newShare(p.stderr, int64(work), "evaluating "+counted(len(order), "run"))
	pass.Seen = bar.add
	onCores(a.verb.Workers)(len(order), func(i int) {
		sink.finish(i, order[i].play(pass, sink != nil))
	})
	bar.done()
	for _, t := range a.trials {
		if t.err != nil && ctx.Err() == nil {
			failed = errors.Join(failed, fmt.Errorf("evaluate %s on %s: %w", t.method, t.series.ID, t.err))
		}
	}
	return errors.Join(ctx.Err(), failed, sink.close())
}

// baseOf scores seasonal naive on each series: a matter of milliseconds.
func baseOf(trials []*trial, horizon int) []evaluation.Entry {
	var base []evaluation.Entry
	for i, t := range trials {
		if i > 0 && trials[i-1].series.ID == t.series.ID {
			continue
		}
		scores, err := evaluation.Run{Horizon: horizon}.Score(t.series, evaluation.NewSeasonalNaive)
		if err == nil { // it has no way to fail on what a panel lets through
			base = append(base, evaluation.Entry{ID: t.series.ID, Split: t.series.Split, Method: evaluation.SeasonalNaive, Scores: scores})
		}
	}
	return base
}

// play evaluates the model on the series, and gives its forecasts as rows where
// they are to be kept.
func (t *trial) play(pass evaluation.Run, keep bool) (rows []byte) {
	if keep {
		pass.Told = func(origin int, bands *model.Bands) {
			rows = appendForecast(rows, t.series.ID+","+t.method, origin, bands)
		}
	}
	began := time.Now()
	scores, err := pass.Score(t.series, t.make)
	t.seconds = time.Since(began).Seconds()
	t.entry = evaluation.Entry{ID: t.series.ID, Split: t.series.Split, Method: t.method, Scores: scores}
	if t.done, t.err = err == nil, err; err != nil {
		return nil
	}
	return rows
}

// finished gives what was scored.
func (a *assessment) finished() []*trial {
	return slices.DeleteFunc(slices.Clone(a.trials), func(t *trial) bool { return !t.done })
}
