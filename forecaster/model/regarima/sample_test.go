package regarima

import (
	"math"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// TestLongWindowsKeepTheirWeek estimates from 15 days of minutes, of which six tell
// the coefficients: the week, which those cannot tell, must be that of all, and the
// coefficients right, also through gaps.
func TestLongWindowsKeepTheirWeek(t *testing.T) {
	const perDay, ar = 1440, 0.7
	truth := func(i int) float64 {
		return 500 + 60*math.Sin(2*math.Pi*float64(i)/perDay) + 40*math.Cos(2*math.Pi*float64(i)/(7*perDay))
	}
	x := arma(21, 15*perDay, 0, ar)
	for name, missing := range map[string]int{"whole": 0, "gapped": 31} {
		m := newModel(harmonic, model.Config{Grid: modeltest.Grid(t, time.Minute), Horizon: 12, Levels: modeltest.Levels()})
		m.most = 1
		values := make([]float64, len(x))
		for i := range values {
			values[i] = truth(i) + 5*x[i]
			if missing > 0 && (i*7919%1000 < missing || i > 10*perDay && i < 10*perDay+200) {
				values[i] = math.NaN()
			}
		}
		m, past := adopted(t, m, values)
		p := m.adopted
		if got := p.params.AR[0]; math.Abs(got-ar) > 0.05 {
			t.Errorf("%s: order %+v, want a coefficient of %v, got %v", name, p.order, ar, got)
		}
		if sigma := math.Sqrt(p.params.Sigma2); math.Abs(sigma-5) > 0.3 {
			t.Errorf("%s: want innovations of 5, got %v", name, sigma)
		}
		level, worst := 0.0, 0.0 // the filter has the level where it differences
		for i := range values {
			level += (p.expected(past.First()+int64(i)) - truth(i)) / float64(len(values))
		}
		for i := range values {
			worst = max(worst, math.Abs(p.expected(past.First()+int64(i))-truth(i)-level))
		}
		if worst > 2 {
			t.Errorf("%s: what is expected is off by up to %v", name, worst)
		}
	}
}
