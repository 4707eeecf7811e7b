package fold

import (
	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/regarima"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/rls"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// embedded are the weights that the binary ships with.
//
//nolint:gochecknoglobals // nothing writes it; reading it anew takes a millisecond
var embedded = lstm.Embedded()

// Models lists the names of the models that there are, sorted.
func Models() []string {
	return []string{regarima.ARIMA, combine.Name, regarima.DHR, lstm.Name, naive.Name, rls.Name, regarima.STL}
}

// Parts lists the models that combined is made of: the first is never asleep.
// More of them were measured to add nothing to what these say together.
func Parts() []string {
	return []string{naive.Name, naive.Last, rls.Name, rls.Root, regarima.DHR, lstm.Name}
}

// NewModel makes the model of a name, or gives nil where there is none. Global
// are the weights that networks begin with, which the models read for which
// ReadsWeights is true; nil are the embedded ones.
func NewModel(name string, c model.Config, global *lstm.Weights) model.Model {
	if global == nil {
		global = embedded
	}
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
	case lstm.Name:
		return lstm.New(c, global)
	case combine.Name:
		return newCombined(c, global)
	}
	return nil
}

// newCombined makes the combination of all parts.
func newCombined(c model.Config, global *lstm.Weights) model.Model {
	var parts []combine.Part
	for _, name := range Parts() {
		parts = append(parts, combine.Part{Name: name, Model: NewPart(name, c, global)})
	}
	return combine.New(c, parts)
}

// NewPart makes a model that NewModel does, or a part of combined that is no model
// beside it.
func NewPart(name string, c model.Config, global *lstm.Weights) model.Model {
	switch name {
	case naive.Last:
		return naive.NewLast(c)
	case rls.Root:
		return rls.NewRoot(c)
	}
	return NewModel(name, c, global)
}

// ReadsWeights says whether the model of a name begins with global weights, and
// is trained at refits.
func ReadsWeights(name string) bool { return name == lstm.Name || name == combine.Name }

// EmbeddedWeights gives the checksum of those that the binary ships with.
func EmbeddedWeights() string { return embedded.Sum() }

// WeightsOf gives the checksum of the weights that a policy names, whatever its
// models, since any may be asked for; false where it names none, or the embedded
// ones.
func WeightsOf(p streams.ForecastPolicy) (sum string, named bool) {
	if p.Weights == "" || p.Weights == embedded.Sum() {
		return "", false
	}
	return p.Weights, true
}
