package fold

import (
	"maps"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// kit is what outlooks are made and refitted with.
type kit struct {
	estimates Estimates
	more      map[string]func(model.Config) model.Model
}

// names lists the models that there are, sorted.
func (k kit) names() []string {
	return slices.Sorted(slices.Values(slices.Concat(Models(), slices.Collect(maps.Keys(k.more)))))
}

// make gives the model of a name, or nil where there is none.
func (k kit) make(name string, c model.Config) model.Model {
	if mk := k.more[name]; mk != nil {
		return mk(c)
	}
	return NewModel(name, c)
}
