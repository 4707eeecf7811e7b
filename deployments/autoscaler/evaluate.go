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

	"github.com/alecthomas/kong"
	"golang.org/x/sync/errgroup"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

type evaluateVerb struct {
	Panel  string `placeholder:"FILE" help:"Panel: CSV, a series a row, that says where history ends, where parameters may be estimated and what errors are divided by."`
	Series string `placeholder:"DIR" help:"Directory that has each series of the panel as ID.csv (timestamp,value)."`

	M4 string `name:"m4" placeholder:"DIR" help:"Instead of a panel: a directory of series of the M4 Hourly competition (H1.csv, ...: timestamp,value; the last 48 rows are the test set)."`

	Models   []string `default:"combined,lstm,arima,dhr,stl_arima,rls,naive,snaive" placeholder:"NAME" help:"Models by comma (default combined,lstm,arima,dhr,stl_arima,rls,naive,snaive): those of the forecaster; last and rls_root, parts of combined; snaive, seasonal naive by day; naive_gaussian, the naive of the reference scores; and naive_rolling, the last value with the variance of a day."`
	Only     []string `placeholder:"ID" help:"Only these series."`
	Horizon  *int     `placeholder:"STEPS" help:"Steps forecast from each origin of a panel (default 12); M4 has 48."`
	Weights  string   `placeholder:"FILE" help:"Global weights that lstm and combined begin with on all series (default: those of this binary, which were trained on the dev series; with --m4 it trains its own)."`
	Folds    string   `placeholder:"FILE" help:"Global weights by data set: JSON, a list of {\"exclude\": [\"web\"], \"weights\": \"web.weights\"}. A series begins with those that exclude its data set."`
	Training int      `default:"20" placeholder:"N" help:"Mini-batches on which lstm and combined are trained at each refit (default 20, 0 for none)."`

	Scores    string `placeholder:"FILE" help:"Write the scores of each model on each series as CSV."`
	Forecasts string `placeholder:"FILE" help:"Write every forecast as CSV: some 100 bytes for each origin, step and model."`
	JSON      string `name:"json" placeholder:"FILE" help:"Write the summary, and the scores and seconds of each model on each series, as JSON."`
	Report    string `placeholder:"FILE" help:"Write pictures of it as one HTML file: fan charts, coverage, the weights of the combination."`
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
Below come the methods of --reference on the same series; the coverage of the 80 %
band on the worst series, and of the 95 % quantile of the highest value up to each
step, by which capacity goes; combined against the best of its own parts, as far as
they are among --models, on each series in hindsight; lstm against arima; and the
first day of each series, begun anew with nothing before its first value, against the
last value with a rolling variance.

lstm and combined begin with global weights. Those of this binary were trained on
the dev series, so what they score there is no evidence: name weights that never
saw a series by --folds, or by --weights.

With --m4 there is one origin a series and a horizon of 48; parameters are
estimated there, from the last 20 of the 21 days that a model keeps of the 700 or
960 hours. combined is estimated once a week before that too, since it learns on
the way what its parts are worth. The global weights are trained on the known hours
of the series of the directory alone, unless --weights names some. OWA is relative
to Naive2 on the same series.

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
	case v.M4 != "" && v.horizon() != evaluation.M4Horizon:
		return fmt.Errorf("--horizon: M4 has %d steps, by which its official scores are", evaluation.M4Horizon)
	case v.horizon() < 1 || v.horizon() > 10000:
		return errors.New("--horizon: want 1 to 10000 steps")
	case v.Training < 0 || v.Training > 100000:
		return errors.New("--training: want 0 to 100000 mini-batches")
	case v.M4 != "" && v.Folds != "":
		return errors.New("--folds: goes with --panel")
	case v.M4 != "" && v.Report != "":
		return errors.New("--report: goes with --panel")
	case v.Weights != "" && v.Folds != "":
		return errors.New("--folds: want no --weights with it")
	case (v.Weights != "" || v.Folds != "") && !slices.ContainsFunc(v.Models, fold.ReadsWeights):
		return errors.New("--models: want lstm or combined where there are weights")
	case v.Workers < 0:
		return errors.New("--workers: must not be negative")
	}
	for i, name := range v.Models {
		if slices.Contains(v.Models[:i], name) {
			return fmt.Errorf("--models: %s: named twice", name)
		}
		if known := methods(); !slices.Contains(known, name) {
			return fmt.Errorf("--models: %s: want one of %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// methods names what can be evaluated.
func methods() []string {
	all := append(fold.Models(), evaluation.SeasonalNaive, evaluation.GaussianNaive, evaluation.RollingNaive)
	for _, part := range fold.Parts() {
		if !slices.Contains(all, part) {
			all = append(all, part)
		}
	}
	return all
}

// defaultHorizon is the horizon of a panel where none is named, in steps.
const defaultHorizon = 12

// horizon gives how many steps are forecast.
func (v evaluateVerb) horizon() int {
	switch {
	case v.Horizon != nil:
		return *v.Horizon
	case v.M4 != "":
		return evaluation.M4Horizon
	}
	return defaultHorizon
}

// Run evaluates the models and shows what they scored. Where it is interrupted
// it shows what was finished.
func (v evaluateVerb) Run(ctx context.Context, p process, line *kong.Context) error {
	if v.M4 != "" {
		return v.runM4(ctx, p)
	}
	return v.runPanel(ctx, p, line.Args)
}

func (v evaluateVerb) runPanel(ctx context.Context, p process, line []string) error {
	series, err := v.read()
	if err != nil {
		return err
	}
	reference, err := v.readReference(series)
	if err != nil {
		return err
	}
	global, err := v.readGlobals(series)
	if err != nil {
		return err
	}
	if err := canWriteAll(v.Scores, v.Forecasts, v.JSON, v.Report); err != nil {
		return err
	}
	global.warn(p.stderr)
	a := newAssessment(v, series, global)
	failed := a.run(ctx, p)
	if len(a.finished()) == 0 {
		return failed
	}
	r := a.report(reference)
	if err := r.write(line); err != nil {
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
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return fmt.Errorf("write %s: is a directory", path)
		}
	}
	return nil
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
