package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// hourlyPanel writes a panel of two series of nine and ten days by the hour,
// and gives the flags that name it.
func hourlyPanel(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	panel := "id,split,period_s,n,day,W,H,mase_scale,rmsse_scale2,pin_scale,refits\n"
	for i, id := range []string{"short", "long"} {
		n := 24 * (9 + i)
		panel += fmt.Sprintf("%s,dev,3600,%d,24,144,12,2,4,2,144;160\n", id, n)
		writeHours(t, filepath.Join(dir, id+".csv"), n)
	}
	path := filepath.Join(dir, "panel.csv")
	if err := os.WriteFile(path, []byte(panel), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"evaluate", "--panel", path, "--series", dir}
}

// coarsePanel is a panel of one series with so few values that every model is
// estimated in no time, even where races are looked for.
func coarsePanel(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "panel.csv")
	panel := "id,split,period_s,n,day,W,H,mase_scale,rmsse_scale2,pin_scale,refits\nshort,dev,14400,60,6,36,12,2,4,2,36;44\n"
	if err := os.WriteFile(path, []byte(panel), 0o600); err != nil {
		t.Fatal(err)
	}
	writeEvery(t, 4*time.Hour, filepath.Join(dir, "short.csv"), 60)
	return []string{"evaluate", "--panel", path, "--series", dir}
}

func writeHours(t *testing.T, path string, n int) {
	t.Helper()
	writeEvery(t, time.Hour, path, n)
}

// writeEvery writes a series with a daily cycle and something that is not.
func writeEvery(t *testing.T, period time.Duration, path string, n int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("timestamp,value\n")
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for i := range n {
		x := float64(i) * period.Hours()
		fmt.Fprintf(&b, "%s,%.3f\n", start.Add(time.Duration(i)*period).Format(time.RFC3339), 100+40*math.Sin(2*math.Pi*x/24)+7*math.Sin(x*x/11))
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The number of workers changes no byte of scores and forecasts, and the
// summary is that of the scores.
func TestEvaluate(t *testing.T) {
	line := append(hourlyPanel(t), "--models", "naive,rls,snaive,naive_gaussian")
	dir := t.TempDir()
	for _, workers := range []string{"1", "4"} {
		code, out, errs := autoscaler(t, append(line, "--workers", workers, "--scores", filepath.Join(dir, "scores"+workers),
			"--forecasts", filepath.Join(dir, "forecasts"+workers), "--json", filepath.Join(dir, "json"+workers))...)
		if code != 0 {
			t.Fatalf("exit %d: %s%s", code, out, errs)
		}
		if !strings.HasPrefix(out, "2 series, 146 origins, 12 steps ahead") {
			t.Errorf("want the summary of 2 series, got\n%s", out)
		}
	}
	for _, name := range []string{"scores", "forecasts"} {
		if contents(t, filepath.Join(dir, name+"1")) != contents(t, filepath.Join(dir, name+"4")) {
			t.Errorf("the %s of one worker and of four differ", name)
		}
	}
	scores := contents(t, filepath.Join(dir, "scores1"))
	if got := strings.Count(scores, "\n"); got != 1+2*4 {
		t.Errorf("want a header and 8 lines of scores, got %d lines", got)
	}
	forecasts := contents(t, filepath.Join(dir, "forecasts1"))
	if got, want := strings.Count(forecasts, "\n"), 1+4*12*146; got != want {
		t.Errorf("want %d lines of forecasts, got %d", want, got)
	}
	if !strings.HasPrefix(forecasts, "id,model,origin,h,mean,q0.025,q0.1,q0.5,q0.9,q0.95,q0.975,q0.99\nlong,naive,144,1,") {
		t.Errorf("want the longest series first, got %.120s", forecasts)
	}
	checkAssessmentJSON(t, contents(t, filepath.Join(dir, "json1")))
}

// What is found of the combination is printed, written and drawn.
func TestEvaluateCombined(t *testing.T) {
	dir := t.TempDir()
	code, out, errs := autoscaler(t, append(coarsePanel(t), "--models", "combined,lstm,arima,naive", "--training", "1",
		"--report", filepath.Join(dir, "report.html"), "--json", filepath.Join(dir, "json"))...)
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	wants(t, out, `cov80 by series +mean +least +on`, `cov80 by step`, `peaks at or below their 0.95 quantile, by step`,
		`combined against the best of naive, lstm in hindsight, by series: better on [01] of 1`,
		`lstm against arima, by series: better on [01] of 1`, `More than twice its loss on [01]\.`, `first day, begun with nothing before it`)
	page := contents(t, filepath.Join(dir, "report.html"))
	wants(t, page, `Forecasts of 1.series`, `The first day`, `What the parts of the combination weigh`, `is no evidence`, `autoscaler evaluate --panel`)
	if strings.Contains(page, "http:") || strings.Contains(page, "https:") {
		t.Error("the page links to something")
	}
	var got assessmentJSON
	readJSON(t, filepath.Join(dir, "json"), &got)
	if !got.Shipped || len(got.Contrasts) != 2 || len(got.ColdStart) != 4 || got.ColdStart[0].Cov80 == nil || got.Series[0].Cold == nil ||
		got.Series[0].Weights != lstm.Embedded().Sum() || got.Summary[0].PeakBelow95 == nil || len(got.Summary[0].Coverage.Cov80) != 12 || got.Summary[0].Least80.ID != "short" {
		t.Errorf("got %+v", got)
	}
}

func checkAssessmentJSON(t *testing.T, text string) {
	t.Helper()
	var got assessmentJSON
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if got.Horizon != 12 || got.Missing != 0 || len(got.Summary) != 4 || len(got.Series) != 8 || got.Reference != nil {
		t.Fatalf("got %+v", got)
	}
	for _, s := range got.Summary {
		if s.Method == evaluation.SeasonalNaive && math.Abs(*s.Pinball-1) > 1e-12 {
			t.Errorf("want 1 for seasonal naive relative to itself, got %v", *s.Pinball)
		}
	}
	for _, s := range got.Series {
		baseline := s.Method == evaluation.SeasonalNaive || s.Method == evaluation.GaussianNaive
		if (s.Peak == nil) != baseline || len(s.Scores) != len(evaluation.Columns()) {
			t.Errorf("%s on %s: got %+v", s.Method, s.ID, s)
		}
	}
}

// Scores that one run wrote are the reference of the next.
func TestEvaluateShowsAReference(t *testing.T) {
	line := hourlyPanel(t)
	scores := filepath.Join(t.TempDir(), "scores.csv")
	if code, out, errs := autoscaler(t, append(line, "--models", "naive_gaussian", "--scores", scores)...); code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	code, out, errs := autoscaler(t, append(line, "--models", "snaive", "--reference", scores, "--only", "short")...)
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	ours, reference, found := strings.Cut(out, "reference:")
	if !found || !strings.Contains(ours, "snaive") || !strings.Contains(reference, "naive_gaussian") || !strings.HasPrefix(out, "1 series, 61 origins") {
		t.Errorf("want the reference below ours, got\n%s", out)
	}
	if code, _, errs := autoscaler(t, append(line, "--reference", scores, "--horizon", "6")...); code != 1 || !strings.Contains(errs, "over another horizon") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestEvaluateRefuses(t *testing.T) {
	line := hourlyPanel(t)
	dir := filepath.Dir(line[2])
	broken := filepath.Join(dir, "broken.csv")
	if err := os.WriteFile(broken, []byte(strings.Replace(contents(t, line[2]), "144;160", "12", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"evaluate"}, 2, "want --panel or --m4"},
		{[]string{"evaluate", "--panel", "p.csv"}, 2, "--series: want the directory"},
		{append(line, "--models", "naive,oracle"), 2, "--models: oracle: want one of " + strings.Join(fold.Models(), ", ") + ", snaive, naive_gaussian, naive_rolling"},
		{append(line, "--models", "naive,naive"), 2, "--models: naive: named twice"},
		{append(line, "--m4", dir), 2, "--m4: want no --panel"},
		{append(line, "--official", "x"), 2, "--official: goes with --m4"},
		{append(line, "--horizon", "0"), 2, "--horizon: want 1 to 10000 steps"},
		{[]string{"evaluate", "--m4", dir, "--horizon", "12"}, 2, "--horizon: M4 has 48 steps"},
		{[]string{"evaluate", "--m4", dir, "--folds", "f.json"}, 2, "--folds: goes with --panel"},
		{[]string{"evaluate", "--m4", dir, "--report", "r.html"}, 2, "--report: goes with --panel"},
		{append(line, "--training=-1"), 2, "--training: want 0 to 100000 mini-batches"},
		{append(line, "--weights", "w", "--folds", "f"), 2, "--folds: want no --weights with it"},
		{append(line, "--models", "naive", "--weights", "w"), 2, "--models: want lstm or combined where there are weights"},
		{append(line, "--weights", "/nowhere/w"), 1, "--weights: open /nowhere/w"},
		{append(line, "--report", filepath.Join(dir, "none", "r.html")), 1, "write " + filepath.Join(dir, "none", "r.html")},
		{append(line, "--only", "web"), 1, "--only: web is not in " + line[2]},
		{append(line, "--scores", filepath.Join(dir, "none", "s.csv")), 1, "write " + filepath.Join(dir, "none", "s.csv")},
		{[]string{"evaluate", "--panel", broken, "--series", dir}, 1, broken + ": read panel: line 2: refits: want rising origins"},
		{[]string{"evaluate", "--panel", line[2], "--series", "/nowhere"}, 1, "open series: open /nowhere/short.csv"},
		{append(line, "--reference", line[2]), 1, line[2] + ": read scores: line 1: want a column method"},
	} {
		if code, _, errs := autoscaler(t, test.args...); code != test.code || !strings.Contains(errs, test.want) {
			t.Errorf("%v: want exit %d with %q, got %d with %s", test.args, test.code, test.want, code, errs)
		}
	}
}

// An interrupted run shows what was finished, and says so.
func TestEvaluateInterrupted(t *testing.T) {
	line := hourlyPanel(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := run(ctx, process{stdout: &out, stderr: &errs}, line); code != 130 || out.Len() > 0 {
		t.Errorf("nothing finished: want exit 130 and nothing shown, got %d with %s", code, out.String())
	}
	v := evaluateVerb{Panel: line[2], Series: line[4], Models: []string{"naive", "rls"}, Horizon: new(12)}
	series, err := v.read()
	if err != nil {
		t.Fatal(err)
	}
	a := newAssessment(v, series, globals{})
	a.trials[0].play(evaluation.Run{Horizon: 12}, false)
	if err := a.run(ctx, process{stdout: &out, stderr: &errs}); !errors.Is(err, context.Canceled) {
		t.Errorf("want that it was interrupted, got %v", err)
	}
	a.trials[0].play(evaluation.Run{Horizon: 12}, false)
	a.report(nil).print(&out)
	if text := out.String(); !strings.HasPrefix(text, "1 series, 61 origins") || !strings.Contains(text, "3 runs not finished") {
		t.Errorf("want the one run that was finished, got\n%s", text)
	}
}

func TestEvaluateM4(t *testing.T) {
	dir := t.TempDir()
	for _, id := range []string{"H2", "H10"} {
		writeHours(t, filepath.Join(dir, id+".csv"), 24*12)
	}
	official := "submission,author,sMAPE,MASE,OWA,MSIS,ACD\n1,Ada,1,0.5,0.25,2.5,0.1\nNaive,- -,40,11,3.5,,\n"
	if err := os.WriteFile(filepath.Join(dir, "m4_official_hourly.csv"), []byte(official), 0o600); err != nil {
		t.Fatal(err)
	}
	scores, forecasts, figures := filepath.Join(dir, "s.csv"), filepath.Join(dir, "f.csv"), filepath.Join(dir, "f.json")
	code, out, errs := autoscaler(t, "evaluate", "--m4", dir, "--models", "naive,snaive", "--scores", scores, "--forecasts", forecasts, "--json", figures)
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	for _, want := range []string{"snaive", "naive2", "1.000", "official, all 414 series", "Ada", "0.250", "3.500"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %s in\n%s", want, out)
		}
	}
	if got := contents(t, scores); !strings.HasPrefix(got, "id,method,smape,mase,msis,cov95,cov80,exceed99\nH2,naive,") || strings.Count(got, "\n") != 1+2*3 {
		t.Errorf("want 6 lines of scores, H2 first, got\n%s", got)
	}
	if got := strings.Count(contents(t, forecasts), "\n"); got != 1+2*2*48 {
		t.Errorf("want 193 lines of forecasts, got %d", got)
	}
	var got m4JSON
	if err := json.Unmarshal([]byte(contents(t, figures)), &got); err != nil || len(got.Summary) != 3 || len(got.Series) != 6 || *got.Summary[2].OWA != 1 || got.Summary[2].Mean.MSIS != nil {
		t.Errorf("got %+v, error %v", got, err)
	}
	if code, _, errs := autoscaler(t, "evaluate", "--m4", t.TempDir()); code != 1 || !strings.Contains(errs, "no series H*.csv") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
