package sim

import "time"

// ledger knows which bins of a series came, and which are absent and not
// settled yet.
type ledger struct {
	period, settle time.Duration
	next           time.Time // end of the first bin not accounted for
	absent         []time.Time
}

// reach accounts for the bin that ends at end, and gives the ends of the bins
// before it that did not come.
func (l *ledger) reach(end time.Time) []time.Time {
	skipped := l.due(end.Add(-l.period))
	l.next = end.Add(l.period)
	return skipped
}

// due accounts for all bins up to end, and gives the ends of those that did
// not come.
func (l *ledger) due(end time.Time) []time.Time {
	var skipped []time.Time
	for ; !l.next.After(end); l.next = l.next.Add(l.period) {
		skipped = append(skipped, l.next)
	}
	return skipped
}

// settled takes out the absent bins that will not come any more.
func (l *ledger) settled(now time.Time) []time.Time {
	n := 0
	for n < len(l.absent) && !l.absent[n].Add(l.settle).After(now) {
		n++
	}
	gaps := l.absent[:n:n]
	l.absent = l.absent[n:]
	return gaps
}
