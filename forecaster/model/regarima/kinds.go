package regarima

import "github.com/ml-autoscaling/autoscaler/forecaster/model"

// Names of the models in policies and requests.
const (
	ARIMA = "arima"
	DHR   = "dhr"
	STL   = "stl_arima"
)

// kind is what is taken off before the ARIMA model.
type kind byte

const (
	plain kind = iota
	harmonic
	decomposed
)

// NewARIMA gives an ARIMA model that has seen nothing.
func NewARIMA(c model.Config) model.Model { return newModel(plain, c) }

// NewDHR gives a dynamic harmonic regression that has seen nothing.
func NewDHR(c model.Config) model.Model { return newModel(harmonic, c) }

// NewSTL gives an ARIMA model over MSTL that has seen nothing.
func NewSTL(c model.Config) model.Model { return newModel(decomposed, c) }
