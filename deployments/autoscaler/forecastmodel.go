package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/regarima"
)

// describe writes what was estimated, where the model is one with parameters.
func (f *fitting) describe(w io.Writer) {
	m, ok := f.model.(*regarima.Model)
	if !ok {
		return
	}
	d, ok := m.Describe(f.past)
	if !ok {
		fmt.Fprintln(w, "There is too little to estimate it from: what follows is the naive forecast.")
		return
	}
	fmt.Fprintf(w, "ARIMA%v", d.Order)
	if len(d.Seasons) > 0 {
		fmt.Fprintf(w, " over seasons of %v values", d.Seasons)
	}
	fmt.Fprintf(w, ": %d values, log-likelihood %.4f, AICc %.4f, sigma %.5g\n", d.N, d.LogLik, d.AICc, math.Sqrt(d.Params.Sigma2))
	if d.Lags > 0 {
		fmt.Fprintf(w, "Ljung-Box of %d lags: %.4g, p = %.3g", d.Lags, d.LjungBox, d.P)
		if d.P < 0.05 {
			fmt.Fprint(w, " (the innovations are still correlated)")
		}
		fmt.Fprintln(w)
	}
	if d.NoErrors != nil {
		fmt.Fprintln(w, d.NoErrors)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\ncoefficient\testimate\tstandard error\t\n")
	row := func(name string, estimate float64, errors []float64, i int) {
		e := "-"
		if d.NoErrors == nil && i < len(errors) {
			e = fmt.Sprintf("%.4g", errors[i])
		}
		fmt.Fprintf(t, "%s\t%.5g\t%s\t\n", name, estimate, e)
	}
	for i, c := range d.Params.AR {
		row(fmt.Sprint("ar ", i+1), c, d.Errors.AR, i)
	}
	for i, c := range d.Params.MA {
		row(fmt.Sprint("ma ", i+1), c, d.Errors.MA, i)
	}
	for i, c := range d.Params.Beta {
		row(d.Names[i], c, d.Errors.Beta, i)
	}
	// What it writes to reports its own errors.
	_ = t.Flush()
}
