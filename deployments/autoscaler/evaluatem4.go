package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// m4Trial is a model on a series of M4, and what came of it.
type m4Trial struct {
	contender
	id      string
	series  evaluation.M4
	scores  evaluation.M4Scores
	seconds float64
	done    bool
	err     error
}

// m4Line is a model over all series; one of the official table where it has no
// series.
type m4Line struct {
	name         string
	series       int
	mean         evaluation.M4Scores
	owa, seconds float64
}

func (v evaluateVerb) runM4(ctx context.Context, p process) error {
	series, err := v.readM4()
	if err != nil {
		return err
	}
	official, err := v.readOfficial()
	if err != nil {
		return err
	}
	if err := canWriteAll(v.Scores, v.Forecasts, v.JSON); err != nil {
		return err
	}
	global, err := v.m4Weights(ctx, p, series)
	if err != nil {
		return err
	}
	trials := v.m4Trials(series, global)
	failed := v.playM4(ctx, p, trials)
	trials = slices.DeleteFunc(trials, func(t *m4Trial) bool { return !t.done })
	lines := m4Lines(trials)
	if len(lines) == 0 {
		return failed
	}
	if err := v.writeM4(trials, lines); err != nil {
		return errors.Join(failed, err)
	}
	printM4(p.stdout, lines, official)
	return failed
}

// readM4 reads the series of the directory, by number.
func (v evaluateVerb) readM4() ([]evaluation.M4, error) {
	paths, err := filepath.Glob(filepath.Join(v.M4, "H*.csv"))
	if err != nil {
		return nil, fmt.Errorf("--m4: %w", err)
	}
	id := func(path string) string { return strings.TrimSuffix(filepath.Base(path), ".csv") }
	if len(v.Only) > 0 {
		paths = slices.DeleteFunc(paths, func(path string) bool { return !slices.Contains(v.Only, id(path)) })
	}
	for _, name := range v.Only {
		if !slices.ContainsFunc(paths, func(path string) bool { return id(path) == name }) {
			return nil, fmt.Errorf("--only: %s.csv is not in %s", name, v.M4)
		}
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("--m4: no series H*.csv in %s", v.M4)
	}
	slices.SortFunc(paths, func(x, y string) int {
		if len(x) != len(y) {
			return len(x) - len(y)
		}
		return strings.Compare(x, y)
	})
	var all []evaluation.M4
	for _, path := range paths {
		s, err := readFile("series", path, func(r io.Reader) (evaluation.M4, error) { return evaluation.ReadM4(id(path), r) })
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// m4Trials pairs every series with every model, and with Naive2, which all of
// them are relative to.
func (v evaluateVerb) m4Trials(series []evaluation.M4, global *lstm.Weights) []*m4Trial {
	var trials []*m4Trial
	for _, s := range series {
		for _, name := range append(slices.Clone(v.Models), evaluation.Naive2) {
			t := &m4Trial{id: s.Known.ID, series: s, contender: contender{method: name, weights: global, training: v.Training}}
			if name == combine.Name {
				t.series = s.Weekly()
			}
			trials = append(trials, t)
		}
	}
	return trials
}

// playM4 runs every trial, and joins what went wrong.
func (v evaluateVerb) playM4(ctx context.Context, p process, trials []*m4Trial) (failed error) {
	sink, err := newForecastSink(v.Forecasts, len(trials))
	if err != nil {
		return err
	}
	bar := newProgress(p.stderr, int64(len(trials)), "evaluating")
	onCores(v.Workers)(len(trials), func(i int) {
		var rows []byte
		if ctx.Err() == nil {
			rows = trials[i].play(sink != nil)
		}
		sink.finish(i, rows)
		bar.add(1)
	})
	bar.done()
	for _, t := range trials {
		if t.err != nil {
			failed = errors.Join(failed, fmt.Errorf("evaluate %s on %s: %w", t.method, t.id, t.err))
		}
	}
	return errors.Join(ctx.Err(), failed, sink.close())
}

func (t *m4Trial) play(keep bool) []byte {
	began := time.Now()
	scores, bands, err := t.series.Score(t.make, model.InLine)
	t.seconds = time.Since(began).Seconds()
	t.scores, t.done, t.err = scores, err == nil, err
	if err != nil || !keep || t.method == evaluation.Naive2 {
		return nil
	}
	return appendForecast(nil, t.id+","+t.method, t.series.Known.N, bands)
}

// m4Lines sums up, a line a model. Each is relative to Naive2 on the series
// that the model was finished on.
func m4Lines(trials []*m4Trial) []m4Line {
	naive2 := map[string]evaluation.M4Scores{}
	var methods []string
	for _, t := range trials {
		if t.method == evaluation.Naive2 {
			naive2[t.id] = t.scores
		}
		if !slices.Contains(methods, t.method) {
			methods = append(methods, t.method)
		}
	}
	var lines []m4Line
	for _, method := range methods {
		line := m4Line{name: method}
		var own, base []evaluation.M4Scores
		for _, t := range trials {
			if n, ok := naive2[t.id]; ok && t.method == method {
				own, base = append(own, t.scores), append(base, n)
				line.seconds += t.seconds
			}
		}
		if line.series = len(own); line.series == 0 {
			continue
		}
		line.mean = evaluation.MeanM4(own)
		line.owa = line.mean.OWA(evaluation.MeanM4(base))
		lines = append(lines, line)
	}
	return lines
}

func printM4(w io.Writer, lines, official []m4Line) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "M4 Hourly, %d ahead\tsMAPE\tMASE\tOWA\tMSIS\tcov95\tcov80\texceed99\tseries\tseconds\t\n", evaluation.M4Horizon)
	for _, l := range lines {
		m := l.mean
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%.3f\t%s\t%s\t%s\t%s\t%d\t%.1f\t\n", l.name, m.SMAPE, m.MASE, l.owa,
			orBlank(m.MSIS), orBlank(m.Cov95), orBlank(m.Cov80), orBlank(m.Exceed99), l.series, l.seconds)
	}
	if len(official) > 0 {
		fmt.Fprint(t, "official, all 414 series:\t\t\t\t\t\t\t\t\t\t\n")
	}
	for _, l := range official {
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%.3f\t%s\t\t\t\t414\t\t\n", l.name, l.mean.SMAPE, l.mean.MASE, l.owa, orBlank(l.mean.MSIS))
	}
	// What it writes to reports its own errors.
	_ = t.Flush()
}

// writeM4 writes the files that were asked for.
func (v evaluateVerb) writeM4(trials []*m4Trial, lines []m4Line) error {
	if v.Scores != "" {
		err := writeFile(v.Scores, func(w io.Writer) error { return writeM4Scores(w, trials) })
		if err != nil {
			return err
		}
	}
	if v.JSON == "" {
		return nil
	}
	return writeJSON(v.JSON, newM4JSON(trials, lines))
}
