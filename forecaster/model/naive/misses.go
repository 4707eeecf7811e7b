package naive

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// misses are what the forecasts of one target were wrong by, NaN where that
// cannot be told: one for each sample of steps, one for each of peaks.
type misses struct{ steps, peaks []float64 }

func newMisses(w *way) misses {
	return misses{make([]float64, len(w.steps)), make([]float64, len(w.peaks))}
}

func (m misses) forget() {
	for _, row := range [][]float64{m.steps, m.peaks} {
		for i := range row {
			row[i] = math.NaN()
		}
	}
}

// fill takes the errors of a way at a target, of folded values throughout.
func (m misses) fill(w *way, past *model.History, target int64) {
	value := past.Folded(target)
	if math.IsNaN(value) {
		m.forget()
		return
	}
	for i := range m.steps {
		back := w.season * int64(i+1)
		if w.season == 0 {
			back = int64(w.tracked[i])
		}
		m.steps[i] = value - past.Folded(target-back)
	}
	most, seasonBefore := math.Inf(-1), math.Inf(-1)
	h := 0
	for i, step := range w.tracked {
		for ; h < step; h++ {
			most = max(most, past.Folded(target-int64(h)))
			if int64(h) < w.season {
				seasonBefore = max(seasonBefore, past.Folded(target-int64(h)-w.season))
			}
		}
		m.peaks[i] = most - w.peakPoint(past, target-int64(step), step, seasonBefore)
	}
}

// peakPoint gives the largest point of the forecast from an origin: up to one
// season ahead the largest value a season before the steps, beyond it the
// largest of the season before the origin.
func (w *way) peakPoint(past *model.History, origin int64, step int, seasonBefore float64) float64 {
	switch {
	case w.season == 0:
		return past.Folded(origin)
	case int64(step) <= w.season:
		return seasonBefore
	}
	most := math.Inf(-1)
	for bin := origin - w.season + 1; bin <= origin; bin++ {
		most = max(most, past.Folded(bin))
	}
	return most
}
