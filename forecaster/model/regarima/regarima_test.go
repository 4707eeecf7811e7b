package regarima

import (
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// small makes models of a kind that search few orders, so that the many
// estimations of the checks take little.
func small(k kind) modeltest.Make {
	return func(c model.Config) model.Model {
		m := newModel(k, c)
		m.most = 1
		return m
	}
}

func TestARIMA(t *testing.T) { modeltest.Run(t, small(plain)) }
func TestDHR(t *testing.T)   { modeltest.Run(t, small(harmonic)) }
func TestSTL(t *testing.T)   { modeltest.Run(t, small(decomposed)) }
