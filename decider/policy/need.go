package policy

import (
	"fmt"
	"math"
	"time"
)

// mostInstances bounds every number of instances that load is turned into.
const mostInstances = 1e9

// instances gives how many instances bear a load, each up to per, in the same
// unit. A millionth of a millionth above a whole number is rounding, not load.
func instances(load, per float64) int {
	n := math.Min(load/per, mostInstances)
	return int(math.Ceil(n - 1e-9*math.Max(1, n)))
}

// forecastNeed asks for what the forecast's peak needs over the lead, more or
// less than now: what costs least where there is a price of a violated minute,
// and what carries the quantile otherwise. Without a forecast what is there
// stays.
func (h *hearing) forecastNeed(n int) (int, string) {
	if h.outlook == nil {
		return n, "no forecast that may be used: what is there stays"
	}
	to, boot := h.lead()
	s := h.outlook.at(to, h.policy.Load.Period.Std())
	over := fmt.Sprintf("peak over %s (%s of origin %s; boot %s)", span(to.Sub(h.outlook.Origin)), s, clock(h.outlook.Origin), boot)
	if h.policy.Scaling.ViolationPrice > 0 {
		need, why := h.weigh(h.tariff(s.Peak))
		return need, over + ": " + why
	}
	peak := s.Peak.quantiles[0]
	need := instances(peak, h.policy.Load.PerInstance)
	return need, fmt.Sprintf("%s quantile of the %s is %s / %s per instance = %s, so %d",
		percent(h.policy.Scaling.Quantile), over, h.amount(peak), figure(h.policy.Load.PerInstance), h.ratio(peak), need)
}

// tariff prices capacities against a load.
func (h *hearing) tariff(load law) tariff {
	return tariff{load: load, perInstance: h.policy.Load.PerInstance,
		violation: h.policy.Scaling.ViolationPrice, instance: 1.0 / minutesPerHour}
}

// lead is the instant to which what is asked for now must carry: until what
// the next metric teaches can be in service.
//
//	max(origin + metric delay + max(period, scale-out cooldown), now + round) + boot
func (h *hearing) lead() (to time.Time, boot string) {
	s := h.policy.Scaling
	delay := s.MetricDelayPrior
	if h.round.MetricDelay != nil {
		delay = *h.round.MetricDelay
	}
	next := h.outlook.Origin.Add(delay.Std()).Add(max(h.policy.Load.Period, s.ScaleOutCooldown).Std())
	takes, boot := h.Boots.time(s.BootPrior)
	return later(next, h.round.Now.Add(h.policy.Round.Std())).Add(takes), boot
}
