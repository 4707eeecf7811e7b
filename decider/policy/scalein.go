package policy

import (
	"fmt"
	"slices"
	"time"
)

// peak is what was needed at a round, in instances.
type peak struct {
	At   time.Time `json:"at"`
	Need int       `json:"need"`
}

// peaks are the needs of the stabilization window, without those that a later
// and higher one outlasts: At rises and Need falls.
type peaks []peak

// push adds the newest need and leaves out what is older than the window. It
// begins with what is there: a window that was not watched proves nothing.
func (p peaks) push(newest, there peak, window, apart time.Duration) peaks {
	watched := len(p) > 0 && newest.At.Sub(p[len(p)-1].At) <= max(window, apart)
	if !watched {
		p = peaks{there}
	}
	p = slices.DeleteFunc(slices.Clone(p), func(k peak) bool {
		return newest.At.Sub(k.At) >= window || k.Need <= newest.Need
	})
	return append(p, newest)
}

// scaleInTest lowers only to what has been enough for the whole stabilization
// window, will be enough for the lead and another such window, and will not be
// too busy with the load of now. While instances boot it waits to see them
// work, though not for ever.
func (h *hearing) scaleInTest(n int) (int, string) {
	h.recommend()
	if n >= h.current {
		return n, "nothing is lowered"
	}
	if h.kept != "" {
		return h.current, h.kept + ": nothing is lowered"
	}
	grace := h.policy.Scaling.LaunchGrace.Std()
	if since := h.PendingSince; !since.IsZero() && h.round.Now.Sub(since) < grace {
		return h.current, fmt.Sprintf("%d pending since %s: nothing is lowered for up to %v", h.round.Group.Pending, clock(since), grace)
	}
	stays, why := h.stays(n)
	if stays >= h.current {
		return h.current, fmt.Sprintf("%s: all %d stay", why, h.current)
	}
	return stays, fmt.Sprintf("%s: %d of %d stay", why, stays, h.current)
}

// recommend adds what this round needs to the stabilization window, whoever
// holds scale-in for other reasons. What cannot be judged needs what is there.
func (h *hearing) recommend() {
	need := h.wanted
	if h.kept != "" {
		need = max(need, h.current)
	}
	now := h.round.Now
	window := h.policy.Scaling.Stabilization.Std()
	h.Peaks = h.Peaks.push(peak{now, need}, peak{now, h.current}, window, 2*h.policy.Round.Std())
}

// stays gives the fewest instances that pass every part of the test, at least
// n. It is asked where n is less than now: there is a forecast then, and
// without a reason to keep what is there, fresh load.
func (h *hearing) stays(n int) (int, string) {
	s, u := h.policy.Scaling, h.policy.Load.PerInstance
	high := h.Peaks[0]
	stays := max(n, high.Need)
	why := fmt.Sprintf("most needed in %v is %d (%s)", s.Stabilization, high.Need, clock(high.At))
	to := h.lead().Add(s.Stabilization.Std())
	far := h.outlook.at(to, h.policy.Load.Period.Std())
	need := instances(far.Peak, u)
	why += fmt.Sprintf("; %s = %s, so %d", h.peakText(to, far), h.ratio(far.Peak), need)
	calm := instances(h.load.Value, s.ScaleInUtilization*u)
	why += fmt.Sprintf("; %s at up to %s of %s is %d", h.amount(h.load.Value), percent(s.ScaleInUtilization), figure(u), calm)
	return max(stays, need, calm), why
}
