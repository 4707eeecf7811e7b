package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// globals are the global weights that networks begin with.
type globals struct {
	// all are those of every series that sets does not have; nil where no model
	// reads any.
	all *lstm.Weights
	// sets has those of the series of a data set.
	sets map[string]*lstm.Weights
	// shipped says that they are those of this binary.
	shipped bool
}

// of gives the weights of a series.
func (g globals) of(s evaluation.Row) *lstm.Weights {
	if w, ok := g.sets[s.Set]; ok {
		return w
	}
	return g.all
}

// warn says where what is scored may have been learned before.
func (g globals) warn(w io.Writer) {
	if g.shipped {
		fmt.Fprintln(w, "warning:", shippedNote)
	}
}

// shippedNote is what is to be known of scores that networks of this binary
// reach.
const shippedNote = "lstm and combined begin with the weights of this binary, which were trained on the series of the dev panel: what they score on those is no evidence (see --folds and --weights)"

// readGlobals reads the weights that are named, where a model reads any.
func (v evaluateVerb) readGlobals(series []evaluation.Series) (globals, error) {
	switch {
	case !slices.ContainsFunc(v.Models, fold.ReadsWeights):
		return globals{}, nil
	case v.Weights != "":
		w, err := readWeights(v.Weights)
		if err != nil {
			return globals{}, fmt.Errorf("--weights: %w", err)
		}
		return globals{all: w}, nil
	case v.Folds == "":
		return globals{all: lstm.Embedded(), shipped: true}, nil
	}
	sets, err := readFolds(v.Folds)
	if err != nil {
		return globals{}, fmt.Errorf("%s: %w", v.Folds, err)
	}
	for _, s := range series {
		if _, ok := sets[s.Set]; ok {
			continue
		}
		if s.Set == "" {
			return globals{}, fmt.Errorf("--folds: the panel does not say the data set of %s: want it in a column source", s.ID)
		}
		return globals{}, fmt.Errorf("%s: no entry excludes %s, the data set of %s", v.Folds, s.Set, s.ID)
	}
	return globals{sets: sets}, nil
}

func readWeights(path string) (*lstm.Weights, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, err // it names the file
	}
	w, err := lstm.ReadWeights(body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return w, nil
}

// readFolds reads which weights were trained without which data sets: a JSON
// list whose files are relative to its own. Its errors name line and field.
func readFolds(path string) (map[string]*lstm.Weights, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open folds: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return nil, errors.New("line 1: want a list of {exclude, weights}")
	}
	sets := map[string]*lstm.Weights{}
	for n := 1; d.More(); n++ {
		line := lineAt(body, d.InputOffset())
		if err := readFold(d, filepath.Dir(path), sets); err != nil {
			return nil, fmt.Errorf("line %d: entry %d: %w", line, n, err)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("line %d: want the end of the list", lineAt(body, d.InputOffset()))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: want nothing after the list", lineAt(body, d.InputOffset()))
	}
	return sets, nil
}

// lineAt gives the line of the first thing after an offset.
func lineAt(body []byte, offset int64) int {
	rest := bytes.TrimLeft(body[offset:], ", \t\r\n")
	return 1 + bytes.Count(body[:len(body)-len(rest)], []byte("\n"))
}

// readFold reads one entry.
func readFold(d *json.Decoder, dir string, sets map[string]*lstm.Weights) error {
	var entry struct {
		Exclude []string `json:"exclude"`
		Weights string   `json:"weights"`
	}
	var mistyped *json.UnmarshalTypeError
	switch err := d.Decode(&entry); {
	case errors.As(err, &mistyped):
		return fmt.Errorf("%s: want %s, got a %s", orWhole(mistyped.Field), jsonType(mistyped.Field), mistyped.Value)
	case err != nil:
		return err
	case len(entry.Exclude) == 0:
		return errors.New("exclude: want at least one data set")
	case entry.Weights == "":
		return errors.New("weights: want a file")
	}
	file := entry.Weights
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	w, err := readWeights(file)
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	for _, set := range entry.Exclude {
		if _, twice := sets[set]; twice || set == "" {
			return fmt.Errorf("exclude: want data sets that no other entry has, got %q", set)
		}
		sets[set] = w
	}
	return nil
}

// jsonType says what a field of an entry is.
func jsonType(field string) string {
	switch field {
	case "exclude":
		return "a list of data sets"
	case "weights":
		return "a file"
	}
	return "{exclude, weights}"
}

func orWhole(field string) string {
	if field == "" {
		return "entry"
	}
	return field
}
