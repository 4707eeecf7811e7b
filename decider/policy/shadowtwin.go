package policy

import (
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// twin is the simulated group of a shadow: package fleet's Fleet, counted
// instead of listed so that it is small, on the clock of the group events cut
// to minutes. It is a value, and nil where there is none.
type twin struct {
	// Minute is the one that the clock stands in.
	Minute time.Time `json:"minute"`
	// Ready is how many instances serve.
	Ready int `json:"ready"`
	// Booting is what was asked for and does not serve yet, oldest first.
	Booting []cohort `json:"booting,omitempty"`
}

// cohort is instances that were asked for in the same minute.
type cohort struct {
	Asked time.Time        `json:"asked"`
	Boot  streams.Duration `json:"boot_s"`
	Count int              `json:"count"`
}

// desired is how many instances are asked for.
func (t twin) desired() int {
	n := t.Ready
	for _, c := range t.Booting {
		n += c.Count
	}
	return n
}

// at moves the twin to a round. It begins with what the live group desires, all
// of it in service, and is moved by the limits of the group where people move
// these, as Auto Scaling does it.
func (t *twin) at(g streams.Group, boot streams.Duration) *twin {
	minute := g.Now.Truncate(time.Minute)
	switch {
	case t == nil && g.Capacity == nil:
		return nil
	case t == nil:
		t = &twin{Minute: minute, Ready: g.Capacity.Desired}
	}
	moved := t.boots(later(t.Minute, minute))
	if g.Capacity == nil {
		return &moved
	}
	return moved.set(min(max(moved.desired(), g.Capacity.Min), g.Capacity.Max), boot)
}

// boots moves the clock to a minute, in which whatever is over its boot time
// serves.
func (t twin) boots(minute time.Time) twin {
	t.Minute = minute
	var still []cohort
	for _, c := range t.Booting {
		if minute.Sub(c.Asked) < c.Boot.Std() {
			still = append(still, c)
			continue
		}
		t.Ready += c.Count
	}
	t.Booting = still
	return t
}

// set launches or removes instances until n are asked for. Those that boot are
// removed first, the youngest first.
func (t twin) set(n int, boot streams.Duration) *twin {
	t.Booting = slices.Clone(t.Booting)
	if more := n - t.desired(); more > 0 {
		t.Booting = append(t.Booting, cohort{Asked: t.Minute, Boot: boot, Count: more})
		t = t.boots(t.Minute)
		return &t
	}
	excess := t.desired() - n
	for excess > 0 && len(t.Booting) > 0 {
		youngest := &t.Booting[len(t.Booting)-1]
		drop := min(excess, youngest.Count)
		youngest.Count -= drop
		excess -= drop
		if youngest.Count == 0 {
			t.Booting = t.Booting[:len(t.Booting)-1]
		}
	}
	t.Ready -= excess
	return &t
}

// describe shows the twin in place of the group of a round.
func (t *twin) describe(g streams.Group) streams.Group {
	if t == nil || g.Capacity == nil {
		return g
	}
	own := streams.Capacity{
		Desired: t.desired(), InService: t.Ready, Pending: t.desired() - t.Ready,
		Min: g.Capacity.Min, Max: g.Capacity.Max,
	}
	g.Capacity = &own
	return g
}
