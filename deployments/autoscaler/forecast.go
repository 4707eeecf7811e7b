package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/regarima"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

type forecastVerb struct {
	Trace string `arg:"" name:"file" help:"A trace (CSV timestamp,value), or generate:PROFILE,FLAG=VALUE,... for what autoscaler generate makes."`

	Model     string        `short:"m" default:"dhr" placeholder:"NAME" help:"Model to fit (default dhr); naive, rls, arima, dhr, stl_arima, lstm, combined."`
	Steps     int           `default:"6" placeholder:"N" help:"Steps to forecast (default 6)."`
	Levels    []float64     `default:"0.025,0.1,0.5,0.9,0.95,0.975,0.99" placeholder:"P" help:"Quantile levels (default 0.025,0.1,0.5,0.9,0.95,0.975,0.99)."`
	Aggregate string        `enum:"none,sum5,mean5" default:"none" help:"Make 5 minutes of one: none, sum5 or mean5."`
	HeldOut   time.Duration `default:"24h" placeholder:"TIME" help:"Try the model on this much at the end first, fitted on what is before (default 24h; 0s for not at all)."`

	JSON string `name:"json" placeholder:"FILE" help:"Write all of it as JSON."`
	Plot string `placeholder:"FILE" help:"Draw the last days and the forecast as SVG."`
}

// Help describes the verb at length.
func (forecastVerb) Help() string {
	return `Fits one model on a load and forecasts what comes after its last row. Nothing
else is read or written, and no server is needed.

  autoscaler forecast requests.csv
  autoscaler forecast requests.csv --model naive --steps 12 --json forecast.json
  autoscaler forecast cpu.csv --aggregate mean5 --plot forecast.svg
  autoscaler forecast generate:shop,seed=7,days=14

Of arima, dhr and stl_arima it prints the order, the coefficients with their
standard errors, and whether the innovations are still correlated; of combined
what its parts weigh. lstm begins with the weights that this binary was trained
to, is trained further on the load, and looks as many steps ahead as its network
does; what lies beyond is the seasonal naive forecast. combined is estimated three
times on the way too, so that it learns what its parts are worth: it takes the
longest by far, and needs a load of several days to be worth it.

A model keeps the last 21 days of a load. The quantiles of a step are those of
that period alone; those of the peak are of the highest of all periods up to it,
which is what capacity has to carry. Time stamps are the begin of a period, as in
the file.

Before that, the model is tried on the end of the file: fitted on what is before
--held-out, it forecasts from every row in there. That says more than any figure
of the fit.

It exits with 1 where the file cannot be read or forecast, with 2 where the command
line makes no sense, and with 130 where it was interrupted.`
}

// Validate checks the flags.
func (v forecastVerb) Validate() error {
	switch {
	case !slices.Contains(fold.Models(), v.Model):
		return fmt.Errorf("--model: want one of %s, got %q", strings.Join(fold.Models(), ", "), v.Model)
	case v.Steps < 1 || v.Steps > 10000:
		return errors.New("--steps: want 1 to 10000")
	case !areLevels(v.Levels):
		return errors.New("--levels: want levels above 0 and below 1, rising")
	case v.HeldOut < 0:
		return errors.New("--held-out: must not be negative")
	}
	if isRecipe(v.Trace) {
		_, err := parseRecipe(v.Trace)
		return err
	}
	return nil
}

// areLevels says whether numbers rise within (0, 1).
func areLevels(levels []float64) bool {
	last := 0.0
	for _, p := range levels {
		if !(p > last && p < 1) {
			return false
		}
		last = p
	}
	return len(levels) > 0
}

// Run fits the model and shows what it says.
func (v forecastVerb) Run(ctx context.Context, p process) error {
	tr, err := v.read()
	if err != nil {
		return err
	}
	if err := canWriteAll(v.JSON, v.Plot); err != nil {
		return err
	}
	f := fitting{verb: v, trace: tr}
	if err := f.tryOut(ctx, p); err != nil {
		return err
	}
	if err := f.fit(ctx, p); err != nil {
		return err
	}
	if err := f.write(); err != nil {
		return err
	}
	f.print(p.stdout)
	return nil
}

func (v forecastVerb) read() (trace.Trace, error) {
	var tr trace.Trace
	if isRecipe(v.Trace) {
		r, err := parseRecipe(v.Trace)
		if err != nil {
			return tr, err
		}
		g, err := r.generator()
		if err != nil {
			return tr, fmt.Errorf("%s: %w", v.Trace, err)
		}
		tr = g.Series().Trace
	} else {
		var err error
		if tr, err = readTrace(v.Trace); err != nil {
			return tr, err
		}
	}
	tr, err := aggregate(tr, v.Aggregate)
	if err != nil {
		return tr, fmt.Errorf("%s: %w", v.Trace, err)
	}
	return tr, nil
}

// fitting is a model on its way to a forecast.
type fitting struct {
	verb    forecastVerb
	trace   trace.Trace
	trial   *tryout // nil where none was asked for or there is too little before it
	model   model.Model
	past    *model.History
	bands   *model.Bands
	warm    bool
	found   *regarima.Description // nil where the model has no parameters, or found none
	seconds float64
}

// fit lets the model observe the load, estimate and forecast.
func (f *fitting) fit(ctx context.Context, p process) error {
	grid, err := model.NewGrid(f.trace.Period)
	if err != nil {
		return err
	}
	bar := newShare(p.stderr, int64(len(f.trace.Values)), "fitting "+f.verb.Model)
	defer bar.done()
	began := time.Now()
	f.model = f.newModel(grid, f.verb.Levels)
	f.past = model.NewHistory(grid, 0)
	err = f.learn(ctx, f.model, f.past, len(f.trace.Values), func() { bar.add(1) })
	if err != nil {
		return err
	}
	f.bands, f.warm = model.NewBands(f.verb.Levels, f.verb.Steps), f.model.Warm(f.past)
	if !f.model.Forecast(f.past, nil, f.bands) {
		return fmt.Errorf("forecast %s: %s has nothing to say of so short a load", f.verb.Trace, f.verb.Model)
	}
	f.seconds = time.Since(began).Seconds()
	if m, ok := f.model.(*regarima.Model); ok {
		if d, ok := m.Describe(f.past); ok {
			f.found = &d
		}
	}
	return ctx.Err()
}

// newModel makes the model, which is trained at estimates as by default.
func (f *fitting) newModel(grid model.Grid, levels []float64) model.Model {
	training := config.DefaultPolicy().Forecast.Training
	return fold.NewModel(f.verb.Model, model.Config{Grid: grid, Horizon: f.verb.Steps, Levels: levels, Training: training}, nil)
}

// learn lets a model observe the first n bins of the trace and estimates from
// them. One that combines others is estimated on the way too: what an estimate
// is worth shows only after it.
func (f *fitting) learn(ctx context.Context, m model.Model, past *model.History, n int, each func()) error {
	quarter := n
	if _, ok := m.(mixed); ok && n >= 4*past.Grid().PerDay() {
		quarter = (n + 3) / 4 // rounded up: else the last one would fall just before the end
	}
	for i, value := range f.trace.Values[:n] {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i > 0 && i%quarter == 0 {
			if err := estimate(ctx, m, past); err != nil {
				return err
			}
		}
		observe(m, past, f.trace, i, value)
		each()
	}
	return estimate(ctx, m, past)
}

// observe hands the model the bin i of a trace. A trace whose bins begin off
// the grid is moved onto it, by less than a period.
func observe(m model.Model, past *model.History, tr trace.Trace, i int, value float64) {
	past.Append(past.Grid().Last(tr.At(i+1)), value, 1)
	m.Observe(past)
}

// estimate lets a model that estimates do so from all of the past, unless ctx
// ends first. Others learn as they go.
func estimate(ctx context.Context, m model.Model, past *model.History) error {
	r, ok := m.(model.Refitter)
	if !ok {
		return nil
	}
	found, whole := r.Estimation(past, past.Newest()).Unless(func() bool { return ctx.Err() != nil }, onCores(0))
	if !whole {
		return ctx.Err()
	}
	if err := r.Adopt(past, found); err != nil {
		return fmt.Errorf("adopt estimate: %w", err)
	}
	return nil
}
