package fold

import (
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/rls"
)

// Models lists the names of the models that there are, sorted.
func Models() []string { return []string{naive.Name, rls.Name} }

// NewModel makes the model of a name, or gives nil where there is none.
func NewModel(name string, c model.Config) model.Model {
	switch name {
	case naive.Name:
		return naive.New(c)
	case rls.Name:
		return rls.New(c)
	}
	return nil
}
