package policy

import (
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// windowBins bounds the window, whatever comes and however long
	// streams.MaxOutageBins lets an outage be held.
	windowBins = streams.MaxOutageBins + 8
)

// bin is the newest known value of one bin of the load.
type bin struct {
	End   time.Time `json:"end"`
	Value float64   `json:"value"`
	// Instances is absent where the metric did not say.
	Instances *float64 `json:"instances,omitempty"`
	Censored  bool     `json:"censored,omitempty"`
	Revision  int      `json:"revision"`
}

// window holds bins by rising end, each once.
type window []bin

// binOf says whether a metric is a bin of the load with a usable value. A gap
// is none: it leaves what is known of its bin as it is.
func binOf(p streams.LoadPolicy, e streams.Metric) bool {
	switch {
	case e.Series != p.Series, e.Unit != p.Unit, e.Period != p.Period, e.Value == nil:
		return false
	case !usable(*e.Value), e.Instances != nil && !usable(*e.Instances):
		return false
	}
	return !e.End.After(e.Seen) // a bin that has not ended was not measured
}

// usable says whether x is finite and not negative.
func usable(x float64) bool { return x >= 0 && !math.IsInf(x, 1) }

// put adds a bin that is newer than all, or a newer revision of the newest.
// What comes for an older bin tells nothing about the load of now.
func (w window) put(e streams.Metric) window {
	keep := len(w)
	if newest := w.newest(); newest != nil {
		switch since := e.End.Compare(newest.End); {
		case since < 0, since == 0 && e.Revision <= newest.Revision:
			return w
		case since == 0:
			keep--
		}
	}
	b := bin{End: e.End, Value: *e.Value, Censored: e.Censored, Revision: e.Revision}
	if e.Instances != nil {
		n := *e.Instances
		b.Instances = &n
	}
	w = append(slices.Clone(w[:keep]), b)
	return w[max(0, len(w)-windowBins):]
}

// until leaves out the bins that a round has no use for: those that end in its
// future, and those that are too old to say anything.
func (w window) until(now time.Time, p streams.Policy) window {
	oldest := now.Add(-max(p.Scaling.OutageHold, p.Scaling.StaleAfter).Std() - p.Load.Period.Std())
	from := slices.IndexFunc(w, func(b bin) bool { return !b.End.Before(oldest) })
	to := slices.IndexFunc(w, func(b bin) bool { return b.End.After(now) })
	if to < 0 {
		to = len(w)
	}
	if from < 0 || from >= to {
		return nil
	}
	return slices.Clone(w[from:to])
}

// newest gives the last bin, or nil.
func (w window) newest() *bin {
	if len(w) == 0 {
		return nil
	}
	return &w[len(w)-1]
}

// fall says whether the newest bin fell as no traffic falls, below OutageShare
// of the lowest of the believed bins within OutageHold, and gives that one. A
// bin that fell so is not believed, so a fall ends when the load comes back, or
// when no believed bin is young enough.
func (w window) fall(s streams.ScalingPolicy) (bin, bool) {
	var believed window
	var low bin
	fell := false
	for _, b := range w {
		low, fell = believed.lowest(b.End.Add(-s.OutageHold.Std()))
		fell = fell && b.Value < s.OutageShare*low.Value
		if !fell {
			believed = append(believed, b)
		}
	}
	return low, fell
}

// lowest gives the lowest bin that ends after an instant.
func (w window) lowest(after time.Time) (low bin, ok bool) {
	for _, b := range w {
		if b.End.After(after) && (!ok || b.Value < low.Value) {
			low, ok = b, true
		}
	}
	return low, ok
}
