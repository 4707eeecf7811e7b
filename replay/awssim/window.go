package awssim

import (
	"iter"
	"time"
)

// The ages up to which CloudWatch keeps values: of every minute, of every 5
// minutes, and of every hour.
const (
	day         = 24 * time.Hour
	keepMinutes = 15 * day
	keepFives   = 63 * day
	keepHours   = 455 * day
)

// kept is how long values of a period are kept.
func kept(period time.Duration) time.Duration {
	switch {
	case period%time.Hour == 0:
		return keepHours
	case period%(5*time.Minute) == 0:
		return keepFives
	}
	return keepMinutes
}

// rounded is how CloudWatch rounds a start: the older, the coarser.
func rounded(start, now time.Time) time.Time {
	switch age := now.Sub(start); {
	case age < keepMinutes:
		return start.Truncate(time.Minute)
	case age <= keepFives:
		return start.Truncate(5 * time.Minute)
	}
	return start.Truncate(time.Hour)
}

// starts gives the instants at which periods of a window begin, on the grid of
// the period: from inclusive, until exclusive, and only where the load has
// minutes that are over by now.
func (w window) starts(now time.Time, descending bool) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if !w.known {
			return
		}
		first := latest(rounded(w.from, now), now.Add(-kept(w.period)), w.group.world.Config().Load.Start.Add(-w.period+1))
		if on := first.Truncate(w.period); on.Before(first) {
			first = on.Add(w.period)
		}
		last := w.until.Add(-1)
		if now.Before(last) {
			last = now
		}
		count := int(last.Sub(first)/w.period) + 1
		if last.Before(first) {
			count = 0
		}
		for n := range count {
			if descending {
				n = count - 1 - n
			}
			if !yield(first.Add(time.Duration(n) * w.period).UTC()) {
				return
			}
		}
	}
}

func latest(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}
