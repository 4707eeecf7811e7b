package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

type evaluateVerb struct {
	Panel  string `placeholder:"FILE" help:"Panel: CSV, a series a row, that says where history ends, where parameters may be estimated and what errors are divided by."`
	Series string `placeholder:"DIR" help:"Directory that has each series of the panel as ID.csv (timestamp,value)."`

	M4 string `name:"m4" placeholder:"DIR" help:"Instead of a panel: a directory of series of the M4 Hourly competition (H1.csv, ...: timestamp,value; the last 48 rows are the test set)."`

	Models  []string `default:"arima,dhr,stl_arima,rls,naive,snaive" placeholder:"NAME" help:"Models by comma (default arima,dhr,stl_arima,rls,naive,snaive): those of the forecaster; snaive, seasonal naive by day; and naive_gaussian, the naive of the reference scores."`
	Only    []string `placeholder:"ID" help:"Only these series."`
	Horizon int      `default:"12" placeholder:"STEPS" help:"Steps forecast from each origin of a panel (default 12)."`

	Scores    string `placeholder:"FILE" help:"Write the scores of each model on each series as CSV."`
	Forecasts string `placeholder:"FILE" help:"Write every forecast as CSV: some 100 bytes for each origin, step and model."`
	JSON      string `name:"json" placeholder:"FILE" help:"Write the summary, and the scores and seconds of each model on each series, as JSON."`
	Reference string `placeholder:"FILE" help:"Scores of other methods to show beside ours (default: scores_dev.csv beside the panel, where there is one)."`
	Official  string `placeholder:"FILE" help:"Official table of M4 Hourly to show beside ours (default: m4_official_hourly.csv in or above --m4, where there is one)."`

	Workers int `default:"0" placeholder:"N" help:"Series side by side (default: as many as there are cores). Scores do not depend on it."`
}

// Help describes the verb at length.
func (evaluateVerb) Help() string {
	return `Every value after the initial history of a series is an origin: the model has seen
all values before it, and forecasts the next ones. Parameters are estimated at the
four refit origins of the panel only, from the last W values; in between, states
move with every value. All forecasts of all origins are scored.

  autoscaler evaluate --panel eval_panel_dev.csv --series eval/dev
  autoscaler evaluate --panel eval_panel_dev.csv --series eval/dev --models rls,naive_gaussian --scores scores.csv
  autoscaler evaluate --panel eval_panel_dev.csv --series eval/dev --only ibm_15min --forecasts forecasts.csv
  autoscaler evaluate --m4 m4_hourly --models rls,snaive

The summary has a line a model. Pinball (the mean over seven quantiles, which is
what counts) and MASE are geometric means over the series relative to seasonal
naive by day: 1 is as good, less is better. The rest are means over the series:
rank is the place by pinball among all lines shown, and exceed99 the share of
values above the 0.99 quantile, which should be 0.010. The splits of a panel are
not told apart there: keep what is held back in a panel of its own.
Below come the methods of --reference on the same series, and how the quantiles of
the highest of all steps fared, which is what capacity goes by.

With --m4 there is one origin a series and a horizon of 48; parameters are
estimated there, from the last 20 of the 21 days that a model keeps of the 700 or
960 hours. OWA is relative to Naive2 on the same series.

Seconds are summed over the series. In the file of forecasts the longest series come
first, and mean is the median: no model states a mean.

It exits with 1 where a model failed or a file could not be read, with 2 where the
command line makes no sense, and with 130 where it was interrupted; what was
finished by then is written and shown.`
}

// Validate checks what flags go together.
func (v evaluateVerb) Validate() error {
	switch {
	case v.M4 != "" && (v.Panel != "" || v.Series != "" || v.Reference != ""):
		return errors.New("--m4: want no --panel, --series or --reference with it")
	case v.M4 == "" && v.Official != "":
		return errors.New("--official: goes with --m4")
	case v.M4 == "" && v.Panel == "":
		return errors.New("want --panel or --m4")
	case v.M4 == "" && v.Series == "":
		return errors.New("--series: want the directory that has the series of --panel")
	case len(v.Models) == 0:
		return errors.New("--models: want at least one")
	case v.Horizon < 1 || v.Horizon > 10000:
		return errors.New("--horizon: want 1 to 10000 steps")
	case v.Workers < 0:
		return errors.New("--workers: must not be negative")
	}
	for i, name := range v.Models {
		if slices.Contains(v.Models[:i], name) {
			return fmt.Errorf("--models: %s: named twice", name)
		}
		if _, err := makerOf(name); err != nil {
			return fmt.Errorf("--models: %w", err)
		}
	}
	return nil
}

// makerOf gives what makes the forecasters of a name.
func makerOf(name string) (evaluation.Make, error) {
	switch {
	case name == evaluation.SeasonalNaive:
		return evaluation.NewSeasonalNaive, nil
	case name == evaluation.GaussianNaive:
		return evaluation.NewGaussianNaive, nil
	case slices.Contains(fold.Models(), name):
		return evaluation.OfModel(func(c model.Config) model.Model { return fold.NewModel(name, c) }), nil
	}
	known := append(fold.Models(), evaluation.SeasonalNaive, evaluation.GaussianNaive)
	return nil, fmt.Errorf("%s: want one of %s", name, strings.Join(known, ", "))
}

// Run evaluates the models and shows what they scored. Where it is interrupted
// it shows what was finished.
func (v evaluateVerb) Run(ctx context.Context, p process) error {
	if v.M4 != "" {
		return v.runM4(ctx, p)
	}
	return v.runPanel(ctx, p)
}

func (v evaluateVerb) runPanel(ctx context.Context, p process) error {
	series, err := v.read()
	if err != nil {
		return err
	}
	reference, err := v.readReference(series)
	if err != nil {
		return err
	}
	if err := canWriteAll(v.Scores, v.Forecasts, v.JSON); err != nil {
		return err
	}
	e := newAssessment(v, series)
	failed := e.run(ctx, p)
	if len(e.finished()) == 0 {
		return failed
	}
	r := e.report(reference)
	if err := r.write(v); err != nil {
		return errors.Join(failed, err)
	}
	r.print(p.stdout)
	return failed
}

// canWriteAll looks, before long work, whether there is a place for what is to
// be written. An empty path is nothing to write.
func canWriteAll(paths ...string) error {
	for _, path := range paths {
		if path == "" {
			continue
		}
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return nil
}

// read reads the panel and its series.
func (v evaluateVerb) read() ([]evaluation.Series, error) {
	file, err := os.Open(v.Panel)
	if err != nil {
		return nil, fmt.Errorf("open panel: %w", err)
	}
	defer file.Close()
	rows, err := evaluation.ReadPanel(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", v.Panel, err)
	}
	for _, id := range v.Only {
		if !slices.ContainsFunc(rows, func(r evaluation.Row) bool { return r.ID == id }) {
			return nil, fmt.Errorf("--only: %s is not in %s", id, v.Panel)
		}
	}
	var all []evaluation.Series
	for _, row := range rows {
		if len(v.Only) > 0 && !slices.Contains(v.Only, row.ID) {
			continue
		}
		s, err := readPanelSeries(filepath.Join(v.Series, row.ID+".csv"), row)
		if err != nil {
			return nil, err
		}
		if s.Window+v.Horizon > s.N {
			return nil, fmt.Errorf("--horizon: series %s has %d values after its history", row.ID, s.N-s.Window)
		}
		all = append(all, s)
	}
	return all, nil
}

func readPanelSeries(path string, row evaluation.Row) (evaluation.Series, error) {
	file, err := os.Open(path)
	if err != nil {
		return evaluation.Series{}, fmt.Errorf("open series: %w", err)
	}
	defer file.Close()
	s, err := row.ReadSeries(file)
	if err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// readReference reads the scores of other methods, nil where there are none:
// none are beside the panel, or they are over another horizon.
func (v evaluateVerb) readReference(series []evaluation.Series) ([]evaluation.Entry, error) {
	path := v.Reference
	if path == "" {
		path = filepath.Join(filepath.Dir(v.Panel), "scores_dev.csv")
		if _, err := os.Stat(path); err != nil {
			return nil, nil
		}
	}
	other := func(s evaluation.Series) bool { return s.Row.Horizon != v.Horizon }
	if slices.ContainsFunc(series, other) {
		if v.Reference != "" {
			return nil, errors.New("--reference: its scores are over another horizon")
		}
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open reference: %w", err)
	}
	defer file.Close()
	entries, err := evaluation.ReadScores(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return entries, nil
}

// onCores runs tasks on as many goroutines as there are workers, 0 for one a
// core, starts them in order, and waits for them.
func onCores(workers int) model.Each {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return func(n int, task func(i int)) {
		var g errgroup.Group
		g.SetLimit(workers)
		for i := range n {
			g.Go(func() error { task(i); return nil })
		}
		_ = g.Wait() // tasks keep their own errors
	}
}
