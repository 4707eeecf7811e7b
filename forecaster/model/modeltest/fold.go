package modeltest

import (
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Levels are the quantile levels that models are tested at.
func Levels() []float64 { return []float64{0.025, 0.1, 0.5, 0.9, 0.95, 0.975, 0.99} }

// Grid gives the grid of a period, and ends the test where there is none.
func Grid(tb testing.TB, period time.Duration) model.Grid {
	tb.Helper()
	g, err := model.NewGrid(period)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// Fold lets a model observe n bins from the beginning of a Monday (5 January
// 2026), and gives the history.
func Fold(m model.Model, g model.Grid, n int, load func(i int) float64) *model.History {
	past := model.NewHistory(g, 0)
	first := int64(20458 * g.PerDay())
	for i := range n {
		past.Append(first+int64(i), load(i), 1)
		m.Observe(past)
	}
	return past
}
