package trace

import (
	"fmt"
	"math"
	"slices"
)

// peakQuantile is what counts as the top of a trace: the maximum itself is
// often one broken sample.
const peakQuantile = 0.999

// Scale gives the trace in capacity units (1 = one busy instance): every value
// times peak over the 99.9th percentile of the recorded values, so that the
// busiest bins need about peak instances at 100 %. It refuses a peak that is
// not positive and finite, and a trace whose 99.9th percentile is 0.
func (t Trace) Scale(peak float64) (Trace, error) {
	if !(peak > 0) || math.IsInf(peak, 0) {
		return Trace{}, fmt.Errorf("scale trace: peak: want a positive number of instances, got %v", peak)
	}
	top := t.Quantile(peakQuantile)
	if !(top > 0) {
		return Trace{}, fmt.Errorf("scale trace: 99.9th percentile: want a positive value, got %v", top)
	}
	out := Trace{Start: t.Start, Period: t.Period, Values: make([]float64, len(t.Values))}
	for i, v := range t.Values {
		out.Values[i] = v * peak / top
		if math.IsInf(out.Values[i], 0) {
			return Trace{}, fmt.Errorf("scale trace: value %v at %s: too large", v, stamp(t.At(i).Unix()))
		}
	}
	return out, nil
}

// Quantile gives the p-quantile of the recorded values, p in [0, 1], by linear
// interpolation between order statistics (definition 7 of Hyndman and Fan,
// The American Statistician 50, 1996). It panics where p is outside, and is
// NaN where nothing was recorded.
func (t Trace) Quantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		panic(fmt.Sprintf("trace: quantile %v is outside [0, 1]", p))
	}
	sorted := slices.DeleteFunc(slices.Clone(t.Values), math.IsNaN)
	if len(sorted) == 0 {
		return math.NaN()
	}
	slices.Sort(sorted)
	rank := p * float64(len(sorted)-1)
	below := int(rank)
	if below == len(sorted)-1 {
		return sorted[below]
	}
	return sorted[below] + (rank-float64(below))*(sorted[below+1]-sorted[below])
}
