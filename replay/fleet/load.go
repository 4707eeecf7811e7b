package fleet

import (
	"errors"
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

// Load is the demand on a group in every minute of a trace, in capacity units:
// 1 is one instance at 100 %. It does not depend on capacity.
type Load struct {
	// Start is the first minute, UTC.
	Start time.Time
	// Period is that of the metric: 60 or 300 s.
	Period time.Duration
	// Peak is the number of instances that the 99.9th percentile of the trace
	// was scaled to.
	Peak float64
	// Demand is the load of each minute. The load of a sample holds for its
	// period, and for the missing ones that follow.
	Demand []float64
	// Missing tells, per metric period, which have no sample.
	Missing []bool
}

// maxDemand bounds what a minute may ask for, in capacity units, so that an
// outlier in a trace is an error and not a fleet of billions.
const maxDemand = 1e6

// NewLoad interpolates the trace to 300 s where its period is longer, and
// scales it so that its 99.9th percentile is peak instances. It refuses what
// trace.Scale refuses, a peak below 0.1 (the desired capacity lies within
// [1, 10 × peak]) or above 1e5, a trace whose first bin is missing, and one
// with a demand above 1e6.
func NewLoad(t trace.Trace, peak float64) (Load, error) {
	if len(t.Values) == 0 || t.Missing(0) {
		return Load{}, errors.New("make load: first value of the trace is missing")
	}
	if peak < 0.1 || peak > 1e5 {
		return Load{}, fmt.Errorf("make load: peak: want 0.1 to 1e5 instances, got %v", peak)
	}
	t, err := t.Interpolate().Scale(peak)
	if err != nil {
		return Load{}, fmt.Errorf("make load: %w", err)
	}
	l := Load{Start: t.Start, Period: t.Period, Peak: peak}
	l.Missing = make([]bool, len(t.Values))
	minutes := int(t.Period / time.Minute)
	l.Demand = make([]float64, 0, len(t.Values)*minutes)
	last := 0.0
	for i, v := range t.Values {
		l.Missing[i] = t.Missing(i)
		if !l.Missing[i] {
			last = v
		}
		if last > maxDemand {
			return Load{}, fmt.Errorf("make load: demand at %s: want at most %g instances, got %g",
				t.At(i).Format(time.RFC3339), float64(maxDemand), last)
		}
		for range minutes {
			l.Demand = append(l.Demand, last)
		}
	}
	return l, nil
}

// Minutes is the length of the load.
func (l Load) Minutes() int { return len(l.Demand) }

// At is when a minute begins, counted from 0.
func (l Load) At(minute int) time.Time {
	return l.Start.Add(time.Duration(minute) * time.Minute)
}

// MaxDesired is the largest desired capacity that a policy may set, in
// instances: 10 × peak.
func (l Load) MaxDesired() int { return int(10 * l.Peak) }

// Counted says which minutes may count in a score. Those of a gap do not, nor
// do those after it up to the minute in which an instance, asked for when the
// first metric after the gap arrived, would be in service: no policy could
// have known better. That minute itself counts again.
func (l Load) Counted(metricDelay, boot time.Duration) []bool {
	period := int(l.Period / time.Minute)
	blind := period + minutesUp(metricDelay+boot)
	counted := make([]bool, len(l.Demand))
	resume := 0
	for m := range counted {
		switch bin := m / period; {
		case l.Missing[bin]:
			resume = m + 1 + blind
		default:
			counted[m] = m >= resume
		}
	}
	return counted
}

// minutesUp is how many whole minutes a span needs.
func minutesUp(d time.Duration) int {
	return int((d + time.Minute - 1) / time.Minute)
}
