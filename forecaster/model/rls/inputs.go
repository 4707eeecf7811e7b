package rls

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

const (
	lags = 8
	// around is how many bins before and after the same time of yesterday are
	// looked at.
	around   = 2
	weekDays = 7
	// carried is how many bins a value stands in for missing ones after it.
	carried    = 3
	fewHours   = 6
	manyHours  = 24
	meanInputs = 1 + lags + (2*around + 1) + 1 + 1 + 2 + 2
)

// calendar are the seasons in bins.
type calendar struct {
	day, hour int64
	// slack is how far around a time of another day is as good as that time.
	slack int64
}

func newCalendar(g model.Grid) calendar {
	day := int64(g.PerDay())
	return calendar{day: day, hour: max(1, day/24), slack: max(1, day/288)}
}

// view is what is known at an origin, in the unit of the load.
type view struct {
	calendar
	past *model.History
	tail []float64
	// folded says that bins are read as they settled, not as they were revised
	// since.
	folded bool
	origin int64
	root   bool    // loads are read as their roots
	last   float64 // the value at the origin
	top    float64 // the model's, at the origin
}

// raw gives the value of a bin, NaN where there is none.
func (v *view) raw(bin int64) float64 {
	x := v.load(bin)
	if v.root {
		return math.Sqrt(x)
	}
	return x
}

func (v *view) load(bin int64) float64 {
	if v.folded {
		return v.past.Folded(bin)
	}
	if i := bin - v.past.Newest() - 1; i >= 0 {
		return v.tail[i]
	}
	return v.past.Revised(bin)
}

// read gives the value of a bin as far as inputs believe it.
func (v *view) read(bin int64) float64 { return v.bounded(v.raw(bin)) }

func (v *view) bounded(x float64) float64 { return min(x, mostInput*v.top) }

// at gives the value of a bin up to the origin; where it is missing that of
// shortly before, else that of the days before at the same time, else the last.
func (v *view) at(bin int64) float64 {
	for range weekDays + 1 {
		for back := range int64(carried + 1) {
			if x := v.read(bin - back); !math.IsNaN(x) {
				return x
			}
		}
		bin -= v.day
	}
	return v.bounded(v.last)
}

// season gives the value at a time that lies whole seasons before a bin.
func (v *view) season(bin, season int64) float64 {
	if over := bin - season - v.origin; over > 0 {
		bin -= (over + season - 1) / season * season
	}
	return v.at(bin - season)
}

// mean gives the mean of the values that lie 1 to n seasons before a bin, as
// far as they are known.
func (v *view) mean(bin, season int64, n int) float64 {
	sum, known := 0.0, 0.0
	for range n {
		bin -= season
		if bin > v.origin {
			continue
		}
		if x := v.read(bin); !math.IsNaN(x) {
			sum += x
			known++
		}
	}
	if known == 0 {
		return v.bounded(v.last)
	}
	return sum / known
}

// inputs writes the inputs of the load a step ahead of the origin, in units.
func (v *view) inputs(step int64, unit float64, x []float64) {
	target := v.origin + step
	x = append(x[:0], unit)
	for lag := range int64(lags) {
		x = append(x, v.at(v.origin-lag))
	}
	for off := int64(-around); off <= around; off++ {
		x = append(x, v.season(target+off, v.day))
	}
	x = append(x,
		v.season(target, weekDays*v.day),
		v.mean(target, v.day, weekDays),
		v.season(target, v.hour),
		v.season(target, 2*v.hour),
		v.mean(target, v.hour, fewHours),
		v.mean(target, v.hour, manyHours))
	for i := range x {
		x[i] /= unit
	}
}
