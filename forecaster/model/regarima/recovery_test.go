package regarima

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/stl"
)

// half is the grid of most tests: 48 bins a day.
func half(tb testing.TB) model.Config {
	tb.Helper()
	return model.Config{Grid: modeltest.Grid(tb, 30*time.Minute), Horizon: 12, Levels: modeltest.Levels()}
}

// arma draws a process with normal innovations of variance 1:
// x_t = ar₁x_{t-1} + ... + ε_t + ma ε_{t-1}.
func arma(seed uint64, n int, ma float64, ar ...float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 11))
	x, last := make([]float64, n), 0.0
	for t := range x {
		e := r.NormFloat64()
		x[t] = e + ma*last
		for i, c := range ar {
			if t > i {
				x[t] += c * x[t-1-i]
			}
		}
		last = e
	}
	return x
}

// estimated folds values into a model and adopts what it estimates from them.
func estimated(t testing.TB, k kind, c model.Config, values []float64) (*Model, *model.History) {
	t.Helper()
	return adopted(t, newModel(k, c), values)
}

func adopted(t testing.TB, m *Model, values []float64) (*Model, *model.History) {
	t.Helper()
	c := m.config
	past := modeltest.Fold(m, c.Grid, len(values), func(i int) float64 { return values[i] })
	estimate := m.Estimation(past, past.Newest())(model.InLine)
	if len(estimate) == 0 {
		t.Fatal("no estimate")
	}
	if err := m.Adopt(past, estimate); err != nil {
		t.Fatal(err)
	}
	return m, past
}

// sums gives the series that two add up to.
func sums(a, b []float64) []float64 {
	out := slices.Clone(a)
	for i := range out {
		out[i] += b[i]
	}
	return out
}

// TestDHRRecovers estimates from a mean, waves of a day and a week, and an
// autoregression that are known: each within four standard errors.
func TestDHRRecovers(t *testing.T) {
	c := half(t)
	day := float64(c.Grid.PerDay())
	known := make([]float64, 20*c.Grid.PerDay())
	for i := range known {
		at := 2 * math.Pi * float64(i) / day // Fold begins on a Monday at midnight, bin 0 on a Thursday
		known[i] = 200 + 30*math.Sin(at) - 12*math.Cos(2*at) + 9*math.Sin((at+4*2*math.Pi)/7)
	}
	m, past := estimated(t, harmonic, c, sums(known, arma(1, len(known), 0, 0.5, -0.2)))
	d, ok := m.Describe(past)
	if !ok || d.NoErrors != nil {
		t.Fatalf("want standard errors, got %v", d.NoErrors)
	}
	if d.Order.Diff != 0 {
		t.Fatalf("want no differences, got %v", d.Order)
	}
	want := map[string]float64{"sin 1/day": 30, "cos 2/day": -12, "sin 1/week": 9, "mean": 200}
	for i, name := range d.Names {
		if off := math.Abs(d.Params.Beta[i]-want[name]) / d.Errors.Beta[i]; !(off < 4) {
			t.Errorf("%s: want %v, got %v ± %v", name, want[name], d.Params.Beta[i], d.Errors.Beta[i])
		}
	}
	psi := arima.Psi(d.Order, d.Params, 5)
	for h, want := range []float64{1, 0.5, 0.05, -0.075, -0.0475} {
		if math.Abs(psi[h]-want) > 0.12 {
			t.Errorf("psi %d: want about %v, got %v", h, want, psi[h])
		}
	}
	if math.Abs(d.Params.Sigma2-1) > 4*d.Errors.Sigma2 {
		t.Errorf("want a variance of 1, got %v ± %v", d.Params.Sigma2, d.Errors.Sigma2)
	}
}

// TestARIMARecovers wants of a drawn ARMA(1,1) a model with its impulse response:
// orders that are close to one another have nearly the same.
func TestARIMARecovers(t *testing.T) {
	c := half(t)
	x := arma(2, 20*c.Grid.PerDay(), 0.4, 0.8)
	for i := range x {
		x[i] += 100
	}
	m, _ := estimated(t, plain, c, x)
	p := m.adopted
	if p.order.Diff != 0 || !p.constant {
		t.Fatalf("want a mean and no differences, got %v", p.order)
	}
	psi, want := arima.Psi(p.order, p.params, 8), 1.0
	for h, got := range psi {
		if math.Abs(got-want) > 0.12 {
			t.Errorf("psi %d: want about %.3f, got %.3f", h, want, got)
		}
		if want *= 0.8; h == 0 {
			want = 1.2 // φ + θ
		}
	}
	if got := p.params.Beta[0]; math.Abs(got-100) > 1 {
		t.Errorf("want a mean of about 100, got %v", got)
	}
}

// TestSTLRepeats wants the last cycle of the decomposition, over and over.
func TestSTLRepeats(t *testing.T) {
	c := half(t)
	day := c.Grid.PerDay()
	known := make([]float64, 10*day)
	for i := range known {
		known[i] = 100 + 20*math.Sin(2*math.Pi*float64(i)/float64(day))
	}
	values := sums(known, arma(3, len(known), 0, 0.3))
	m, past := estimated(t, decomposed, c, values)
	last := stl.Decompose(values, []int{day}).Seasonal[0][len(values)-day:]
	zero := 0.0
	if p := m.adopted; p.constant {
		zero = p.params.Beta[len(p.params.Beta)-1] * p.time(past.Newest())
	}
	for h := range 3 * day {
		bin := past.Newest() + 1 + int64(h)
		got := m.adopted.expected(bin)
		if p := m.adopted; p.constant {
			zero = p.params.Beta[len(p.params.Beta)-1] * p.time(bin)
		}
		if want := last[h%day] + zero; math.Abs(got-want) > 1e-5*math.Abs(want)+1e-5 {
			t.Fatalf("step %d: want %v, got %v", h+1, want, got)
		}
	}
}

// TestNothingToExplain wants bands that are narrow beyond sight.
func TestNothingToExplain(t *testing.T) {
	c := half(t)
	for name, value := range map[string]func(i int) float64{
		"constant":     func(int) float64 { return 42 },
		"zero":         func(int) float64 { return 0 },
		"pure wave":    func(i int) float64 { return 50 + 40*math.Sin(2*math.Pi*float64(i)/48) },
		"wave, gapped": func(i int) float64 { return holed(i, 50+40*math.Sin(2*math.Pi*float64(i)/48)) },
	} {
		for _, k := range []kind{plain, harmonic, decomposed} {
			values := make([]float64, 5*48)
			for i := range values {
				values[i] = value(i)
			}
			if k == plain && name != "constant" && name != "zero" || k == decomposed && name == "wave, gapped" {
				continue // they have something to explain
			}
			few := newModel(k, c)
			few.most = 1
			m, past := adopted(t, few, values)
			b := model.NewBands(c.Levels, c.Horizon)
			if !m.Forecast(past, nil, b) {
				t.Fatalf("%s, kind %d: no forecast", name, k)
			}
			for h, row := range b.Steps {
				want := value((len(values) + h))
				if math.IsNaN(want) {
					continue
				}
				if math.Abs(row[0]-want) > 1e-4 || math.Abs(row[len(row)-1]-want) > 1e-4 {
					t.Errorf("%s, kind %d, step %d: want %v, got %v", name, k, h+1, want, row)
				}
			}
		}
	}
}

// holed takes every seventh value away.
func holed(i int, value float64) float64 {
	if i%7 == 3 {
		return math.NaN()
	}
	return value
}
