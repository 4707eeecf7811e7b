package evaluation

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// ErrSilent says that a forecaster had nothing to say at an origin.
var ErrSilent = errors.New("no forecast")

// Run is how a series is gone through. Only the horizon must be set.
type Run struct {
	// Horizon is the number of steps forecast from each origin.
	Horizon int
	// Each runs the parts of an estimation; nil is one after another.
	Each model.Each
	// Stop is asked at every value; an error ends the run with it.
	Stop func() error
	// Seen is told of values as they are handed over, some at a time.
	Seen func(n int)
	// Told is shown every forecast: made at origin o, it is of y[o] onwards. The
	// bands are overwritten by the next.
	Told func(origin int, bands *model.Bands)
}

// seenEvery is how many values go by between two calls of Seen.
const seenEvery = 64

// Score forecasts a series from every origin and scores what came of it. Every
// value is settled on arrival, and an estimate is in force at once.
func (r Run) Score(s Series, mk Make) (Scores, error) {
	f, bands, sums := mk(s, r.Horizon), model.NewBands(Levels(), r.Horizon), newTally(s, r.Horizon)
	for o := 0; o+r.Horizon <= len(s.Values); o++ {
		if err := r.pass(o); err != nil {
			return Scores{}, err
		}
		if slices.Contains(s.Refits, o) {
			if err := f.Refit(r.each()); err != nil {
				return Scores{}, fmt.Errorf("refit at origin %d: %w", o, err)
			}
		}
		if o >= s.Window {
			if !f.Forecast(bands) {
				return Scores{}, fmt.Errorf("origin %d: %w", o, ErrSilent)
			}
			sums.add(o, bands)
			if r.Told != nil {
				r.Told(o, bands)
			}
		}
		f.See(s.Values[o])
	}
	if r.Seen != nil {
		r.Seen(r.Work(s) % seenEvery)
	}
	return sums.scores(), nil
}

// Work gives how many values a run hands over: what Seen adds up to.
func (r Run) Work(s Series) int { return max(0, len(s.Values)-r.Horizon+1) }

func (r Run) each() model.Each {
	if r.Each == nil {
		return model.InLine
	}
	return r.Each
}

// pass tells of progress, and asks whether to go on.
func (r Run) pass(o int) error {
	if r.Seen != nil && o > 0 && o%seenEvery == 0 {
		r.Seen(seenEvery)
	}
	if r.Stop == nil {
		return nil
	}
	return r.Stop()
}
