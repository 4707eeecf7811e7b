package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// keepWeights writes the weights of this binary to a file.
func keepWeights(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), lstm.Embedded().Binary(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Each series begins with weights that never saw its data set.
func TestReadFolds(t *testing.T) {
	dir := t.TempDir()
	keepWeights(t, dir, "a.weights")
	folds := filepath.Join(dir, "folds.json")
	write := func(text string) {
		if err := os.WriteFile(folds, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("[\n {\"exclude\": [\"web\", \"pool\"], \"weights\": \"a.weights\"}\n]\n")
	v := evaluateVerb{Models: []string{"lstm"}, Folds: folds}
	of := func(set string) []evaluation.Series {
		return []evaluation.Series{{Row: evaluation.Row{ID: "x", Set: set}}}
	}
	g, err := v.readGlobals(of("pool"))
	if err != nil || g.shipped || g.of(evaluation.Row{Set: "pool"}) == nil {
		t.Errorf("got %+v, error %v", g, err)
	}
	if _, err := v.readGlobals(of("vm")); err == nil || err.Error() != folds+": no entry excludes vm, the data set of x" {
		t.Errorf("got %v", err)
	}
	if _, err := v.readGlobals(of("")); err == nil || !strings.Contains(err.Error(), "does not say the data set of x") {
		t.Errorf("got %v", err)
	}
	for text, want := range map[string]string{
		`{}`: "line 1: want a list of {exclude, weights}",
		``:   "line 1: want a list of {exclude, weights}",
		"[\n{\"exclude\":[\"web\"],\"weights\":\"a.weights\"},\n\n{\"exclude\":[\"vm\"]}]": "line 4: entry 2: weights: want a file",
		"[\n{\"weights\":\"a.weights\"}]":                                                  "line 2: entry 1: exclude: want at least one data set",
		"[\n{\"exclude\":\"web\",\"weights\":\"a.weights\"}]":                              "line 2: entry 1: exclude: want a list of data sets, got a string",
		"[\n{\"exclude\":[\"web\"],\"weights\":7}]":                                        "line 2: entry 1: weights: want a file, got a number",
		"[\n\n3]": "line 3: entry 1: entry: want {exclude, weights}, got a number",
		"[{\"exclude\":[\"web\"],\"weight\":\"a.weights\"}]":                                                             "line 1: entry 1: json: unknown field \"weight\"",
		"[{\"exclude\":[\"web\"],\"weights\":\"b.weights\"}]":                                                            "line 1: entry 1: weights: open " + filepath.Join(dir, "b.weights"),
		"[{\"exclude\":[\"web\"],\"weights\":\"folds.json\"}]":                                                           "line 1: entry 1: weights: " + folds + ": ",
		"[{\"exclude\":[\"web\"],\"weights\":\"a.weights\"},\n{\"exclude\":[\"vm\",\"web\"],\"weights\":\"a.weights\"}]": "line 2: entry 2: exclude: want data sets that no other entry has, got \"web\"",
		"[{\"exclude\":[\"web\"],\"weights\":\"a.weights\"}\n":                                                           "line 2: want the end of the list",
		"[{\"exclude\":[\"web\"],\"weights\":\"a.weights\"}]\n]":                                                         "line 2: want nothing after the list",
	} {
		write(text)
		if _, err := readFolds(folds); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: want %s, got %v", text, want, err)
		}
	}
}

// What was learned on the series that it is scored on is warned of, and only
// that.
func TestEvaluateWarnsOfItsOwnWeights(t *testing.T) {
	line := append(coarsePanel(t), "--training", "0")
	keepWeights(t, filepath.Dir(line[2]), "a.weights")
	for _, tc := range []struct {
		args []string
		want bool
	}{
		{[]string{"--models", "lstm"}, true},
		{[]string{"--models", "lstm", "--weights", filepath.Join(filepath.Dir(line[2]), "a.weights")}, false},
		{[]string{"--models", "naive"}, false},
	} {
		code, _, errs := autoscaler(t, append(line, tc.args...)...)
		if code != 0 || strings.Contains(errs, "is no evidence") != tc.want {
			t.Errorf("%v: exit %d: %s", tc.args, code, errs)
		}
	}
}

// The network of M4 learns from what is known, and from nothing else.
func TestEvaluateM4LearnsFromWhatIsKnown(t *testing.T) {
	dir := t.TempDir()
	writeHours(t, filepath.Join(dir, "H1.csv"), 24*20)
	series, err := evaluateVerb{M4: dir}.readM4()
	if err != nil {
		t.Fatal(err)
	}
	data := m4Data(series)
	if len(data.Series) != 1 || !slices.Equal(data.Series[0].Values, series[0].Known.Values) || len(data.Series[0].Values) != 24*20-evaluation.M4Horizon {
		t.Errorf("got %d series", len(data.Series))
	}
	writeHours(t, filepath.Join(dir, "H1.csv"), 24*6)
	code, _, errs := autoscaler(t, "evaluate", "--m4", dir, "--models", "lstm")
	if code != 1 || !strings.Contains(errs, "--m4: train: series: want at least one of ") {
		t.Errorf("too short to learn from: exit %d: %s", code, errs)
	}
}
