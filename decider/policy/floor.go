package policy

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// headroom is what a saturated bin is taken to need, as a multiple of what
	// its instances bear at fullLoad percent. While bins stay saturated as
	// instances arrive, it doubles again and again.
	headroom = 2.0
	fullLoad = 80.0
)

// reactiveFloor raises to what the newest load needs now, whatever is
// forecast. Where the load is hidden it takes the instances that were
// saturated, and headroom.
func (h *hearing) reactiveFloor(n int) (int, string) {
	why := h.react()
	h.wanted = max(n, h.floor)
	return h.wanted, why
}

func (h *hearing) react() string {
	if h.load == nil {
		return "no fresh value of the load"
	}
	u := h.policy.Load.PerInstance
	h.floor = instances(h.load.Value, u)
	if !h.load.Censored {
		h.need = h.floor
		return fmt.Sprintf("%s / %s per instance = %s, so at least %d",
			h.amount(h.load.Value), figure(u), h.ratio(h.load.Value), h.floor)
	}
	saturated, why := h.saturated(*h.load)
	h.floor = max(h.floor, instances(saturated, 1))
	return fmt.Sprintf("%s is saturated and hides the true load: %s, so at least %d",
		h.amount(h.load.Value), why, h.floor)
}

// saturated gives what a saturated bin needs, in instances: headroom times
// those that were saturated, and for a CPU that is to be less busy than
// fullLoad as much more.
func (h *hearing) saturated(b bin) (float64, string) {
	u := h.policy.Load.PerInstance
	if b.Instances == nil {
		return headroom * b.Value / u, fmt.Sprintf("%s x %s / %s", figure(headroom), figure(b.Value), figure(u))
	}
	n := headroom * *b.Instances
	why := fmt.Sprintf("%s x %s instances", figure(headroom), figure(*b.Instances))
	if h.policy.Load.Unit == streams.Percent && u != fullLoad {
		n *= fullLoad / u
		why += fmt.Sprintf(" x %s / %s", figure(fullLoad), figure(u))
	}
	return n, fmt.Sprintf("%s = %s", why, figure(n))
}
