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
// less than now. Without a forecast what is there stays.
func (h *hearing) forecastNeed(n int) (int, string) {
	if h.outlook == nil {
		return n, "no forecast that may be used: what is there stays"
	}
	s := h.outlook.at(h.lead(), h.policy.Load.Period.Std())
	need := instances(s.Peak, h.policy.Load.PerInstance)
	return need, h.peakText(h.lead(), s) + fmt.Sprintf(" = %s, so %d", h.ratio(s.Peak), need)
}

// lead is the instant to which what is asked for now must carry: until what
// the next metric teaches can be in service.
//
//	max(origin + metric delay + max(period, scale-out cooldown), now + round) + boot
func (h *hearing) lead() time.Time {
	s := h.policy.Scaling
	delay := s.MetricDelayPrior
	if h.round.MetricDelay != nil {
		delay = *h.round.MetricDelay
	}
	next := h.outlook.Origin.Add(delay.Std()).Add(max(h.policy.Load.Period, s.ScaleOutCooldown).Std())
	return later(next, h.round.Now.Add(h.policy.Round.Std())).Add(s.BootPrior.Std())
}

// peakText says which quantile was read, over what, and its value per instance.
func (h *hearing) peakText(to time.Time, s step) string {
	return fmt.Sprintf("%s quantile of the peak over %s (%s of origin %s) is %s / %s per instance",
		percent(h.policy.Scaling.Quantile), span(to.Sub(h.outlook.Origin)), s, clock(h.outlook.Origin),
		h.amount(s.Peak), figure(h.policy.Load.PerInstance))
}
