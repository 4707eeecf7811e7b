package trace

import (
	"errors"
	"fmt"
	"math"
	"time"
)

const minutesPerBin = 5

// Sum5 adds five minutes to one bin of 300 s: for counts. See Mean5.
func (t Trace) Sum5() (Trace, error) {
	sums, err := t.sumFive()
	if err != nil {
		return Trace{}, fmt.Errorf("sum trace to 5 minutes: %w", err)
	}
	return sums, nil
}

// Mean5 averages five minutes to one bin of 300 s: for gauges. Bins are laid
// from the first sample on, whatever minute of the hour it has. A bin misses
// where one of its minutes is missing; minutes after the last whole bin are
// left out, and so are bins that miss before the first that does not. It
// refuses a trace whose period is not 60 s and one without a whole bin.
func (t Trace) Mean5() (Trace, error) {
	means, err := t.sumFive()
	if err != nil {
		return Trace{}, fmt.Errorf("average trace to 5 minutes: %w", err)
	}
	for i := range means.Values {
		means.Values[i] /= minutesPerBin
	}
	return means, nil
}

func (t Trace) sumFive() (Trace, error) {
	if t.Period != time.Minute {
		return Trace{}, fmt.Errorf("period: want 1m0s, got %v", t.Period)
	}
	out := Trace{Start: t.Start, Period: minutesPerBin * t.Period}
	for i := 0; i+minutesPerBin <= len(t.Values); i += minutesPerBin {
		sum := 0.0
		for _, v := range t.Values[i : i+minutesPerBin] {
			sum += v // NaN, a missing minute, makes the bin NaN
		}
		if math.IsInf(sum, 0) {
			return Trace{}, fmt.Errorf("bin at %s: too large", stamp(t.At(i).Unix()))
		}
		if len(out.Values) == 0 && math.IsNaN(sum) {
			out.Start = out.Start.Add(out.Period)
			continue
		}
		out.Values = append(out.Values, sum)
	}
	if len(out.Values) == 0 {
		return Trace{}, errors.New("no five minutes without a gap")
	}
	return out, nil
}
