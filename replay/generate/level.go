package generate

import "time"

// shifts hold the level of a load.
type shifts struct {
	arrivals arrivals
	chance   stream
	most     float64
	level    float64
}

func newShifts(seed uint64, p Profile) *shifts {
	return &shifts{arrivals: newArrivals(newStream(seed, "shifts"), p.Shifts), chance: newStream(seed, "levels"), most: 1 + p.ShiftSize, level: 1}
}

// step gives the level in a minute; minutes come in order.
func (s *shifts) step(minute float64) float64 {
	for {
		if _, ok := s.arrivals.due(minute); !ok {
			return s.level
		}
		s.level = s.chance.about(s.most)
	}
}

// Deploys happen in working hours, and are counted on a clock that runs in
// these only.
const (
	workFrom, workUntil = 9, 17 // o'clock, local
	workShare           = 5 * (workUntil - workFrom) / (7 * 24.0)
)

// deploys hold the cost of a request.
type deploys struct {
	profile  Profile
	arrivals arrivals // in minutes of work
	chance   stream
	worked   float64
	cost     float64
	badUntil float64
}

func newDeploys(seed uint64, p Profile) *deploys {
	return &deploys{
		profile: p, cost: 1,
		arrivals: newArrivals(newStream(seed, "deploys"), p.Deploys/workShare), chance: newStream(seed, "costs"),
	}
}

// step gives the cost in a minute; minutes come in order.
func (d *deploys) step(minute float64, local time.Time) float64 {
	if isWorkday(local) && local.Hour() >= workFrom && local.Hour() < workUntil {
		d.worked++
	}
	for {
		if _, ok := d.arrivals.due(d.worked); !ok {
			break
		}
		cost := d.chance.about(1 + d.profile.DeploySize)
		until := minute + float64(inMinutes(d.profile.BadFor)*d.chance.exponential())
		if bad := d.chance.uniform() < d.profile.BadDeploys; bad {
			d.badUntil = until
			continue
		}
		d.cost, d.badUntil = cost, 0
	}
	if minute < d.badUntil {
		return float64(d.cost * d.profile.BadCost)
	}
	return d.cost
}
