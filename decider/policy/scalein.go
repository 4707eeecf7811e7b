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

// scaleInTest lowers only to what will be enough for the lead and a
// stabilization window after it, and will not be too busy with the load of now.
// With a fixed quantile it is also to have been enough for the whole window
// before now, and with a price what goes is to save more than to have it again
// costs. While instances boot it waits to see them work, though not for ever.
func (h *hearing) scaleInTest(n int) (int, string) {
	h.recommend()
	if n >= h.current {
		return n, "nothing is lowered"
	}
	if h.kept != "" {
		return h.current, h.kept + ": nothing is lowered"
	}
	grace := h.grace()
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
// With a price there is no window before now: hysteresis takes its place.
func (h *hearing) recommend() {
	if h.policy.Scaling.ViolationPrice > 0 {
		return
	}
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
	to, _ := h.lead()
	to = to.Add(s.Stabilization.Std())
	far := h.outlook.at(to, h.policy.Load.Period.Std())
	calm := instances(h.load.Value, s.ScaleInUtilization*u)
	why := fmt.Sprintf("%s at up to %s of %s is %d", h.amount(h.load.Value), percent(s.ScaleInUtilization), figure(u), calm)
	proof := "%s quantile of the peak over %s (%s of origin %s) is %s = %s, so %d; "
	if s.ViolationPrice > 0 {
		peak := far.Peak.quantile(s.ScaleInRisk)
		need := instances(peak, u)
		why = fmt.Sprintf(proof, percent(1-s.ScaleInRisk), span(to.Sub(h.outlook.Origin)), far, clock(h.outlook.Origin),
			h.amount(peak), h.ratio(peak), need) + why
		pays, switching := h.pays()
		return max(n, need, calm, pays), why + switching
	}
	high := h.Peaks[0]
	peak := far.Peak.quantiles[0]
	need := instances(peak, u)
	why = fmt.Sprintf("most needed in %v is %d (%s); ", s.Stabilization, high.Need, clock(high.At)) +
		fmt.Sprintf(proof, percent(s.Quantile), span(to.Sub(h.outlook.Origin)), far, clock(h.outlook.Origin),
			h.amount(peak), h.ratio(peak), need) + why
	return max(n, high.Need, need, calm), why
}

// pays gives the fewest instances such that giving back the others saves more
// while they are away than it costs to boot them again after that. They are
// taken to be away for the stabilization window, and for one and a half boots at
// least: what boots slower than the window would never be given back otherwise.
func (h *hearing) pays() (int, string) {
	s := h.policy.Scaling
	boot, _ := h.Boots.time(s.BootPrior)
	to, _ := h.lead()
	t := h.tariff(h.outlook.at(to, h.policy.Load.Period.Std()).Peak)
	away := max(s.Stabilization.Std(), boot+boot/2)
	if away > 0 {
		t.instance *= 1 - float64(boot)/float64(away)
	}
	n := min(t.cheapest(), h.current)
	return n, fmt.Sprintf("; down to %d each saves more in %v than its boot of %v costs", n, away, boot)
}
