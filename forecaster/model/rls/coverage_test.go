package rls

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// count adds up how often quantiles held.
type count struct {
	judged int
	held   []int
}

func (c *count) judge(quantiles []float64, value float64) {
	if c.held == nil {
		c.held = make([]int, len(quantiles))
	}
	c.judged++
	for j, q := range quantiles {
		if value <= q {
			c.held[j]++
		}
	}
}

// check wants the coverage of each level within a distance.
func (c *count) check(t *testing.T, what string, levels []float64, off float64) {
	t.Helper()
	for j, p := range levels {
		if got := float64(c.held[j]) / float64(c.judged); math.Abs(got-p) > off*math.Sqrt(p*(1-p)) {
			t.Errorf("%s: level %v covered %.4f of %d", what, p, got, c.judged)
		}
	}
}

// TestCoverage judges steps and peaks of three weeks of 5-minute bins whose
// noise is wild for eight hours a day and calm otherwise, in units of the
// standard deviation of one judgement: 0.08 is about three standard errors for
// peaks that overlap over six steps, and steps are drawn below their peaks.
// Within a kind of hour nothing is promised. A scale that stood still would cover
// the 0.9 quantile in all of the calm hours and about 0.7 of the wild ones.
func TestCoverage(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	at := []float64{0.1, 0.5, 0.9, 0.95, 0.99}
	r := rand.New(rand.NewPCG(7, 8))
	wild := func(i int) bool { hour := i % 288 / 12; return hour >= 9 && hour < 17 }
	values := make([]float64, 31*288)
	for i := range values {
		noise := 2.0
		if wild(i) {
			noise = 20
		}
		values[i] = max(0, 300+100*math.Sin(2*math.Pi*float64(i)/288)+noise*r.NormFloat64())
	}
	var steps, peaks [6]count
	var calmPeak, wildPeak count
	follow(New(model.Config{Grid: g, Horizon: 6, Levels: at}), g, values, func(i int, b *model.Bands) {
		if i < 10*288 {
			return
		}
		for h := range b.Steps {
			peak := slices.Max(values[i+1 : i+2+h])
			steps[h].judge(b.Steps[h], values[i+1+h])
			peaks[h].judge(b.Peaks[h], peak)
			if h != 2 {
				continue
			}
			switch {
			case wild(i) && wild(i+12):
				wildPeak.judge(b.Peaks[h], peak)
			case !wild(i) && !wild(i+12):
				calmPeak.judge(b.Peaks[h], peak)
			}
		}
	})
	for h := range steps {
		steps[h].check(t, "step", at, 0.12)
		peaks[h].check(t, "peak", at, 0.08)
	}
	calmPeak.check(t, "peak in a calm hour", at, 0.15)
	wildPeak.check(t, "peak in a wild hour", at, 0.25)
}
