package trace

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Trace is a recorded load on a regular grid.
type Trace struct {
	// Start is when the first bin begins, UTC.
	Start time.Time
	// Period is the length of a bin.
	Period time.Duration
	// Values holds one value per bin, in the unit of the recording; NaN where
	// the bin is missing.
	Values []float64
}

// Periods gives the lengths that a bin may have: 60, 300, 900 and 3,600 s.
func Periods() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}
}

// End is when the last bin ends, UTC.
func (t Trace) End() time.Time { return t.At(len(t.Values)) }

// At is when bin i begins, UTC.
func (t Trace) At(i int) time.Time { return t.Start.Add(time.Duration(i) * t.Period) }

// Missing says whether bin i was not recorded.
func (t Trace) Missing(i int) bool { return math.IsNaN(t.Values[i]) }

// Recorded counts the bins that are not missing.
func (t Trace) Recorded() int {
	n := 0
	for i := range t.Values {
		if !t.Missing(i) {
			n++
		}
	}
	return n
}

// Cut gives the bins that begin within the first span of the trace; a span
// beyond the end gives all of them. It refuses a span that is not positive.
func (t Trace) Cut(span time.Duration) (Trace, error) {
	if span <= 0 {
		return Trace{}, fmt.Errorf("cut trace: span %v is not positive", span)
	}
	n := min(len(t.Values), int((span+t.Period-1)/t.Period))
	return Trace{Start: t.Start, Period: t.Period, Values: slices.Clone(t.Values[:n])}, nil
}
