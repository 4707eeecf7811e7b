package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// contents reads a file.
func contents(t *testing.T, path string) string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// The number of workers changes no byte of what is written.
func TestBacktestIsTheSameWithAnyWorkers(t *testing.T) {
	dir := t.TempDir()
	trace := shortTrace(t, 3*288)
	var files [2][3]string
	for i, workers := range []string{"1", "4"} {
		var args []string
		for _, kind := range []string{"json", "timeline", "report"} {
			args = append(args, "--"+kind, filepath.Join(dir, kind+workers))
		}
		args = append(args, "--policies", "ours,ours-perfect,oracle,step,static-peak", "--incumbent", "step", "--workers", workers,
			"--boot", "lognormal:p50=120s,p95=300s", trace, trace)
		if code, out, errs := autoscaler(t, append([]string{"backtest"}, args...)...); code != 0 {
			t.Fatalf("exit %d: %s%s", code, out, errs)
		}
		for n, kind := range []string{"json", "timeline", "report"} {
			files[i][n] = strings.ReplaceAll(contents(t, filepath.Join(dir, kind+workers)), "--workers "+workers, "")
			files[i][n] = strings.NewReplacer(dir+"/json"+workers, "", dir+"/timeline"+workers, "", dir+"/report"+workers, "").Replace(files[i][n])
		}
	}
	for n, kind := range []string{"json", "timeline", "report"} {
		if files[0][n] != files[1][n] {
			t.Errorf("the %s of one worker and of four differ", kind)
		}
	}
}

// Every score in the JSON is recomputed from the timeline.
func TestBacktestScoresAreThoseOfItsTimeline(t *testing.T) {
	dir := t.TempDir()
	rows, figures := filepath.Join(dir, "rows.csv"), filepath.Join(dir, "figures.json")
	trace := shortTrace(t, 2*288)
	code, _, errs := autoscaler(t, "backtest", trace, trace, "--policies", "ours,oracle,step", "--json", figures, "--timeline", rows)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var told backtestJSON
	readJSON(t, figures, &told)
	timeline, err := fleet.ReadRows(strings.NewReader(contents(t, rows)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]scoreJSON{}
	for _, part := range fleet.ByPolicy(timeline) {
		got[part[0].Policy] = newScoreJSON(fleet.ScoreRows(part, 80))
	}
	want := map[string]scoreJSON{}
	for _, tr := range told.Traces {
		for _, r := range tr.Runs {
			want[tr.Trace+"/"+backtest.Contender{Policy: r.Policy, Knob: r.Knob}.String()] = r.scoreJSON
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) != 6 {
		t.Errorf("scores (-json +timeline):\n%s", diff)
	}
}

// What ours does in a backtest is what it does when the same trace is played
// through the pipeline.
func TestBacktestIsWhatTheReplayPlays(t *testing.T) {
	dir := t.TempDir()
	trace := shortTrace(t, 288)
	config := written(t, "groups: {web: {scope: eu-west-1, scaling: {max: 400, violation_price_instance_hours: 3}}}")
	var timelines [2][]fleet.Row
	for i, args := range [][]string{{"replay", "--lived"}, {"backtest", "--policies", "ours@3"}} {
		rows := filepath.Join(dir, args[0])
		if code, out, errs := autoscaler(t, append(args, "--config", config, "--timeline", rows, trace)...); code != 0 {
			t.Fatalf("%s: exit %d: %s%s", args[0], code, out, errs)
		}
		var err error
		if timelines[i], err = fleet.ReadRows(strings.NewReader(contents(t, rows))); err != nil {
			t.Fatal(err)
		}
		for n := range timelines[i] {
			timelines[i][n].Policy = "ours"
		}
	}
	if diff := cmp.Diff(timelines[0], timelines[1]); diff != "" || len(timelines[0]) != 1440 {
		t.Errorf("minutes (-replay +backtest):\n%s", diff)
	}
}

func TestBacktestGate(t *testing.T) {
	trace := shortTrace(t, 288)
	for _, tc := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"passed", []string{"--incumbent", "static-peak@30"}, 0, "gate passed: J at 8 of ours@8 is 0."},
		{"not passed", []string{"--incumbent", "oracle"}, 1, "gate NOT PASSED: J at 8 of ours@8 is "},
		{"margin", []string{"--incumbent", "static-peak@30", "--margin", "99.9%"}, 1, "wanted at most 0.001"},
		{"several traces", []string{trace, "--incumbent", "static-peak@30"}, 0, "(geometric mean of 2 traces; worst 0."},
		{"another price", []string{"--incumbent", "static-peak@30", "--violation-price", "2"}, 0, "J at 2 of ours@2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, out, errs := autoscaler(t, append(append([]string{"backtest", trace}, tc.args...), "--policies", "oracle", "--gate")...)
			if code != tc.code || !strings.Contains(out, tc.want) {
				t.Errorf("exit %d, want %d with %q: %s%s", code, tc.code, tc.want, out, errs)
			}
		})
	}
}

// An interrupt ends a backtest with 130.
func TestBacktestIsInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, errs bytes.Buffer
	if code := run(ctx, process{stdout: &out, stderr: &errs, env: os.Getenv}, []string{"backtest", shortTrace(t, 48), "--policies", "ours,step"}); code != 130 {
		t.Errorf("exit %d: %s%s", code, out.String(), errs.String())
	}
}

// Two policies are compared day by day.
func TestBacktestAB(t *testing.T) {
	code, out, errs := autoscaler(t, "backtest", shortTrace(t, 4*288), "--policies", "oracle", "--ab", "ours,static-peak@2")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	wants(t, out, `^ours@8 against static-peak@2: 1 load, `, `^ +J at 8 `)
}

// What rivals scored is taken from an earlier backtest of the same load and
// settings, to the last bit; ours is always played.
func TestBacktestTakesWhatIsKnown(t *testing.T) {
	dir, trace := t.TempDir(), shortTrace(t, 288)
	first, again := filepath.Join(dir, "first"), filepath.Join(dir, "again")
	args := []string{"backtest", trace, trace, "--policies", "ours,oracle,step,static-peak", "--sweep", "--prices", "8", "--json"}
	if code, _, errs := autoscaler(t, append(args, first)...); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	// A score that nobody has shows where scores come from.
	var told backtestJSON
	readJSON(t, first, &told)
	for i := range told.Traces {
		for n := range told.Traces[i].Runs {
			if r := &told.Traces[i].Runs[n]; r.Policy == "ours" || r.Policy == "step" && r.Knob == 20 {
				r.Violations = 12345
			}
		}
	}
	marked := filepath.Join(dir, "marked")
	if err := writeFile(marked, func(w io.Writer) error { return json.NewEncoder(w).Encode(told) }); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := autoscaler(t, append(args, again, "--known", marked)...); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var got backtestJSON
	readJSON(t, again, &got)
	for _, tr := range got.Traces {
		for _, r := range tr.Runs {
			if known := r.Violations == 12345; known != (r.Policy == "step" && r.Knob == 20) {
				t.Errorf("%s@%g on %s has the marked score: %v", r.Policy, r.Knob, tr.Trace, known)
			}
		}
	}
	if code, _, _ := autoscaler(t, append(args, again, "--known", first)...); code != 0 || contents(t, again) != contents(t, first) {
		t.Errorf("exit %d: what is known changes the figures", code)
	}
	code, _, errs := autoscaler(t, append(args, again, "--known", first, "--boot", "480s")...)
	if code != 1 || !strings.Contains(errs, "first: settings: want ") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// What ours was told that a violated minute is worth is what everything is
// judged by, in the tables, the JSON and the report.
func TestBacktestJudgesByThePriceThatOursWasTold(t *testing.T) {
	dir := t.TempDir()
	page, figures := filepath.Join(dir, "page.html"), filepath.Join(dir, "figures.json")
	code, out, errs := autoscaler(t, "backtest", shortTrace(t, 288), "--policies", "ours,step", "--incumbent", "step",
		"--violation-price", "4", "--report", page, "--json", figures)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	wants(t, out, `J at 4 +J at 8 +J at 2`, `best rival of those named at w = 4: `)
	wants(t, contents(t, page), `counts as 4.instance`, `\$0\.10, assumed`)
	var told backtestJSON
	readJSON(t, figures, &told)
	if len(told.Contests) != 1 || told.Contests[0].Price != 4 {
		t.Errorf("contests %+v", told.Contests)
	}
}

// Where knobs are swept, the table says which of them hindsight would have
// taken, and no line is longer than a terminal of 120 columns.
func TestBacktestTableNamesTheBest(t *testing.T) {
	code, out, errs := autoscaler(t, "backtest", shortTrace(t, 2*288), shortTrace(t, 288), "--policies", "ours,oracle,step,aws-predictive-fast", "--sweep", "--prices", "8", "--price", "0.1")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	wants(t, out, `  best 8`, `chosen 8`, `  own 8`, `^best: the rival and knob`, `^  trace +J/best +best rival +J/chosen`, `^figure +at w +value`)
	for line := range strings.Lines(out) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 120 || strings.HasSuffix(line, " \n") {
			t.Errorf("%d columns: %q", n, line)
		}
	}
}
