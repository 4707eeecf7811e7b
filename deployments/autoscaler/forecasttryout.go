package main

import (
	"context"
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// leastFitted is how much a model must have been fitted on to be tried.
const leastFitted = 48 * time.Hour

// tryout is how a model did on the end of a load that it was not fitted on: it
// forecast from every row in there, over all steps.
type tryout struct {
	Hours   float64 `json:"hours"`
	Targets int     `json:"targets"`
	// Error is the mean absolute error of the median, in units of the load, and
	// Repeated that of the value a day before.
	Error    float64 `json:"mean_absolute_error"`
	Repeated float64 `json:"of_repeating_the_day"`
	Cov80    float64 `json:"cov80"`
	Cov95    float64 `json:"cov95"`
	Exceed99 float64 `json:"exceed99"`
	// PeakExceed99 is the share of peaks over all steps above their quantile.
	PeakExceed99 float64 `json:"peak_exceed99"`
	peaks        int
}

// tryOut tries a model of its own, where there is enough before what is held
// out.
func (f *fitting) tryOut(ctx context.Context, p process) error {
	values, held := f.trace.Values, int(f.verb.HeldOut/f.trace.Period)
	if from := len(values) - held; held < f.verb.Steps || time.Duration(from)*f.trace.Period < leastFitted {
		return nil
	}
	grid, err := model.NewGrid(f.trace.Period)
	if err != nil {
		return err
	}
	bar := newShare(p.stderr, int64(len(values)), "trying "+f.verb.Model)
	defer bar.done()
	m := f.newModel(grid, evaluation.Levels())
	past, bands := model.NewHistory(grid, 0), model.NewBands(evaluation.Levels(), f.verb.Steps)
	t := &tryout{Hours: (time.Duration(held) * f.trace.Period).Hours()}
	err = f.learn(ctx, m, past, len(values)-held, func() { bar.add(1) })
	if err != nil {
		return err
	}
	for i := len(values) - held; i < len(values); i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i+f.verb.Steps <= len(values) && m.Forecast(past, nil, bands) {
			t.judge(bands, values, i, grid.PerDay())
		}
		observe(m, past, f.trace, i, values[i])
		bar.add(1)
	}
	f.trial = t.means()
	return nil
}

// judge adds a forecast of values[at] onwards to the sums. The bands have the
// levels of evaluation.Levels: the columns are 0.025, 0.1, 0.5, 0.9, 0.95, 0.975
// and 0.99.
func (t *tryout) judge(bands *model.Bands, values []float64, at, perDay int) {
	peak := math.Inf(-1)
	for h, q := range bands.Steps {
		y, before := values[at+h], values[at+h-perDay]
		peak = max(peak, y) // NaN where one is missing
		if math.IsNaN(y) || math.IsNaN(before) {
			continue
		}
		t.Targets++
		t.Error += math.Abs(y - q[2])
		t.Repeated += math.Abs(y - before)
		t.Cov80 += share(y >= q[1] && y <= q[3])
		t.Cov95 += share(y >= q[0] && y <= q[5])
		t.Exceed99 += share(y > q[6])
	}
	if !math.IsNaN(peak) {
		t.peaks++
		t.PeakExceed99 += share(peak > bands.Peaks[len(bands.Peaks)-1][6])
	}
}

func share(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// means turns the sums into means; nil where nothing was judged.
func (t *tryout) means() *tryout {
	if t.Targets == 0 || t.peaks == 0 {
		return nil
	}
	n := float64(t.Targets)
	return &tryout{
		Hours: t.Hours, Targets: t.Targets, Error: t.Error / n, Repeated: t.Repeated / n,
		Cov80: t.Cov80 / n, Cov95: t.Cov95 / n, Exceed99: t.Exceed99 / n, PeakExceed99: t.PeakExceed99 / float64(t.peaks),
	}
}
