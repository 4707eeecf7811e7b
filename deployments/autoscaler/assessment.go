package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/replay/report/fans"
)

// contender makes the forecasters of a method.
type contender struct {
	method   string
	weights  *lstm.Weights
	training int
	// model is the one that was made last; nil for a baseline.
	model model.Model
}

// make makes a forecaster of a series.
func (c *contender) make(s evaluation.Series, horizon int) evaluation.Forecaster {
	switch c.method {
	case evaluation.SeasonalNaive:
		return evaluation.NewSeasonalNaive(s, horizon)
	case evaluation.GaussianNaive:
		return evaluation.NewGaussianNaive(s, horizon)
	case evaluation.RollingNaive:
		return evaluation.NewRollingNaive(s, horizon)
	case evaluation.Naive2:
		return evaluation.NewNaive2(s, horizon)
	}
	return evaluation.OfModel(func(config model.Config) model.Model {
		config.Training = c.training
		c.model = fold.NewPart(c.method, config, c.weights)
		return c.model
	})(s, horizon)
}

// weighed gives what the parts of the model weigh now; none where it combines
// none.
func (c *contender) weighed() []combine.PartWeight {
	if m, ok := c.model.(mixed); ok {
		return m.Weights()
	}
	return nil
}

// mixed is a model that weighs parts.
type mixed interface{ Weights() []combine.PartWeight }

// trial is a model on a series, and what came of it.
type trial struct {
	contender
	series  evaluation.Series
	entry   evaluation.Entry
	cold    evaluation.Cold
	seconds float64
	sight   *fans.Sight // what is kept for pictures; nil where none are made
	done    bool
	err     error
}

// assessment is an evaluation under way.
type assessment struct {
	verb   evaluateVerb
	trials []*trial // in the order of the panel, then of the models
	global globals
	// base holds the scores of seasonal naive, which everything is relative to.
	base []evaluation.Entry
}

func newAssessment(v evaluateVerb, series []evaluation.Series, global globals) *assessment {
	a := &assessment{verb: v, global: global}
	for _, s := range series {
		for _, name := range v.Models {
			t := &trial{series: s, contender: contender{method: name, training: v.Training}}
			if fold.ReadsWeights(name) {
				t.weights = global.of(s.Row)
			}
			if v.Report != "" && name == v.pictured() {
				t.sight = fans.NewSight(s, v.horizon())
			}
			a.trials = append(a.trials, t)
		}
	}
	return a
}

// run runs every trial, the longest series first, and joins what went wrong.
func (a *assessment) run(ctx context.Context, p process) (failed error) {
	a.base = baseOf(a.trials, a.verb.horizon())
	order := slices.Clone(a.trials)
	slices.SortStableFunc(order, func(x, y *trial) int { return y.series.N - x.series.N })
	sink, err := newForecastSink(a.verb.Forecasts, len(order))
	if err != nil {
		return err
	}
	work := 0
	pass := evaluation.Run{Horizon: a.verb.horizon(), Stop: ctx.Err}
	for _, t := range order {
		work += pass.Work(t.series) + pass.ColdWork(t.series)
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

// play evaluates the model on the series, from its history and from nothing,
// and gives the forecasts of the former as rows where they are to be kept.
func (t *trial) play(pass evaluation.Run, keep bool) (rows []byte) {
	cold := pass
	pass.Told = func(origin int, bands *model.Bands) {
		if keep {
			rows = appendForecast(rows, t.series.ID+","+t.method, origin, bands)
		}
		if t.sight != nil {
			t.sight.See(origin, bands, t.weighed())
		}
	}
	cold.Told = func(origin int, bands *model.Bands) { t.sight.SeeCold(origin, bands) }
	began := time.Now()
	scores, err := pass.Score(t.series, t.make)
	t.seconds = time.Since(began).Seconds()
	t.entry = evaluation.Entry{ID: t.series.ID, Split: t.series.Split, Method: t.method, Scores: scores}
	if err == nil {
		t.cold, err = cold.ColdStart(t.series, t.make)
	}
	if t.done, t.err = err == nil, err; err != nil {
		return nil
	}
	return rows
}

// finished gives what was scored.
func (a *assessment) finished() []*trial {
	return slices.DeleteFunc(slices.Clone(a.trials), func(t *trial) bool { return !t.done })
}
