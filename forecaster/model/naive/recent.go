package naive

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// recent reads the window as revised and, after it, the tail.
type recent struct {
	past *model.History
	tail []float64
}

func (r recent) origin() int64 {
	if r.past.Len() == 0 {
		return int64(len(r.tail)) - 1
	}
	return r.past.Newest() + int64(len(r.tail))
}

func (r recent) at(bin int64) float64 {
	if i := bin - r.origin() + int64(len(r.tail)) - 1; i >= 0 {
		return r.tail[i]
	}
	return r.past.Revised(bin)
}

// last gives the newest value, or NaN.
func (r recent) last() float64 {
	origin := r.origin()
	for bin := origin; bin > origin-int64(r.past.Len()+len(r.tail)); bin-- {
		if v := r.at(bin); !math.IsNaN(v) {
			return v
		}
	}
	return math.NaN()
}

// season gives the newest value that lies whole seasons before the step, or
// the fallback.
func (r recent) season(season, step int64, fallback float64) float64 {
	oldest := r.origin() - int64(r.past.Len()+len(r.tail))
	for bin := r.origin() + step - season*seasons(step, season); bin > oldest; bin -= season {
		if v := r.at(bin); !math.IsNaN(v) {
			return v
		}
	}
	return fallback
}

// seasons gives how many seasons before the step the newest known bin at the
// same time of the season lies.
func seasons(step, season int64) int64 { return (step + season - 1) / season }
