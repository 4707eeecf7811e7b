package lstm

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// steps is how far ahead networks look in tests that say nothing else.
const steps = usualSteps

// monday is the day on which made-up series begin: 5 January 2026.
const monday = 20458

// tiny gives weights of a network that is small enough for tests.
func tiny(tb testing.TB) *Weights {
	tb.Helper()
	return looking(tb, steps)
}

// looking gives weights of a tiny network that looks so many steps ahead.
func looking(tb testing.TB, steps int) *Weights {
	tb.Helper()
	w, err := drawn(3, steps, 7)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// waves are n values of a daily wave with noise, a bin each of so many a day.
func waves(n, perDay int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 5))
	out := make([]float64, n)
	for i := range out {
		out[i] = 100 + 60*math.Sin(2*math.Pi*float64(i)/float64(perDay)) + 5*r.NormFloat64()
	}
	return out
}

// saws are waves whose every second value is half: there is much to learn.
func saws(n, perDay int, seed uint64) []float64 {
	out := waves(n, perDay, seed)
	for i := 0; i < n; i += 2 {
		out[i] /= 2
	}
	return out
}

// seriesOf gives a series of values that begins on a Monday.
func seriesOf(tb testing.TB, name string, period time.Duration, values []float64) Series {
	tb.Helper()
	g := modeltest.Grid(tb, period)
	return Series{Name: name, Grid: g, First: int64(monday * g.PerDay()), Values: values}
}

// school gives a little to train on.
func school(tb testing.TB) Data {
	tb.Helper()
	gappy := saws(20*24, 24, 2)
	for i := 200; i < 230; i++ {
		gappy[i] = math.NaN()
	}
	return Data{
		Series: []Series{
			seriesOf(tb, "a", time.Hour, saws(15*24, 24, 1)),
			seriesOf(tb, "gappy", time.Hour, gappy),
			seriesOf(tb, "fine", 15*time.Minute, saws(8*96, 96, 3)),
			seriesOf(tb, "short", time.Hour, saws(20, 24, 4)),
		},
		Sets: []string{"made up"},
	}
}

// schoolOptions are small enough for tests.
func schoolOptions() Options {
	o := DefaultOptions()
	o.Hidden, o.Batch, o.Segment, o.Epochs, o.Rate = 5, 18, 24, 8, 0.02
	o.Patience = 8
	return o
}

func sideBySide(n int, task func(i int)) {
	var all sync.WaitGroup
	for _, i := range rand.New(rand.NewPCG(uint64(n), 3)).Perm(n) {
		all.Go(func() { task(i) })
	}
	all.Wait()
}

// grow lets a model observe values, one after the other, and calls each after
// each.
func grow(m model.Model, g model.Grid, values []float64, each func(past *model.History)) *model.History {
	past := model.NewHistory(g, 0)
	for i, x := range values {
		past.Append(int64(monday*g.PerDay()+i), x, 1)
		m.Observe(past)
		each(past)
	}
	return past
}

func config(tb testing.TB, period time.Duration, horizon int) model.Config {
	return model.Config{Grid: modeltest.Grid(tb, period), Horizon: horizon, Levels: modeltest.Levels()}
}

func (s sight) equal(other sight) bool {
	return s.inputs == other.inputs && slices.Equal(s.skip, other.skip)
}
