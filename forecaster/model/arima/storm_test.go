package arima

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// storms are series that ask too much.
func storms() map[string][]float64 {
	made := func(n int, value func(t int) float64) []float64 {
		out := make([]float64, n)
		for t := range out {
			out[t] = value(t)
		}
		return out
	}
	calm := lcg(60, 9)
	nan := math.NaN()
	return map[string][]float64{
		"empty":          nil,
		"one":            {1},
		"two":            {1, 2},
		"constant":       made(50, func(int) float64 { return 7 }),
		"zero":           make([]float64, 50),
		"line":           made(50, func(t int) float64 { return float64(t) }),
		"parabola":       made(50, func(t int) float64 { return float64(t * t) }),
		"missing":        made(50, func(int) float64 { return nan }),
		"one of many":    made(50, func(t int) float64 { return map[bool]float64{true: 3, false: nan}[t == 20] }),
		"alternating":    made(60, func(t int) float64 { return map[bool]float64{true: calm[t], false: nan}[t%2 == 0] }),
		"a third":        made(60, func(t int) float64 { return map[bool]float64{true: calm[t], false: nan}[t%4 != 2] }),
		"ends":           made(60, func(t int) float64 { return map[bool]float64{true: calm[t], false: nan}[t > 9 && t < 50] }),
		"spike":          made(60, func(t int) float64 { return calm[t] + map[bool]float64{true: 1e12}[t == 40] }),
		"spike and gap":  made(60, func(t int) float64 { return map[int]float64{40: 1e12, 41: nan}[t] + calm[t] }),
		"shift":          made(60, func(t int) float64 { return calm[t] + map[bool]float64{true: 1e6}[t > 30] }),
		"step":           made(60, func(t int) float64 { return map[bool]float64{true: 1}[t > 30] }),
		"pulse":          made(60, func(t int) float64 { return map[bool]float64{true: 1}[t == 30] }),
		"last":           made(60, func(t int) float64 { return map[bool]float64{true: 1}[t == 59] }),
		"period":         made(60, func(t int) float64 { return float64(t % 4) }),
		"sine":           wave(60),
		"explosive":      made(60, func(t int) float64 { return math.Pow(3, float64(t)) }),
		"level of 1e13":  made(60, func(t int) float64 { return 1e13 + calm[t] }),
		"tiny":           made(60, func(t int) float64 { return 1e-300 * calm[t] }),
		"denormal":       made(60, func(t int) float64 { return 1e-320 * calm[t] }),
		"huge":           made(60, func(t int) float64 { return 1e300 * calm[t] }),
		"huge both ways": made(60, func(t int) float64 { return math.Copysign(math.MaxFloat64, calm[t]-5) }),
		"huge and gap":   made(60, func(t int) float64 { return map[bool]float64{true: 1e300 * calm[t], false: nan}[t != 20] }),
	}
}

// stormOrders cover each part of a model.
var stormOrders = []Order{
	{}, {AR: 1}, {MA: 1}, {AR: 2, MA: 2}, {Diff: 1}, {Diff: 2, MA: 1}, {AR: 1, Diff: 1, MA: 1}, {AR: 5, MA: 5},
	{SDiff: 1, Period: 4, AR: 1}, {SDiff: 1, Diff: 1, MA: 1, SMA: 1, Period: 4}, {SAR: 1, SMA: 1, Period: 12, MA: 1},
}

// TestStorms wants a finite model or an error of every order and series, with a
// mean and without.
func TestStorms(t *testing.T) {
	for name, y := range storms() {
		for _, o := range stormOrders {
			for _, x := range [][][]float64{nil, {ConstantOf(len(y), 0)}} {
				m, err := Fit(o, Data{Y: y, X: x})
				checkStorm(t, name, y, m, err)
				if err != nil {
					continue
				}
				again, err := FitFrom(o, Data{Y: y, X: x}, m.Params)
				checkStorm(t, name+" again", y, again, err)
			}
		}
	}
}

// TestStormsOrder wants the same of a search.
func TestStormsOrder(t *testing.T) {
	for name, y := range storms() {
		for _, s := range []Search{{}, {Diff: 1, Stepwise: true}, {SDiff: 1, Period: 4, MostAR: 1, MostMA: 1}} {
			found, err := Select(Data{Y: y}, s, both)
			if err != nil {
				checkStorm(t, name, y, nil, err)
				continue
			}
			checkStorm(t, name, y, found.Model, nil)
		}
	}
}

// checkStorm wants an error with a cause, or finite numbers and a forecast.
func checkStorm(t *testing.T, name string, y []float64, m *Model, err error) {
	t.Helper()
	if err != nil {
		if m != nil || !strings.Contains(err.Error(), ": ") {
			t.Errorf("%s: want an error that says of what, and no model, got %v, %v", name, err, m)
		}
		return
	}
	for _, v := range append(m.Params.coef(), append(m.Params.Beta, m.LogLik, m.Params.Sigma2)...) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%s %v: want finite numbers, got %+v, log-likelihood %v", name, m.Order, m.Params, m.LogLik)
			return
		}
	}
	f, err := NewFilter(m.Order, m.Params, 6)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	for _, v := range y {
		if e, _ := f.Observe(v); math.IsNaN(e) {
			t.Errorf("%s %v: an innovation is NaN", name, m.Order)
			return
		}
	}
	mean, se := make([]float64, 6), make([]float64, 6)
	if !f.Forecast(mean, se) {
		return
	}
	for h := range mean {
		if math.IsNaN(mean[h]) || math.IsNaN(se[h]) {
			t.Errorf("%s %v: want a forecast, got %v ± %v", name, m.Order, mean, se)
			return
		}
	}
}

// TestRefused wants what cannot be used refused by name.
func TestRefused(t *testing.T) {
	y := lcg(40, 1)
	bad := append([]float64(nil), y...)
	bad[3] = math.Inf(1)
	holed := append([]float64(nil), y...)
	holed[5] = math.NaN()
	for _, c := range []struct {
		order Order
		data  Data
		want  string
	}{
		{Order{AR: 1}, Data{Y: bad}, "fit (1,0,0): value 3 is infinite"},
		{Order{AR: 1}, Data{Y: y, X: [][]float64{y[:39]}}, "fit (1,0,0): regressor 0: want 40 values, got 39"},
		{Order{AR: 1}, Data{Y: y, X: [][]float64{y, holed}}, "fit (1,0,0): regressor 1: value 5 is not finite"},
		{Order{AR: -1}, Data{Y: y}, "fit: order (-1,0,0): p is negative"},
		{Order{SMA: 1, Period: 1}, Data{Y: y}, "fit: order (0,0,0)(0,0,1)[1]: a seasonal part needs a period of at least 2"},
		{Order{SMA: 2, Period: 700}, Data{Y: y}, "fit: order (0,0,0)(0,0,2)[700]: a state of 1401, want at most 1024"},
		{Order{AR: 5}, Data{Y: y[:5]}, "fit (5,0,0): too few observations: 5 are left of 5"},
		{Order{Diff: 1}, Data{Y: ConstantOf(40, 0)}, "fit (0,1,0): no variation is left"},
	} {
		_, err := Fit(c.order, c.data)
		if err == nil || err.Error() != c.want {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
	if _, err := Fit(Order{AR: 5}, Data{Y: y[:5]}); !errors.Is(err, ErrTooShort) {
		t.Errorf("want ErrTooShort, got %v", err)
	}
	if _, err := Fit(Order{Diff: 1}, Data{Y: ConstantOf(40, 1), X: [][]float64{ConstantOf(40, 1)}}); !errors.Is(err, ErrConstant) {
		t.Errorf("want ErrConstant, got %v", err)
	}
	if _, err := Evaluate(Order{AR: 1}, Data{Y: y}, Params{AR: []float64{1.01}}); err == nil {
		t.Error("want coefficients refused that are not stationary")
	}
}

// TestUselessRegressors gives coefficients of 0 to what says nothing new.
func TestUselessRegressors(t *testing.T) {
	y := lcg(60, 4)
	double := wave(60)
	for i := range double {
		double[i] *= 2
	}
	m, err := Fit(Order{AR: 1, Diff: 1}, Data{Y: y, X: [][]float64{ConstantOf(60, 0), wave(60), double}})
	if err != nil {
		t.Fatal(err)
	}
	if b := m.Params.Beta; b[0] != 0 || b[1] == 0 || b[2] != 0 {
		t.Errorf("want 0 for what differencing takes and for what is there already, got %v", b)
	}
	one, err := Fit(Order{AR: 1, Diff: 1}, Data{Y: y, X: [][]float64{wave(60)}})
	if err != nil || math.Abs(one.LogLik-m.LogLik) > 1e-8 {
		t.Errorf("want the likelihood without them, %v, got %v: %v", one.LogLik, m.LogLik, err)
	}
}
