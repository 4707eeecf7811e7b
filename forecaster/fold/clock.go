package fold

import (
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// The metrics of a round come before its group event, so the clock that they
// are to be held against is only known then. Until it is, a bin beyond the
// reach of the last one waits: after an outage of ingest all new bins are.

// arrive takes a bin that the clock has reached, and holds one that it has not.
// Before the first round there is no clock, and everything is taken.
func (s *series) arrive(h held) {
	if s.clock == 0 || h.bin <= s.reached(s.clock) {
		s.take(h.young, h.settled)
		return
	}
	if len(s.held) >= s.past.Window() {
		s.held = slices.Delete(s.held, 0, 1)
	}
	s.held = append(s.held, h)
	s.changed = true
}

// reached gives the last bin that ends within a period after a clock.
func (s *series) reached(clock int64) int64 {
	return s.grid.Last(time.Unix(clock, 0).Add(s.grid.Period()))
}

// round sets the clock, forgets what it shows to be of the future, and takes
// what was held for it. A round in which nothing came need not set it.
func (s *series) round(now time.Time, came bool) {
	clock := max(s.clock, now.Unix())
	if came || s.clock == 0 || len(s.held) > 0 {
		s.changed = s.changed || s.clock != clock || len(s.held) > 0
		s.clock = clock
	}
	waiting := s.held
	s.held = nil
	last := s.reached(clock)
	s.cut(last)
	for _, h := range waiting {
		if h.bin <= last {
			s.take(h.young, h.settled)
		}
	}
}

// cut forgets the bins after the last one that may be. There are some only
// where they came before the first round.
func (s *series) cut(last int64) {
	if n := len(s.young); n > 0 && s.young[n-1].bin > last {
		s.young = slices.DeleteFunc(s.young, func(y young) bool { return y.bin > last })
		s.changed = true
	}
	if s.past.Len() == 0 || s.past.Newest() <= last {
		return
	}
	newest := last
	for newest >= s.past.First() && math.IsNaN(s.past.Folded(newest)) {
		newest-- // the window never ends with a gap
	}
	past := s.past
	s.become(s.grid, s.unit)
	if newest < past.First() {
		return
	}
	s.past = copied(past, newest)
	for day := s.grid.Day(s.past.First()); day <= s.grid.Day(newest); day++ {
		s.days[day] = true
	}
	s.restart()
}

// copied gives the history as if no bin after newest had settled.
func copied(past *model.History, newest int64) *model.History {
	before := past.Samples()
	for bin := past.First(); bin <= past.Newest(); bin++ {
		if !math.IsNaN(past.Folded(bin)) {
			before--
		}
	}
	out := model.NewHistory(past.Grid(), before)
	for bin := past.First(); bin <= newest; bin++ {
		out.Append(bin, past.Folded(bin), 0)
		out.Revise(bin, past.Revised(bin), past.Revision(bin))
	}
	return out
}
