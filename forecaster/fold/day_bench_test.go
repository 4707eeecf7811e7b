package fold

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// BenchmarkDay is what the combined model costs a bin, over a day of which: each
// bin observed, a forecast of 12 steps and 7 levels after a tail of two bins made
// of it, and the day's refit of all parts, training included.
func BenchmarkDay(b *testing.B) {
	levels := []float64{0.025, 0.1, 0.5, 0.9, 0.95, 0.975, 0.99}
	for _, period := range []time.Duration{5 * time.Minute, time.Minute} {
		grid, err := model.NewGrid(period)
		if err != nil {
			b.Fatal(err)
		}
		c := model.Config{Grid: grid, Horizon: 12, Levels: levels, Seed: 1, Training: 20}
		b.Run(fmt.Sprintf("%.0fs", period.Seconds()), func(b *testing.B) { days(b, c) })
	}
}

func days(b *testing.B, c model.Config) {
	day := c.Grid.PerDay()
	r := rand.New(rand.NewPCG(1, 2))
	past, m := model.NewHistory(c.Grid, 0), NewModel(combine.Name, c, nil).(model.Refitter)
	bands, tail := model.NewBands(c.Levels, c.Horizon), []float64{120, 121}
	next := func(i int) {
		wave := 100 + 50*math.Sin(2*math.Pi*float64(i%day)/float64(day))
		past.Append(int64(i), wave*(1+0.1*r.NormFloat64()), 1)
		m.Observe(past)
	}
	for i := range model.Days * day {
		next(i)
	}
	refits, bins, i := time.Duration(0), 0, model.Days*day
	for b.Loop() {
		began := time.Now()
		if err := m.Adopt(past, m.Estimation(past, past.Newest())(model.InLine)); err != nil {
			b.Fatal(err)
		}
		refits += time.Since(began)
		for range day {
			next(i)
			m.Forecast(past, tail, bands)
			i++
			bins++
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(bins), "ms/bin")
	b.ReportMetric(refits.Seconds()*1e3/float64(bins), "ms-refit/bin")
}
