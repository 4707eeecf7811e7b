package regarima

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
)

// Description says what an estimate in force is, and how it fits the window.
type Description struct {
	Order  arima.Order
	Params arima.Params
	// Names are those of Params.Beta: the harmonics, then "mean" or "drift".
	Names []string
	// Errors are the standard errors of Params, NoErrors why there are none.
	Errors   arima.Params
	NoErrors error
	// Seasons are the lengths of the seasonal components taken off, in bins.
	Seasons []int
	// LogLik is the log-likelihood, of N values, and AICc follows from both: those
	// of the window that it was estimated from.
	LogLik, AICc float64
	N            int
	// Lags is how many autocorrelations of the innovations the Ljung-Box test
	// looks at, LjungBox its statistic and P its p-value.
	Lags        int
	LjungBox, P float64
}

// Describe gives what is in force, held against the window as it stands; false
// before the first estimate.
func (m *Model) Describe(past *model.History) (Description, bool) {
	p := m.adopted
	if p == nil || past.Len() == 0 {
		return Description{}, false
	}
	fitted := &arima.Model{Order: p.order, Params: p.params, LogLik: p.logLik, N: p.n}
	out := Description{Order: p.order, Params: p.params, LogLik: p.logLik, N: p.n, AICc: fitted.AICc(), Names: p.names()}
	for _, s := range p.seasons {
		if len(s) > 0 {
			out.Seasons = append(out.Seasons, len(s))
		}
	}
	d := with(m.window(past, past.Newest()).data(&parameters{harmonics: p.harmonics}), p.constant, p.order)
	out.Errors, out.NoErrors = arima.StandardErrors(fitted, d)
	if residuals, err := arima.Residuals(fitted, d); err == nil {
		out.Lags = max(lagsTested, p.order.AR+p.order.MA+1)
		out.LjungBox, out.P = arima.LjungBox(residuals, out.Lags, p.order.AR+p.order.MA)
	}
	return out, true
}

// lagsTested is how many autocorrelations are tested: what R's checkresiduals
// takes of a series without a season.
const lagsTested = 10

// names gives those of the coefficients on the regressors.
func (p *parameters) names() []string {
	var out []string
	for i, season := range []string{"day", "week"} {
		for k := 1; k <= p.harmonics[i]; k++ {
			out = append(out, fmt.Sprintf("sin %d/%s", k, season))
			if 2*k < len(p.seasons[i]) {
				out = append(out, fmt.Sprintf("cos %d/%s", k, season))
			}
		}
	}
	switch {
	case p.constant && p.order.Diff == 0:
		return append(out, "mean")
	case p.constant:
		return append(out, "drift")
	}
	return out
}
