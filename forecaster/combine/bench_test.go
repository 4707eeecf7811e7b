package combine_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/regarima"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/rls"
)

// pool gives the parts that package fold combines.
func pool(c model.Config, w *lstm.Weights) []combine.Part {
	return []combine.Part{
		{Name: naive.Name, Model: naive.New(c)},
		{Name: naive.Last, Model: naive.NewLast(c)},
		{Name: rls.Name, Model: rls.New(c)},
		{Name: rls.Root, Model: rls.NewRoot(c)},
		{Name: regarima.DHR, Model: regarima.NewDHR(c)},
		{Name: lstm.Name, Model: lstm.New(c, w)},
	}
}

// BenchmarkBin is what a bin costs once all parts are awake, and of it each part
// alone: it is observed, and a forecast made after a tail of two bins.
func BenchmarkBin(b *testing.B) {
	levels := []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95, 0.975, 0.99}
	w := lstm.Embedded()
	for _, bc := range []struct {
		name    string
		period  time.Duration
		horizon int
	}{{"60 s", time.Minute, 12}, {"300 s", 5 * time.Minute, 12}, {"300 s, 64 steps", 5 * time.Minute, 64}} {
		c := model.Config{Grid: modeltest.Grid(b, bc.period), Horizon: bc.horizon, Levels: levels}
		b.Run(bc.name, func(b *testing.B) { bins(b, c, combine.New(c, pool(c, w))) })
		for _, p := range pool(c, w) {
			b.Run(bc.name+"/"+p.Name, func(b *testing.B) { bins(b, c, p.Model) })
		}
	}
}

func bins(b *testing.B, c model.Config, m model.Model) {
	r, day := rand.New(rand.NewPCG(1, 2)), float64(c.Grid.PerDay())
	load := func(i int) float64 { return 100 + 50*math.Sin(2*math.Pi*float64(i)/day) + 5*r.NormFloat64() }
	past := modeltest.Fold(m, c.Grid, 3*c.Grid.PerDay(), load)
	if f, ok := m.(model.Refitter); ok {
		if err := f.Adopt(past, f.Estimation(past, past.Newest())(model.InLine)); err != nil {
			b.Fatal(err)
		}
	}
	bands, tail := model.NewBands(c.Levels, c.Horizon), []float64{120, 121}
	b.ReportAllocs()
	i := past.Len()
	for b.Loop() {
		past.Append(past.Newest()+1, load(i), 1)
		m.Observe(past)
		m.Forecast(past, tail, bands)
		i++
	}
	b.ReportMetric(float64(len(m.Snapshot(nil))), "B/snapshot")
}
