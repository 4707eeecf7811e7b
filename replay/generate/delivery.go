package generate

import (
	"math"
	"time"
)

// spell is a kind of time in which something is wrong: outages and stalls.
type spell struct {
	arrivals arrivals
	chance   stream
	mean     float64 // minutes
	from     float64
	until    float64
}

func newSpell(seed uint64, name string, perWeek float64, mean time.Duration) *spell {
	return &spell{arrivals: newArrivals(newStream(seed, name), perWeek), chance: newStream(seed, name+" lengths"), mean: inMinutes(mean), from: math.Inf(1)}
}

// left gives how many minutes a spell goes on after a minute that it covers,
// and 0 otherwise; minutes come in order. A spell that begins in another one
// makes it longer.
func (s *spell) left(minute float64) float64 {
	for {
		from, ok := s.arrivals.due(minute)
		if !ok {
			break
		}
		s.from, s.until = from, math.Max(s.until, from+float64(s.mean*s.chance.exponential()))
	}
	if minute < s.from {
		return 0
	}
	return math.Max(0, s.until-minute)
}

// delivery says of every sample whether and when it comes.
type delivery struct {
	profile        Profile
	drops, late    stream
	outage, stall  *spell
	dropped, delay bool // whether these components are on
}

func newDelivery(c *Config) *delivery {
	p := c.Profile
	return &delivery{
		profile: p, drops: newStream(c.Seed, "drops"), late: newStream(c.Seed, "late"),
		outage:  newSpell(c.Seed, "outages", p.Outages, p.OutageFor),
		stall:   newSpell(c.Seed, "stalls", p.Stalls, p.StallFor),
		dropped: c.has("drops"), delay: c.has("late"),
	}
}

// step tells of the sample that ends at a minute; minutes come in order.
func (d *delivery) step(end float64) (dropped bool, late time.Duration) {
	lost := d.drops.uniform() < d.profile.Drop
	lost = d.outage.left(end) > 0 || lost
	hit := d.late.uniform() < d.profile.Late
	wait := float64(inMinutes(d.profile.LateBy) * d.late.exponential())
	if !hit {
		wait = 0
	}
	wait = math.Max(wait, d.stall.left(end))
	if !d.delay {
		wait = 0
	}
	return lost && d.dropped, time.Duration(math.Ceil(float64(wait*60))) * time.Second
}
