package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// m4Weights gives the global weights of networks: those that are named, or such
// as are trained on the known values of the series. Nil where no model reads any.
func (v evaluateVerb) m4Weights(ctx context.Context, p process, series []evaluation.M4) (*lstm.Weights, error) {
	if v.Weights == "" && slices.ContainsFunc(v.Models, fold.ReadsWeights) {
		return v.trainM4(ctx, p, series)
	}
	global, err := v.readGlobals(nil)
	return global.all, err
}

// trainM4 trains on what is known of the series, and so never on their tests.
func (v evaluateVerb) trainM4(ctx context.Context, p process, series []evaluation.M4) (*lstm.Weights, error) {
	o := m4Options()
	t, err := lstm.NewTrainer(m4Data(series), o, onCores(v.Workers))
	if err != nil {
		return nil, fmt.Errorf("--m4: %w", err)
	}
	bar := newProgress(p.stderr, int64(o.Epochs*t.Progress().Batches), "training on "+counted(len(series), "known part"))
	defer bar.done()
	for t.Step() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		bar.add(1)
	}
	w, err := t.Weights()
	if err != nil {
		return nil, fmt.Errorf("--m4: %w", err)
	}
	return w, nil
}

// m4Data gives what is known of the series.
func m4Data(series []evaluation.M4) lstm.Data {
	data := lstm.Data{Sets: []string{"m4_hourly"}}
	for _, s := range series {
		data.Series = append(data.Series, lstm.Series{Name: s.Known.ID, Grid: s.Known.Grid, First: s.Known.First, Values: s.Known.Values})
	}
	return data
}

// m4Options are those of the network of M4. They were chosen by what they forecast
// of the last two days of the known parts, having been trained on what came before.
func m4Options() lstm.Options {
	o := lstm.DefaultOptions()
	o.Steps, o.Epochs = evaluation.M4Horizon, 5
	return o
}
