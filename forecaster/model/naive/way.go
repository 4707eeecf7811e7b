package naive

import (
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// way is one way to forecast, with the errors that it made lately.
//
// The errors of a target are a function of the folded bins that reach back
// from it by at most season + horizon, both at most seven days; they are kept
// for at most seven days. So all of it lies within the window, and an error
// that has grown too old can be computed again to be taken out.
type way struct {
	season int64 // bins; 0 for the last value
	span   int64 // how many bins an error is kept, a multiple of stride
	stride int64 // an error is taken at bins that it divides
	day    int   // the errors that a day yields
	// tracked are the steps whose errors are kept, rising; at gives the index
	// of the first one at or above a step.
	tracked []int
	at      []int
	// steps has a sample for each tracked step, or for each number of seasons
	// ahead; peaks one for each tracked step.
	steps, peaks []sample
	fresh, old   misses // scratch
}

func newWay(season, span, most int, steps []int) *way {
	stride := (span + most - 1) / most
	w := &way{season: int64(season), stride: int64(stride), tracked: steps}
	w.span = int64(max(1, span/stride) * stride)
	w.day = int(w.span) / stride
	longest := steps[len(steps)-1]
	w.at = make([]int, longest+1)
	for h, i := 1, 0; h <= longest; h++ {
		if h > steps[i] {
			i++
		}
		w.at[h] = i
	}
	rows := len(steps)
	if season > 0 {
		w.day /= weekDays
		rows = int(seasons(int64(longest), w.season))
	}
	w.steps, w.peaks = make([]sample, rows), make([]sample, len(steps))
	w.fresh, w.old = newMisses(w), newMisses(w)
	return w
}

// measured says whether there are the errors of a whole day.
func (w *way) measured() bool { return len(w.steps[0].sorted) >= max(1, w.day) }

// after gives the errors of a step and those of the peak up to it.
func (w *way) after(step int) (steps, peaks *sample) {
	i := w.at[min(step, len(w.at)-1)]
	if w.season == 0 {
		return &w.steps[i], &w.peaks[i]
	}
	k := min(int(seasons(int64(step), w.season)), len(w.steps))
	return &w.steps[k-1], &w.peaks[i]
}

// independent gives the number of errors of a step, taken as overlapping where
// they are of the last value: two of them less than a step apart are mostly one.
func (w *way) independent(errors *sample, step int) float64 {
	n := float64(len(errors.sorted))
	if w.season == 0 {
		n *= float64(w.stride) / float64(step)
	}
	return n
}

// observe takes the errors of a target and lets go of those that are a span
// old. The span is a multiple of the stride, so both are due or neither.
func (w *way) observe(past *model.History, target int64) {
	if target%w.stride != 0 {
		return
	}
	w.fresh.fill(w, past, target)
	if old := target - w.span; old >= past.First() {
		w.old.fill(w, past, old)
	} else {
		w.old.forget()
	}
	for i := range w.steps {
		w.steps[i].replace(w.old.steps[i], w.fresh.steps[i])
	}
	for i := range w.peaks {
		w.peaks[i].replace(w.old.peaks[i], w.fresh.peaks[i])
	}
}

func (w *way) rebuild(past *model.History) {
	for target := max(past.First(), past.Newest()-w.span+1); target <= past.Newest(); target++ {
		if target%w.stride != 0 {
			continue
		}
		w.fresh.fill(w, past, target)
		for i := range w.steps {
			w.steps[i].add(w.fresh.steps[i])
		}
		for i := range w.peaks {
			w.peaks[i].add(w.fresh.peaks[i])
		}
	}
	for i := range w.steps {
		w.steps[i].sort()
	}
	for i := range w.peaks {
		w.peaks[i].sort()
	}
}
