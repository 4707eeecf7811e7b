package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
)

// read reads the panel and its series.
func (v evaluateVerb) read() ([]evaluation.Series, error) {
	rows, err := readFile("panel", v.Panel, evaluation.ReadPanel)
	if err != nil {
		return nil, err
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
		s, err := readFile("series", filepath.Join(v.Series, row.ID+".csv"), row.ReadSeries)
		if err != nil {
			return nil, err
		}
		if s.Window+v.horizon() > s.N {
			return nil, fmt.Errorf("--horizon: series %s has %d values after its history", row.ID, s.N-s.Window)
		}
		all = append(all, s)
	}
	return all, nil
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
	other := func(s evaluation.Series) bool { return s.Row.Horizon != v.horizon() }
	if slices.ContainsFunc(series, other) {
		if v.Reference != "" {
			return nil, errors.New("--reference: its scores are over another horizon")
		}
		return nil, nil
	}
	return readFile("reference", path, evaluation.ReadScores)
}
