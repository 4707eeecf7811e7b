package regarima

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// loads are the values of so many days of five-minute bins: a day, and an ARMA
// process about it.
func loads(days int) []float64 {
	values := arma(12, days*288, 0.3, 0.8)
	for i := range values {
		values[i] = 100 + 20*math.Sin(2*math.Pi*float64(i)/288) + 4*values[i]
	}
	return values
}

func five(tb testing.TB) model.Config {
	tb.Helper()
	return model.Config{Grid: modeltest.Grid(tb, 5*time.Minute), Horizon: 12, Levels: modeltest.Levels()}
}

// TestObserveDoesNotAllocate holds that neither a bin, nor a gap, nor a forecast
// allocates.
func TestObserveDoesNotAllocate(t *testing.T) {
	c := half(t)
	values := arma(13, 8*48, 0, 0.5)
	for _, k := range []kind{plain, harmonic, decomposed} {
		m, past := estimated(t, k, c, values)
		bands, tail := model.NewBands(c.Levels, c.Horizon), []float64{100, math.NaN()}
		i := 0
		// The history grows now and then, which an average over so many forgives.
		if n := testing.AllocsPerRun(200, func() {
			past.Append(past.Newest()+1, holed(i, 100), 1)
			m.Observe(past)
			m.Forecast(past, tail, bands)
			i++
		}); n != 0 {
			t.Errorf("kind %d: %v allocations", k, n)
		}
	}
}

// BenchmarkModel times an estimation from 20 days, 5,760 bins, and what a bin and a
// forecast cost after it, and tells the size of a snapshot.
func BenchmarkModel(b *testing.B) {
	c := five(b)
	for name, construct := range map[string]func(model.Config) model.Model{ARIMA: NewARIMA, DHR: NewDHR, STL: NewSTL} {
		m := construct(c).(*Model)
		values := loads(model.FitDays)
		past := modeltest.Fold(m, c.Grid, len(values), func(i int) float64 { return values[i] })
		b.Run(fmt.Sprint(name, "/estimation"), func(b *testing.B) {
			for b.Loop() {
				m.Estimation(past, past.Newest())(model.InLine)
			}
		})
		if err := m.Adopt(past, m.Estimation(past, past.Newest())(model.InLine)); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(name, "/observe"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Observe(past)
			}
			b.ReportMetric(float64(len(m.Snapshot(nil))), "snapshot-B")
		})
		bands := model.NewBands(c.Levels, c.Horizon)
		b.Run(fmt.Sprint(name, "/forecast"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Forecast(past, nil, bands)
			}
		})
	}
}
