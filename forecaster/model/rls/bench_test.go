package rls

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// manyLevels are those of the policies that the model was tuned with.
func manyLevels() []float64 {
	return []float64{0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.998, 0.999, 0.9995}
}

// grown gives a model that is ready, on a noisy daily load.
func grown(tb testing.TB, period time.Duration, horizon int) (*Model, *model.History, func(i int) float64) {
	tb.Helper()
	g := modeltest.Grid(tb, period)
	r := rand.New(rand.NewPCG(1, 1))
	load := func(i int) float64 {
		return 100 + 50*math.Sin(2*math.Pi*float64(i)/float64(g.PerDay())) + 10*r.Float64()
	}
	m := New(model.Config{Grid: g, Horizon: horizon, Levels: manyLevels()}).(*Model)
	past := modeltest.Fold(m, g, 8*g.PerDay(), load)
	if !m.ready {
		tb.Fatal("not ready")
	}
	return m, past, load
}

func BenchmarkObserve(b *testing.B) {
	for name, period := range map[string]time.Duration{"300s": 5 * time.Minute, "60s": time.Minute} {
		b.Run(name, func(b *testing.B) {
			m, past, load := grown(b, period, 12)
			b.ReportAllocs()
			for b.Loop() {
				past.Append(past.Newest()+1, load(int(past.Newest())), 1)
				m.Observe(past)
			}
		})
	}
}

func BenchmarkForecast(b *testing.B) {
	m, past, _ := grown(b, 5*time.Minute, 12)
	bands := model.NewBands(m.levels, 12)
	b.ReportAllocs()
	for b.Loop() {
		m.Forecast(past, []float64{120, 121}, bands)
	}
}

func BenchmarkSnapshot(b *testing.B) {
	for _, horizon := range []int{12, 16, 64} {
		b.Run(time.Duration(horizon*5*int(time.Minute)).String(), func(b *testing.B) {
			m, _, _ := grown(b, 5*time.Minute, horizon)
			var data []byte
			for b.Loop() {
				data = m.Snapshot(data[:0])
			}
			b.ReportMetric(float64(len(data)), "bytes")
		})
	}
}

func BenchmarkFilter(b *testing.B) {
	f := newFilter(meanInputs)
	x := make([]float64, meanInputs)
	r := rand.New(rand.NewPCG(2, 2))
	b.ReportAllocs()
	for b.Loop() {
		for i := range x {
			x[i] = r.NormFloat64()
		}
		f.update(x, x[3])
	}
}
