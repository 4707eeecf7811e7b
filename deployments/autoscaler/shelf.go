package main

import (
	"errors"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// shelf has the weights of a process that asks no bucket: those of files, beside
// the embedded ones. The first are those that policies play with.
type shelf []*lstm.Weights

// readShelf reads files of weights.
func readShelf(paths []string) (shelf, error) {
	var s shelf
	for _, path := range paths {
		w, err := readWeights(path)
		if err != nil {
			return nil, fmt.Errorf("--weights: %w", err)
		}
		s = append(s, w)
	}
	return s, nil
}

// get gives weights by their checksum, or nil.
func (s shelf) get(sum string) *lstm.Weights {
	for _, w := range s {
		if w.Sum() == sum {
			return w
		}
	}
	return nil
}

// holds says that weights are not there which a policy names.
func (s shelf) holds(sum string, named bool) error {
	if named && s.get(sum) == nil {
		return &streams.FieldError{Field: "forecast.weights",
			Cause: fmt.Sprintf("names %s, which is neither in this binary nor in a file of --weights ('autoscaler weights get' writes one)", sum)}
	}
	return nil
}

// equip gives groups the first weights of the shelf, where there are any, and wants
// those that they name to be there.
func (s shelf) equip(groups []config.Group) ([]config.Group, error) {
	var all []error
	equipped := make([]config.Group, len(groups))
	for i, g := range groups {
		if len(s) > 0 {
			g = g.WithWeights(s[0].Sum())
		}
		if err := s.holds(fold.WeightsOf(g.Policy.Forecast)); err != nil {
			all = append(all, fmt.Errorf("group %s: %w", g.ID, err))
		}
		equipped[i] = g
	}
	return equipped, errors.Join(all...)
}
