package awssim

import (
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

const week = 7 * day

// Shift lays a recorded trace around now, for a server on the wall clock: its
// middle comes to lie at now, or less than a week before. It is moved by whole
// weeks, so that a Monday stays one; by whole days where it is shorter than two
// weeks, and by its own period where it is shorter than two days. Where its
// length is a whole number of such steps it is then played a second time, so
// that there is more to come than there was.
func Shift(t trace.Trace, now time.Time) (trace.Trace, error) {
	if len(t.Values) < 2 {
		return trace.Trace{}, fmt.Errorf("shift trace: want at least 2 bins, got %d", len(t.Values))
	}
	span := t.End().Sub(t.Start)
	step := t.Period
	switch {
	case span >= 2*week:
		step = week
	case span >= 2*day:
		step = day
	}
	middle := t.Start.Add(span / 2)
	behind := now.Unix() - middle.Unix()
	steps := behind / int64(step/time.Second)
	if behind < 0 && behind%int64(step/time.Second) != 0 {
		steps--
	}
	out := trace.Trace{Start: time.Unix(t.Start.Unix()+steps*int64(step/time.Second), 0).UTC(), Period: t.Period}
	out.Values = append(out.Values, t.Values...)
	if span%step == 0 {
		out.Values = append(out.Values, t.Values...)
	}
	return out, nil
}
