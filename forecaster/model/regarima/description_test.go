package regarima

import (
	"math"
	"slices"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
)

// TestDescribe describes each kind: names in the places of the coefficients, and a
// likelihood that the window bears out. Standard errors are wanted where the
// likelihood is sure to have a peak, that is of the few coefficients that a process
// of one lag takes.
func TestDescribe(t *testing.T) {
	c := half(t)
	noise := arma(9, 15*48, 0, 0.6)
	waves := slices.Clone(noise)
	for i := range noise {
		noise[i] += 100
		waves[i] += 100 + 10*math.Sin(2*math.Pi*float64(i)/48)
	}
	for k, want := range map[kind]struct {
		regressors int
		seasons    []int
	}{plain: {0, nil}, harmonic: {18, []int{48, 7 * 48}}, decomposed: {0, []int{48, 7 * 48}}} {
		m := newModel(k, c)
		if _, ok := m.Describe(nil); ok {
			t.Errorf("kind %d: want nothing said before the first estimate", k)
		}
		values := waves
		if k == plain {
			values = noise
		}
		m, past := estimated(t, k, c, values)
		d, ok := m.Describe(past)
		if !ok || k == harmonic && (d.NoErrors != nil || len(d.Errors.Beta) != len(d.Names)) {
			t.Fatalf("kind %d: want standard errors, got %+v: %v", k, d.Errors, d.NoErrors)
		}
		if n := len(d.Names); n != len(d.Params.Beta) || n < want.regressors || n > want.regressors+1 {
			t.Errorf("kind %d: want %d regressors beside the constant, got %v", k, want.regressors, d.Names)
		}
		if !slices.Equal(d.Seasons, want.seasons) {
			t.Errorf("kind %d: want seasons of %v, got %v", k, want.seasons, d.Seasons)
		}
		data := with(m.window(past, past.Newest()).data(&parameters{harmonics: m.adopted.harmonics}), m.adopted.constant, d.Order)
		at, err := arima.Evaluate(d.Order, data, d.Params)
		if err != nil || math.Abs(at.LogLik-d.LogLik) > 1e-6 || at.N != d.N || math.Abs(at.AICc()-d.AICc) > 1e-6 {
			t.Errorf("kind %d: want %+v, got %+v: %v", k, at, d, err)
		}
		if d.Lags < lagsTested || !(d.P > 1e-4) || !(d.LjungBox > 0) {
			t.Errorf("kind %d: want white innovations, got a statistic of %v over %d lags, p %v", k, d.LjungBox, d.Lags, d.P)
		}
	}
}

// TestDescribeGrownWindow holds an estimate of a week against a window of three:
// its harmonics are those of the day alone, as they were estimated.
func TestDescribeGrownWindow(t *testing.T) {
	c := half(t)
	values := arma(10, 21*48, 0, 0.6)
	m, past := estimated(t, harmonic, c, values[:7*48])
	for _, v := range values[7*48:] {
		past.Append(past.Newest()+1, v, 1)
		m.Observe(past)
	}
	d, ok := m.Describe(past)
	if !ok || d.NoErrors != nil || d.Lags == 0 || len(d.Names) > 13 {
		t.Errorf("want 12 harmonics held against the window, got %v with %d lags: %v", d.Names, d.Lags, d.NoErrors)
	}
}
