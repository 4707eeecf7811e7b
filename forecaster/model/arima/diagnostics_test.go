package arima

import (
	"math"
	"testing"
)

// TestStandardErrors compares with R's, which differentiates the likelihood
// twice by differences, where both have come to the same optimum.
func TestStandardErrors(t *testing.T) {
	for _, g := range goldens(t) {
		if !g.Optimum.Parity {
			continue
		}
		d, names := g.data()
		m, err := Fit(g.order(), d)
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		got, err := StandardErrors(m, d)
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		want := g.params(g.Optimum.SE, names)
		ours, worst := append(got.coef(), got.Beta...), 0.0
		for i, se := range append(want.coef(), want.Beta...) {
			worst = max(worst, math.Abs(ours[i]/se-1))
		}
		t.Logf("%-27s %-18v off by %.5f", g.Name, g.order(), worst)
		if !(worst < 0.01) {
			t.Errorf("%s: want %+v, got %+v", g.Name, want, got)
		}
	}
}

// TestStandardErrorsEdge wants an error where there is no peak.
func TestStandardErrorsEdge(t *testing.T) {
	y := lcg(60, 2)
	m := &Model{Order: Order{MA: 1}, Params: Params{MA: []float64{-2}, Sigma2: 1}}
	if _, err := StandardErrors(m, Data{Y: y}); err == nil {
		t.Error("want coefficients refused that are not invertible")
	}
	m.Params.MA = []float64{-0.999}
	if _, err := StandardErrors(m, Data{Y: y}); err == nil {
		t.Error("want an error far from the peak")
	}
}

// TestResiduals compares with R's first, where nothing is differenced, and last.
func TestResiduals(t *testing.T) {
	for _, g := range goldens(t) {
		d, names := g.data()
		p := g.params(g.Optimum.Coef, names)
		p.Sigma2 = g.Optimum.Sigma2
		got, err := Residuals(&Model{Order: g.order(), Params: p}, d)
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		sd, n := math.Sqrt(p.Sigma2), len(got)
		worst := 0.0
		for i := range 8 {
			if e := got[n-8+i]; !math.IsNaN(e) {
				worst = max(worst, math.Abs(e-g.Optimum.Last[i]/sd))
			}
			if e := got[i]; !math.IsNaN(e) && g.order().lost() == 0 {
				worst = max(worst, math.Abs(e-g.Optimum.First[i]/sd))
			}
		}
		if !(worst < 1e-3) {
			t.Errorf("%s: a residual is off by %v, want %v, got %v", g.Name, worst, g.Optimum.Last, got[n-8:])
		}
		for i, e := range got {
			if math.IsNaN(e) != (i < g.order().lost() || math.IsNaN(d.Y[i])) {
				t.Errorf("%s: residual %d is %v", g.Name, i, e)
			}
		}
	}
}

// TestLjungBox compares with Box.test of R 4.2.2 on lh, lag and fitdf given.
func TestLjungBox(t *testing.T) {
	var lh []float64
	for _, g := range goldens(t) {
		if g.Name == "lh_300" {
			d, _ := g.data()
			lh = d.Y
		}
	}
	for _, c := range []struct {
		lags, fitted int
		statistic, p float64
	}{
		{5, 2, 22.6731850020739, 4.72389193406642e-05},
		{10, 2, 25.3509303605002, 0.00135530155824237},
	} {
		statistic, p := LjungBox(lh, c.lags, c.fitted)
		if math.Abs(statistic-c.statistic) > 1e-10 || math.Abs(p/c.p-1) > 1e-9 {
			t.Errorf("%d lags, %d fitted: want %v and %v, got %v and %v", c.lags, c.fitted, c.statistic, c.p, statistic, p)
		}
	}
	for name, x := range map[string][]float64{"none": nil, "constant": {1, 1, 1}, "missing": {math.NaN()}, "one": {3}} {
		if statistic, p := LjungBox(x, 10, 0); statistic != 0 || p != 1 {
			t.Errorf("%s: want nothing found, got %v and %v", name, statistic, p)
		}
	}
	if _, p := LjungBox(lh, 2, 2); p != 1 {
		t.Errorf("want 1 without a degree of freedom, got %v", p)
	}
}
