package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/regarima"
)

// correlated is the p-value of the Ljung-Box test below which innovations are
// said to be correlated.
const correlated = 0.05

// describe writes what was estimated, where the model is one with parameters.
func (f *fitting) describe(w io.Writer) {
	d := f.found
	if d == nil {
		if parts := f.parts(); len(parts) > 0 {
			fmt.Fprintf(w, "of %s\n", byWeight(parts))
		}
		if _, ok := f.model.(*regarima.Model); ok {
			fmt.Fprintln(w, "There is nothing that it could be estimated from: what follows is the naive forecast.")
		}
		return
	}
	fmt.Fprintf(w, "ARIMA%v", d.Order)
	if len(d.Seasons) > 0 {
		fmt.Fprintf(w, " over seasons of %v values", d.Seasons)
	}
	fmt.Fprintf(w, ": %d values, log-likelihood %.4f, AICc %.4f, sigma %.5g\n", d.N, d.LogLik, d.AICc, math.Sqrt(d.Params.Sigma2))
	if d.Lags > 0 {
		fmt.Fprintf(w, "Ljung-Box of %d lags: %.4g, p = %.3g", d.Lags, d.LjungBox, d.P)
		if d.P < correlated {
			fmt.Fprint(w, " (the innovations are still correlated)")
		}
		fmt.Fprintln(w)
	}
	if d.NoErrors != nil {
		fmt.Fprintln(w, d.NoErrors)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\ncoefficient\testimate\tstandard error\t\n")
	for _, c := range coefficients(d) {
		e := "-"
		if c.Error != nil {
			e = fmt.Sprintf("%.4g", *c.Error)
		}
		fmt.Fprintf(t, "%s\t%.5g\t%s\t\n", c.Name, c.Estimate, e)
	}
	// What it writes to reports its own errors.
	_ = t.Flush()
}

// parts gives what the parts of the model weigh, by name; nil where it combines
// none.
func (f *fitting) parts() map[string]float64 {
	m, ok := f.model.(mixed)
	if !ok {
		return nil
	}
	parts := map[string]float64{}
	for _, part := range m.Weights() {
		parts[part.Name] = part.Weight
	}
	return parts
}

type (
	// foundJSON is what was estimated, and how it fits what it was estimated
	// from.
	foundJSON struct {
		Order        orderJSON         `json:"order"`
		Seasons      []int             `json:"seasons_bins,omitempty"`
		Values       int               `json:"values"`
		LogLik       float64           `json:"log_likelihood"`
		AICc         *float64          `json:"aicc"`
		Sigma2       float64           `json:"sigma2"`
		LjungBox     *ljungBoxJSON     `json:"ljung_box,omitempty"`
		Coefficients []coefficientJSON `json:"coefficients"`
		// NoErrors says why there are no standard errors.
		NoErrors string `json:"no_standard_errors,omitempty"`
	}
	orderJSON struct {
		AR   int `json:"ar"`
		Diff int `json:"diff"`
		MA   int `json:"ma"`
	}
	ljungBoxJSON struct {
		Lags      int     `json:"lags"`
		Statistic float64 `json:"statistic"`
		P         float64 `json:"p"`
	}
	coefficientJSON struct {
		Name     string   `json:"name"`
		Estimate float64  `json:"estimate"`
		Error    *float64 `json:"standard_error"`
	}
)

func (f *fitting) foundJSON() *foundJSON {
	d := f.found
	if d == nil {
		return nil
	}
	out := &foundJSON{
		Order: orderJSON{d.Order.AR, d.Order.Diff, d.Order.MA}, Seasons: d.Seasons, Values: d.N,
		LogLik: d.LogLik, AICc: number(d.AICc), Sigma2: d.Params.Sigma2, Coefficients: coefficients(d),
	}
	if d.Lags > 0 {
		out.LjungBox = &ljungBoxJSON{d.Lags, d.LjungBox, d.P}
	}
	if d.NoErrors != nil {
		out.NoErrors = d.NoErrors.Error()
	}
	return out
}

// coefficients names them all, with their standard errors where there are any.
func coefficients(d *regarima.Description) []coefficientJSON {
	out := []coefficientJSON{}
	add := func(of func(arima.Params) []float64, name func(i int) string) {
		errors := of(d.Errors)
		for i, x := range of(d.Params) {
			c := coefficientJSON{Name: name(i), Estimate: x}
			if d.NoErrors == nil && i < len(errors) {
				c.Error = number(errors[i])
			}
			out = append(out, c)
		}
	}
	add(func(p arima.Params) []float64 { return p.AR }, func(i int) string { return fmt.Sprint("ar ", i+1) })
	add(func(p arima.Params) []float64 { return p.MA }, func(i int) string { return fmt.Sprint("ma ", i+1) })
	add(func(p arima.Params) []float64 { return p.Beta }, func(i int) string { return d.Names[i] })
	return out
}
