package fold

import (
	"maps"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// kit is what outlooks are made and refitted with.
type kit struct {
	estimates Estimates
	weights   func(sum string) *lstm.Weights // nil has only the embedded ones
	more      map[string]func(model.Config) model.Model
}

// names lists the models that there are, sorted.
func (k kit) names() []string {
	return slices.Sorted(slices.Values(slices.Concat(Models(), slices.Collect(maps.Keys(k.more)))))
}

// make gives the model of terms, or nil where there is none of that name, or the
// weights that it reads are not there.
func (k kit) make(t terms, grid model.Grid) model.Model {
	if mk := k.more[t.model]; mk != nil {
		return mk(t.config(grid))
	}
	if t.weights == "" || !ReadsWeights(t.model) {
		return NewModel(t.model, t.config(grid), nil)
	}
	if k.weights == nil {
		return nil
	}
	global := k.weights(t.weights)
	if global == nil {
		return nil
	}
	return NewModel(t.model, t.config(grid), global)
}
