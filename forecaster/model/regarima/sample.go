package regarima

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
)

// sample is what an ARIMA model is fitted to.
type sample struct {
	data arima.Data
	rest []float64 // what a regression by least squares leaves
}

func newSample(d arima.Data) (sample, error) {
	s := sample{data: d, rest: d.Y}
	if len(d.X) == 0 {
		return s, nil
	}
	s.rest = arima.LeastSquaresRest(d)
	if !(largest(s.rest) > rounding*largest(d.Y)) {
		return s, fmt.Errorf("regress: %w", arima.ErrConstant)
	}
	return s, nil
}

// rounding is the size of what is left of values, as a share of theirs, that is
// nothing.
const rounding = 1e-12

// largest gives the largest size of a value; 0 where there is none.
func largest(values []float64) (most float64) {
	for _, v := range values {
		if size := math.Abs(v); size > most {
			most = size
		}
	}
	return most
}

// joint says whether so many values are all that there are, none of them missing,
// so that coefficients and regression can be found at once.
func (s sample) joint(n int) bool {
	return len(s.rest) <= n && !slices.ContainsFunc(s.rest, math.IsNaN)
}

// recent gives what the regression leaves of the last n values, with straight lines
// over gaps: an evaluation through these costs a hundred times as much.
func (s sample) recent(n int) arima.Data {
	return arima.Data{Y: arima.Bridged(s.rest[max(0, len(s.rest)-n):])}
}

// search gives the data that tell the order of so many differences, and what may be
// tried on them.
func (s sample) search(differences, most int) (arima.Data, arima.Search) {
	tried := arima.Search{Diff: differences, MostAR: most, MostMA: most}
	if s.joint(searchBins) {
		return s.data, tried
	}
	if len(s.data.X) > 0 && differences == 0 {
		tried.Constant = arima.Always // the rest has no mean, but the data
	}
	return s.recent(searchBins), tried
}

// fit finds the coefficients of an order, from others on, and the regression that
// goes with them: both at once where there are few values and no gaps, else the
// coefficients by the recent values alone. Where a fit is lost in rounding the
// coefficients stay as they are.
func (s sample) fit(o arima.Order, from arima.Params, constant bool) (*arima.Model, error) {
	all := with(s.data, constant, o)
	if s.joint(fitBins) {
		if m, err := arima.FitFrom(o, all, from); err == nil || errors.Is(err, arima.ErrConstant) {
			return m, err
		}
	} else if m, err := arima.FitFrom(o, with(s.recent(fitBins), constant, o), from); err == nil {
		from = m.Params
	}
	return arima.Regress(o, all, from)
}
