package arima

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestSelectedIsConfirmed selects models of loads that are nearly a sum of waves,
// where the likelihood rises towards the unit circle until rounding spoils it.
// What is selected must follow the series as well as it says: the innovations of
// a filter have the variance that was estimated. (A fit of the M4 series H302 once
// claimed a variance of 4e-9, and its filter missed by 1e7 standard deviations.)
func TestSelectedIsConfirmed(t *testing.T) {
	for _, noise := range []float64{1e-9, 1e-3} {
		for _, waves := range []int{1, 2, 5} {
			for _, d := range []int{0, 1, 2} {
				t.Run(fmt.Sprintf("noise %g, %d waves, d %d", noise, waves, d), func(t *testing.T) {
					r := rand.New(rand.NewPCG(uint64(waves), 9))
					y := make([]float64, 300)
					for i := range y {
						y[i] = 20 + noise*r.NormFloat64()
						for k := range waves {
							y[i] += math.Sin(2*math.Pi*float64((k+1)*i)/24) / float64(k+1)
						}
					}
					found, err := Select(Data{Y: y}, Search{Diff: d}, inTurn)
					if err != nil {
						t.Fatal(err)
					}
					confirm(t, found.Model, Data{Y: y}, found.Constant)
				})
			}
		}
	}
}

// confirm wants a mean square of the standardised innovations of 1.
func confirm(t *testing.T, m *Model, d Data, constant bool) {
	t.Helper()
	if constant {
		d.X = append(d.X, ConstantOf(len(d.Y), m.Order.Diff))
	}
	residuals, err := Residuals(m, d)
	if err != nil {
		t.Fatal(err)
	}
	sum, n := 0.0, 0.0
	for _, e := range residuals {
		if !math.IsNaN(e) {
			sum += e * e
			n++
		}
	}
	if math.Abs(sum/n-1) > 0.02 {
		t.Errorf("%v: the innovations of the filter have a mean square of %v", m.Order, sum/n)
	}
}
