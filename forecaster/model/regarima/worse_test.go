package regarima

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
)

// TestNeverWorse estimates every other day, and wants of each new estimate an AICc of
// at most that of the one in force on the same window; and where the order stays,
// at least its likelihood. The series drive roots towards the unit circle, where
// what was estimated is drawn back before it is put in force.
func TestNeverWorse(t *testing.T) {
	c := half(t)
	n := 22 * c.Grid.PerDay()
	r := rand.New(rand.NewPCG(5, 5))
	noise := func(by float64) float64 { return by * r.NormFloat64() }
	for name, value := range map[string]func(i int, x float64) float64{
		"autoregression":   func(_ int, x float64) float64 { return 50 + x },
		"a wave, no noise": func(i int, _ float64) float64 { return 50 + 20*math.Sin(float64(i)/8) + noise(1e-3) },
		"a line":           func(i int, _ float64) float64 { return 10 + float64(i)/5 + noise(1) },
		"gaps":             func(i int, x float64) float64 { return holed(i, 50+x) },
		"a level shift":    func(i int, x float64) float64 { return 50 + x + 50*float64(i/(16*48)) },
	} {
		x := arma(6, n, 0.5, 0.7)
		for _, k := range []kind{plain, harmonic} {
			m, past := newModel(k, c), model.NewHistory(c.Grid, 0)
			m.most = 2
			compared := 0
			for i := range n {
				past.Append(int64(20458*48+i), value(i, x[i]), 1)
				m.Observe(past)
				if i < 6*48 || i%(2*48) != 0 {
					continue
				}
				w := m.window(past, past.Newest())
				estimate := w.estimate(model.InLine)
				if compared += notWorse(t, name, w, estimate); t.Failed() {
					return
				}
				if err := m.Adopt(past, estimate); err != nil {
					t.Fatal(err)
				}
			}
			if compared < 3 {
				t.Errorf("%s, kind %d: only %d estimates could be compared", name, k, compared)
			}
		}
	}
}

// notWorse compares an estimate with what is in force on its window, and gives 1
// where that can be done.
func notWorse(t *testing.T, name string, w *window, estimate []byte) int {
	t.Helper()
	p, err := readParameters(estimate, w.kind, w.perDay)
	if err != nil {
		t.Fatalf("%s, kind %d: %v", name, w.kind, err)
	}
	b := w.before
	if b == nil || b.order.Diff != p.order.Diff || b.harmonics != p.harmonics {
		return 0
	}
	before, err := arima.Evaluate(b.order, with(w.data(&parameters{harmonics: p.harmonics}), b.constant, b.order), b.params)
	if err != nil {
		return 0
	}
	now := &arima.Model{Order: p.order, Params: p.params, LogLik: p.logLik, N: p.n}
	if now.AICc() > before.AICc() {
		t.Errorf("%s, kind %d: %v with an AICc of %v in place of %v with %v", name, w.kind, p.order, now.AICc(), b.order, before.AICc())
	}
	if p.order == b.order && p.constant == b.constant && p.logLik < before.LogLik {
		t.Errorf("%s, kind %d: %v with a log-likelihood of %v in place of %v", name, w.kind, p.order, p.logLik, before.LogLik)
	}
	return 1
}

// TestCalmed wants of a moving average with its root at the unit circle one inside,
// with the variance and the likelihood that it has there.
func TestCalmed(t *testing.T) {
	y := arma(8, 400, 0)
	over := make([]float64, 399) // of which differencing took too much
	for i := range over {
		over[i] = y[i+1] - y[i]
	}
	d := arima.Data{Y: over}
	m, err := arima.Evaluate(arima.Order{MA: 1}, d, arima.Params{MA: []float64{-0.999999}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := calmed(m, d)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Params.MA[0]+mostRoot) > 1e-9 {
		t.Errorf("want -%v, got %v of %v", mostRoot, got.Params.MA, m.Params.MA)
	}
	at, err := arima.Evaluate(m.Order, d, got.Params)
	if err != nil || math.Abs(at.LogLik-got.LogLik) > 1e-9 || math.Abs(at.Params.Sigma2-got.Params.Sigma2) > 1e-9 {
		t.Errorf("want what it has there, %+v, got %+v: %v", at, got, err)
	}
}
