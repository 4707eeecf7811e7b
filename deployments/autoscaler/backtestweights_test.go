package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
)

// foldsFile writes folds of other weights for each of the data sets.
func foldsFile(t *testing.T, sets ...string) (path string, sums map[string]string) {
	t.Helper()
	sums = map[string]string{}
	var entries []string
	for i, set := range sets {
		file, w := weightsFile(t, uint64(i+1))
		sums[set] = w.Sum()
		entries = append(entries, fmt.Sprintf(`{"exclude": [%q], "weights": %q}`, set, file))
	}
	path = filepath.Join(t.TempDir(), "folds.json")
	if err := os.WriteFile(path, []byte("["+strings.Join(entries, ",\n")+"]"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, sums
}

// Ours plays each trace with the weights that exclude its data set, as with those
// alone, and says so.
func TestBacktestPlaysFolds(t *testing.T) {
	folds, sums := foldsFile(t, "shop", "pool")
	shop, pool := shortTrace(t, 3*288)+",set=shop", shortTrace(t, 3*288)+",set=pool"
	run := func(args ...string) (backtestJSON, string) {
		figures := filepath.Join(t.TempDir(), "figures.json")
		code, out, errs := autoscaler(t, append([]string{"backtest", "--policies", "ours-lstm,step", "--json", figures}, args...)...)
		if code != 0 {
			t.Fatalf("%v: exit %d: %s", args, code, errs)
		}
		var told backtestJSON
		readJSON(t, figures, &told)
		return told, out
	}
	both, out := run(shop, pool, "--folds", folds)
	wants(t, out, "^  shop +"+sums["shop"]+"$", "^  pool +"+sums["pool"]+"$")
	for i, set := range []string{"shop", "pool"} {
		if both.Traces[i].Set != set || both.Traces[i].Weights != sums[set] {
			t.Errorf("trace %d: %s with %s", i, both.Traces[i].Set, both.Traces[i].Weights)
		}
	}
	if both.Traces[0].Runs[0].scoreJSON == both.Traces[1].Runs[0].scoreJSON {
		t.Error("the weights show nowhere")
	}
	file, w := weightsFile(t, 1)
	alone, out := run(shop, "--weights", file)
	wants(t, out, "^Weights of lstm and combined: "+w.Sum()+"$")
	if alone.Traces[0].Runs[0].scoreJSON != both.Traces[0].Runs[0].scoreJSON {
		t.Error("ours on a fold differs from ours on its weights alone")
	}
	_, out = run(shop)
	wants(t, out, "^Weights of lstm and combined: "+fold.EmbeddedWeights()+` \(of this binary\)$`)
}

// Weights that cannot be played are refused, and why is told.
func TestBacktestRefusesFolds(t *testing.T) {
	folds, _ := foldsFile(t, "shop")
	file, _ := weightsFile(t, 1)
	trace := shortTrace(t, 288)
	for want, args := range map[string][]string{
		"no entry excludes vm, the data set of":                     {trace + ",set=vm", "--policies", "ours-combined", "--folds", folds},
		"--policies: want ours on lstm or combined where there are": {trace + ",set=shop", "--policies", "ours-rls", "--folds", folds},
		"--folds: want no --weights with it":                        {trace, "--policies", "ours-lstm", "--folds", folds, "--weights", file},
		"line 1: want a list":                                       {trace, "--policies", "ours-lstm", "--folds", file},
	} {
		if code, _, errs := autoscaler(t, append([]string{"backtest"}, args...)...); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%v: exit %d: %s, want %s", args, code, errs, want)
		}
	}
}
