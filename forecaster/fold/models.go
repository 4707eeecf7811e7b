package fold

import (
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/regarima"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/rls"
)

// Models lists the names of the models that there are, sorted.
func Models() []string {
	return []string{regarima.ARIMA, regarima.DHR, naive.Name, rls.Name, regarima.STL}
}

// NewModel makes the model of a name, or gives nil where there is none.
func NewModel(name string, c model.Config) model.Model {
	switch name {
	case regarima.ARIMA:
		return regarima.NewARIMA(c)
	case regarima.DHR:
		return regarima.NewDHR(c)
	case regarima.STL:
		return regarima.NewSTL(c)
	case naive.Name:
		return naive.New(c)
	case rls.Name:
		return rls.New(c)
	}
	return nil
}
