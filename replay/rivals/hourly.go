package rivals

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// hourly is the mean load of every hour (UTC), over the samples that came.
// Hours are counted from that of the first sample.
type hourly struct {
	first   time.Time
	sums    []float64
	samples []int
}

// observe takes in a sample and gives its hour.
func (h *hourly) observe(s fleet.Sample) int {
	start := s.End.Add(-s.Period)
	if len(h.sums) == 0 {
		h.first = start.Truncate(time.Hour)
	}
	hour := h.of(start)
	for len(h.sums) <= hour {
		h.sums = append(h.sums, 0)
		h.samples = append(h.samples, 0)
	}
	h.sums[hour] += s.Load
	h.samples[hour]++
	return hour
}

// of is the hour that holds an instant.
func (h *hourly) of(at time.Time) int { return int(at.Sub(h.first) / time.Hour) }

// mean gives that of an hour; false where no sample came.
func (h *hourly) mean(hour int) (float64, bool) {
	if hour < 0 || hour >= len(h.sums) || h.samples[hour] == 0 {
		return 0, false
	}
	return h.sums[hour] / float64(h.samples[hour]), true
}
