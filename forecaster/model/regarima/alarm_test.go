package regarima

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// inForce gives a model with the parameters of an AR(1) process of the mean 100
// with innovations of variance 1, in force from the first bin on.
func inForce(t testing.TB, phi float64) (*Model, *model.History) {
	t.Helper()
	c := model.Config{Grid: modeltest.Grid(t, 5*time.Minute), Horizon: 1, Levels: []float64{0.5}}
	p := &parameters{order: arima.Order{AR: 1}, constant: true, params: arima.Params{AR: []float64{phi}, Beta: []float64{100}, Sigma2: 1}}
	m, past := newModel(plain, c), model.NewHistory(c.Grid, 0)
	if err := m.Adopt(past, p.binary(plain)); err != nil {
		t.Fatal(err)
	}
	return m, past
}

// TestFalseAlarms counts how often the alarm goes off over 200 days in which the
// parameters hold: on normal innovations never, and seldom where they have heavy
// tails, or calm and wild hours.
func TestFalseAlarms(t *testing.T) {
	const days = 200
	for _, c := range []struct {
		name string
		most float64 // alarms a day
		draw func(r *rand.Rand) func() float64
	}{
		{"normal", 0, func(r *rand.Rand) func() float64 { return r.NormFloat64 }},
		{"Student's t of 3 degrees", 0.01, func(r *rand.Rand) func() float64 { return student3(r) }},
		{"GARCH(1,1)", 0.05, func(r *rand.Rand) func() float64 { return garch(r) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, past := inForce(t, 0.5)
			draw := c.draw(rand.New(rand.NewPCG(7, 7)))
			x, alarms := 0.0, 0.0
			for bin := range int64(days * 288) {
				x = 0.5*x + draw()
				past.Append(bin, 100+x, 1)
				if m.Observe(past); m.Alarmed() {
					alarms++
					m.alarm = alarm{} // as an adoption would
				}
			}
			t.Logf("%v a day", alarms/days)
			if alarms/days > c.most {
				t.Errorf("want at most %v alarms a day, got %v", c.most, alarms/days)
			}
		})
	}
}

// student3 draws from Student's distribution with 3 degrees of freedom, whose
// variance is 3, in standard deviations.
func student3(r *rand.Rand) func() float64 {
	return func() float64 {
		square := 0.0
		for range 3 {
			z := r.NormFloat64()
			square += z * z
		}
		return r.NormFloat64() / math.Sqrt(square)
	}
}

// garch draws innovations whose variance follows their squares (Bollerslev 1986):
// 1 on average, with a half-life of 34 bins.
func garch(r *rand.Rand) func() float64 {
	const alpha, beta = 0.1, 0.88
	variance, last := 1.0, 0.0
	return func() float64 {
		variance = 1 - alpha - beta + alpha*last*last + beta*variance
		last = math.Sqrt(variance) * r.NormFloat64()
		return last
	}
}

// TestAlarmOnAShift wants a shift by three standard deviations of the series
// noticed, up or down, in 20 bins where values are independent (11 by the drift of
// the sum, 25 / (3 - 0.75)), in 50 where half of a value stays (25 by the drift).
func TestAlarmOnAShift(t *testing.T) {
	for _, c := range []struct {
		phi    float64
		within int
	}{{0, 20}, {0.5, 50}} {
		for _, by := range []float64{3, -3} {
			for seed := range uint64(20) {
				m, past := inForce(t, c.phi)
				r := rand.New(rand.NewPCG(seed, 3))
				x, took := 0.0, 0
				for bin := range int64(288 + c.within) {
					x = c.phi*x + r.NormFloat64()
					value := 100 + x
					if bin >= 288 {
						value += by / math.Sqrt(1-c.phi*c.phi)
					}
					past.Append(bin, value, 1)
					m.Observe(past)
					if bin >= 288 && !m.Alarmed() {
						took++
					}
				}
				if took >= c.within {
					t.Errorf("φ %v, shift by %v, seed %d: no alarm within %d bins", c.phi, by, seed, c.within)
				}
			}
		}
	}
}

// TestAlarmEnds wants the alarm off within three hours of its cause's end.
func TestAlarmEnds(t *testing.T) {
	m, past := inForce(t, 0)
	for bin := range int64(600 + 36) {
		value := 100.0
		if bin < 600 {
			value = 200
		}
		past.Append(bin, value, 1)
		m.Observe(past)
		if bin == 599 && !m.Alarmed() {
			t.Error("want it on while the level is wrong")
		}
	}
	if m.Alarmed() {
		t.Error("want it off")
	}
}
