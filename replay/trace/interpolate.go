package trace

import (
	"math"
	"slices"
	"time"
)

// Interpolate lays a trace with a period of more than 300 s on a grid of
// 300 s, linearly between neighbours one period apart: a staircase of an hour
// is no load that exists. A gap stays a gap: after a sample whose neighbour is
// missing, and after the last one, only that sample's own 300 s are there. A
// trace of 300 s or less comes back as it is.
func (t Trace) Interpolate() Trace {
	const grid = 5 * time.Minute
	if t.Period <= grid {
		return Trace{Start: t.Start, Period: t.Period, Values: slices.Clone(t.Values)}
	}
	k := int(t.Period / grid)
	out := Trace{Start: t.Start, Period: grid, Values: make([]float64, (len(t.Values)-1)*k+1)}
	for i := range out.Values {
		out.Values[i] = t.between(i/k, i%k, k)
	}
	return out
}

// between is the value j of k steps after bin i, NaN inside a gap.
func (t Trace) between(i, j, k int) float64 {
	if j == 0 {
		return t.Values[i]
	}
	if t.Missing(i) || t.Missing(i+1) {
		return math.NaN()
	}
	return t.Values[i] + (t.Values[i+1]-t.Values[i])*float64(j)/float64(k)
}
