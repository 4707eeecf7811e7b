package main

import (
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The load of a recording is that of the trace it was made from, in instances.
func TestBacktestOfARecording(t *testing.T) {
	dir := t.TempDir()
	trace, kept := shortTrace(t, 288), filepath.Join(dir, "kept")
	if code, _, errs := autoscaler(t, "replay", trace, "--keep", kept); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	loads := map[string][]string{} // by minute, for each source
	for _, path := range []string{trace, kept} {
		rows := filepath.Join(dir, "rows.csv")
		if code, _, errs := autoscaler(t, "backtest", path, "--policies", "step", "--timeline", rows); code != 0 {
			t.Fatalf("%s: exit %d: %s", path, code, errs)
		}
		lines, err := csv.NewReader(strings.NewReader(contents(t, rows))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines[1:] {
			loads[l[1]] = append(loads[l[1]], l[2][:min(len(l[2]), 9)])
		}
	}
	same, other := 0, 0
	for _, both := range loads {
		switch {
		case len(both) < 2:
		case both[0] == both[1]:
			same++
		default:
			other++
		}
	}
	if same != 1435 || other != 5 { // the last metric had not arrived
		t.Errorf("%d minutes are the same, %d are not", same, other)
	}
}

// What is generated is played as the trace that generate writes would be.
func TestBacktestOfARecipe(t *testing.T) {
	dir := t.TempDir()
	trace := filepath.Join(dir, "shop-7.csv")
	if code, _, errs := autoscaler(t, "generate", "shop", "--seed", "7", "--days", "2", "--out", trace); code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var rows [2]string
	for i, word := range []string{trace, "generate:shop,seed=7,days=2"} {
		file := filepath.Join(dir, "rows.csv")
		code, out, errs := autoscaler(t, "backtest", word, "--policies", "step", "--timeline", file)
		if code != 0 || !strings.HasPrefix(out, "shop-7 (") {
			t.Fatalf("%s: exit %d: %s%s", word, code, out, errs)
		}
		rows[i] = contents(t, file)
	}
	if rows[0] != rows[1] {
		t.Error("the recipe and the trace that it makes are not played alike")
	}
}

func TestBacktestRefuses(t *testing.T) {
	good := shortTrace(t, 24)
	bad := written(t, "timestamp,value\n2026-01-01T00:00:00Z,1\n2026-01-01T00:05:00Z,minus\n")
	for _, tc := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 2, "want a trace, a recording or --from-group"},
		{[]string{good, "--policies", "theirs"}, 2, `--policies: policy "theirs": want one of ours, ours-arima, ours-combined, ours-dhr, ours-lstm, ours-naive, ours-rls, ours-stl_arima, ours-perfect, oracle, `},
		{[]string{good, "--boot", "soon"}, 2, `--boot: want a time such as 180s or lognormal:p50=120s,p95=300s, got "soon"`},
		{[]string{good, "--policies", "step", "--warm-up", "1"}, 2, "--warm-up: want a share from 0 to below 1"},
		{[]string{good, "--policies", "step", "--slo", "101"}, 2, "--slo: want above 0 and at most 100 %"},
		{[]string{good, "--violation-price", "0"}, 2, "--violation-price: want above 0"},
		{[]string{good, "--policies", "step", "--gate", "--incumbent", "ours"}, 2, "--incumbent: want one policy other than ours@8"},
		{[]string{good, "--policies", "step", "--gate", "--incumbent", "step", "--margin", "0.05"}, 2, `--margin: want a share such as 5%, got "0.05"`},
		{[]string{good, "--ab", "ours"}, 2, "--ab: want two policies such as ours,tt.7"},
		{[]string{good + ",sum6"}, 2, `short.csv: want sum5, mean5 or set=NAME after a comma, got "sum6"`},
		{[]string{good + ",sum5"}, 1, "short.csv: sum trace to 5 minutes: period: want 1m0s, got 5m0s"},
		{[]string{"generate:shop,seed"}, 2, `generate:shop,seed: want generate:PROFILE,FLAG=VALUE,..., got "seed"`},
		{[]string{"generate:nowhere"}, 2, "generate:nowhere: profile: want one of "},
		{[]string{good, "--json", "/nowhere/x.json"}, 1, "write /nowhere/x.json: "},
		{[]string{good, "--group", "web"}, 2, "--group: goes with --config"},
		{[]string{good, "--region", "eu-west-1"}, 2, "--region: goes with --from-group"},
		{[]string{bad}, 1, bad + `: read trace: line 3: value: want a number, got "minus"`},
		{[]string{"/nowhere.csv"}, 1, "/nowhere.csv: no such file or directory"},
		{[]string{"--from-group", "web"}, 1, "--from-group: --region, or a group of --config, says where web is"},
		{[]string{"--from-group", "web", "--region", "eu-west-1", "--days", "0"}, 2, "--days: want 1 to 455"},
	} {
		code, out, errs := autoscaler(t, append([]string{"backtest"}, tc.args...)...)
		if code != tc.code || !strings.Contains(errs, tc.want) {
			t.Errorf("%v: exit %d, want %d with %q: %s%s", tc.args, code, tc.code, tc.want, out, errs)
		}
	}
}

func TestParseBoot(t *testing.T) {
	for text, want := range map[string][2]time.Duration{
		"180s":                        {3 * time.Minute},
		"0s":                          {},
		"lognormal:p50=120s,p95=300s": {2 * time.Minute, 5 * time.Minute},
		"lognormal:p95=5m,p50=2m":     {2 * time.Minute, 5 * time.Minute},
	} {
		p50, p95, err := parseBoot(text)
		if got := [2]time.Duration{p50, p95}; err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "3", "-1s", "normal:p50=1s", "lognormal:", "lognormal:p50=120s", "lognormal:p50=300s,p95=120s", "lognormal:p50=x,p95=1s", "lognormal:p50=1s,p95=2s,p99=3s", "lognormal:p50=1h,p95=25h"} {
		if _, _, err := parseBoot(text); err == nil || !strings.HasPrefix(err.Error(), "--boot: ") {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// Traces of one name are told apart, and each belongs to the data set of its
// folder unless it says otherwise.
func TestBacktestNamesItsTraces(t *testing.T) {
	trace := shortTrace(t, 48)
	cases, err := backtestVerb{Traces: []string{trace, trace + ",set=web"}, Peak: 40, Aggregate: "none"}.cases(t.Context(), backtestPlan{})
	if err != nil {
		t.Fatal(err)
	}
	got := [2][2]string{{cases[0].Name, cases[0].Set}, {cases[1].Name, cases[1].Set}}
	if want := [2][2]string{{"short", filepath.Base(filepath.Dir(trace))}, {"short#2", "web"}}; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The history that CloudWatch has of a group is its load, and nothing but
// reading calls are made.
func TestBacktestFromAGroup(t *testing.T) {
	server := simulated(t, awssimVerb{})
	for name, args := range map[string][]string{
		"by its name":            {"--from-group", "ml-predictive-asg-1", "--region", "eu-west-1"},
		"of the configuration":   {"--from-group", "api", "--config", written(t, twoGroups)},
		"with further traces":    {"--from-group", "ml-predictive-asg-2", "--region", "eu-west-1", shortTrace(t, 48)},
		"of an auto scaling one": {"--from-group", "ml-predictive-asg-2", "--config", written(t, twoGroups)},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errs := runVerb(t, append([]string{"backtest", "--days", "3", "--policies", "ours-rls,step"}, args...)...)
			if code != 0 {
				t.Fatalf("exit %d: %s", code, errs)
			}
			wants(t, out, `^\S+ \(eu-west-1\): \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, a metric every [15]m0s, peak \d+ instances, 2\d{3} minutes scored$`, `^ +ours-rls@8 `)
		})
	}
	code, _, errs := runVerb(t, "backtest", "--from-group", "nobody", "--region", "eu-west-1", "--policies", "step")
	if code != 1 || !strings.Contains(errs, "read the history of nobody: there is no such Auto Scaling group in eu-west-1") {
		t.Errorf("exit %d: %s", code, errs)
	}
	reads := []string{"GetMetricData", "DescribeAutoScalingGroups", "DescribePolicies", "DescribeScheduledActions", "DescribeAlarms"}
	for _, call := range server.Calls() {
		if !slices.Contains(reads, call.Operation) {
			t.Errorf("a backtest calls %s", call.Operation)
		}
	}
}
