package backtest

import (
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// EnoughBoots is how many boots have to be seen for the group's own to count.
const EnoughBoots = 5

// Duel folds the timeline of one group into what two of its policies did with
// the load that the group had, each in a simulated fleet of its own with the
// same boot times. A policy is streams.LiveName, the name of a shadow, or
// streams.GroupName: whoever sets the real group's capacity.
//
//	d := NewDuel("live", "cautious")
//	for ev := range timeline { d.Add(ev) }
//	result := d.Result()
//
// What is compared begins where both policies became what they are at the end:
// another fingerprint begins it anew. The fleet of the live policy does at once
// what it decides, and follows the real group where two group events in a row
// show another capacity that it did not ask for: refused decisions, and what
// others do.
type Duel struct {
	names  [2]string
	policy streams.Policy
	bins   map[time.Time]bin
	boots  []time.Duration
	moves  []move
	now    time.Time
	rounds map[uint64]uint8 // which of the two decided a round, a bit a side
	prints [2]string        // fingerprints of the newest decisions
	since  time.Time        // and where the newer of them is from
	first  uint64           // the round there
}

// bin is the newest value of one bin of the load.
type bin struct {
	value    float64
	censored bool
	revision int
}

// move is one thing that a group event or a decision says of a capacity.
type move struct {
	minute time.Time
	// side is whose decision it is: 0, 1, or -1 for a group event.
	side int
	// from and to are what the decision saw and wants; to is what a group
	// event shows, -1 where the group was not described.
	from, to int
	// anew says that the side is another policy than before.
	anew bool
}

// NewDuel compares two policies of a group.
func NewDuel(a, b string) *Duel {
	return &Duel{names: [2]string{a, b}, bins: map[time.Time]bin{}, rounds: map[uint64]uint8{}}
}

// Add takes the next event of the group's timeline, after the control that is
// in force there. It needs metrics, group events, controls and decisions; of
// holds, which live shorter, it needs none.
func (d *Duel) Add(ev streams.Event) {
	switch e := ev.(type) {
	case streams.Control:
		d.control(e)
	case streams.Metric:
		d.metric(e)
	case streams.Group:
		d.group(e)
	case streams.Decision:
		d.decision(e)
	}
}

func (d *Duel) control(k streams.Control) {
	if k.Policy == nil {
		return
	}
	load := k.Policy.Load
	if load.Series != d.policy.Load.Series || load.Unit != d.policy.Load.Unit || load.Period != d.policy.Load.Period {
		clear(d.bins)
	}
	d.policy = *k.Policy
}

func (d *Duel) metric(m streams.Metric) {
	load := d.policy.Load
	if m.Series != load.Series || m.Unit != load.Unit || m.Period != load.Period || m.Value == nil {
		return
	}
	end := m.End.UTC()
	if known, ok := d.bins[end]; !ok || m.Revision >= known.revision {
		d.bins[end] = bin{value: *m.Value, censored: m.Censored, revision: m.Revision}
	}
}

func (d *Duel) group(g streams.Group) {
	if g.Now.After(d.now) {
		d.now = g.Now
	}
	for _, b := range g.Boots {
		d.boots = append(d.boots, b.Std())
	}
	m := move{minute: d.now.Truncate(time.Minute), side: -1, to: -1}
	if g.Capacity != nil {
		m.to = g.Capacity.Desired
		for side, name := range d.names {
			if name == streams.GroupName {
				d.rounds[g.Round] |= 1 << side
			}
		}
	}
	d.moves = append(d.moves, m)
}

func (d *Duel) decision(e streams.Decision) {
	name := e.Policy
	if !e.Shadow() {
		name = streams.LiveName
	}
	side := slices.Index(d.names[:], name)
	if side < 0 || e.Fingerprint == "" {
		return
	}
	m := move{minute: d.now.Truncate(time.Minute), side: side, from: e.Current, to: e.Desired}
	if d.prints[side] != e.Fingerprint {
		d.prints[side], d.since, d.first, m.anew = e.Fingerprint, m.minute, e.Round, true
	}
	d.rounds[e.Round] |= 1 << side
	if e.Verdict != streams.Hold || e.Shadow() || m.anew {
		d.moves = append(d.moves, m)
	}
}

// Boot is how long the instances of both fleets take, and from how many boots
// of the real group that is known: the 90th percentile of them, and what the
// live policy expects where fewer than five were seen.
func (d *Duel) Boot() (boot time.Duration, seen int) {
	if len(d.boots) < EnoughBoots {
		return d.policy.Scaling.BootPrior.Std(), len(d.boots)
	}
	sorted := slices.Sorted(slices.Values(d.boots))
	return sorted[(len(sorted)*9+9)/10-1], len(sorted)
}
