package fold

import (
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
)

// Models lists the names of the models that there are, sorted.
func Models() []string { return []string{naive.Name} }

// NewModel makes the model of a name, or gives nil where there is none.
func NewModel(name string, c model.Config) model.Model {
	switch name {
	case naive.Name:
		return naive.New(c)
	}
	return nil
}
