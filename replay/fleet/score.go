package fleet

import (
	"math"
	"time"
)

// reversalWindow is how soon a change against the one before is a reversal.
const reversalWindow = 15 * time.Minute

// Score is how a policy did over the scored minutes of a timeline. The need of
// a minute is the load over the SLO, in instances; the supply is what is in
// service.
type Score struct {
	// Minutes counts the scored minutes.
	Minutes int
	// Violations counts the minutes in which the load was above the SLO's
	// share of what was in service.
	Violations int
	// Unserved is the demand beyond what was in service, in instance-minutes.
	Unserved float64
	// InstanceHours is what was billed.
	InstanceHours float64
	// ThetaU and ThetaO are the mean shortage and the mean excess of supply,
	// in percent of the need.
	ThetaU, ThetaO float64
	// TauU and TauO are the share of minutes with fewer and with more
	// instances than the need rounded up, in percent.
	TauU, TauO float64
	// Upsilon is the instability: the share of steps from one scored minute to
	// the next, in percent, in which supply and the need rounded up do not
	// move in the same direction (or one moves and the other stands).
	Upsilon float64
	// Actions counts the minutes in which desired changed.
	Actions int
	// Reversals counts the actions against the direction of the change before,
	// scored or not, where that was at most 15 minutes ago.
	Reversals int
	// Launches counts the instances that desired grew by.
	Launches int
}

// J is the cost in instance-hours with w instance-hours for each violation
// minute.
func (s Score) J(w float64) float64 { return s.InstanceHours + w*float64(s.Violations) }

// Cost is what was billed, in dollars, at a price in dollars per instance-hour.
func (s Score) Cost(price float64) float64 { return s.InstanceHours * price }

// ScoreRows judges the timeline of one policy, whose rows are one minute
// apart. slo is the utilization above which a minute is violated, in percent.
// Before the first row the group is taken to be what the world starts with, so
// that a change in the very first minute counts.
//
// The elasticity measures are those of the SPEC Research Group (Herbst et al.,
// Ready for Rain?, SPEC-RG-2016-01), on the grid of a minute; percentages are
// 0 where there is no minute to count.
func ScoreRows(rows []Row, slo float64) Score {
	return scoreWhere(rows, slo, func(i int) bool { return rows[i].Scored })
}

// scoreWhere judges the rows that count.
func scoreWhere(rows []Row, slo float64, counts func(i int) bool) Score {
	var s Score
	var steps int
	change := lastChange{}
	for i, r := range rows {
		before := startCapacity(r.Load)
		if i > 0 {
			before = rows[i-1].Desired
		}
		delta := r.Desired - before
		reversed := change.reverses(delta, r.Time)
		if !counts(i) {
			continue
		}
		s.supply(r, slo)
		s.moved(delta, reversed)
		if i > 0 && counts(i-1) {
			steps++
			s.Upsilon += unsteady(rows[i-1], r, slo)
		}
	}
	s.normalize(steps)
	return s
}

// supply adds one minute of need against supply.
func (s *Score) supply(r Row, slo float64) {
	need, have := r.Load/(slo/100), float64(r.InService)
	s.Minutes++
	s.InstanceHours += float64(r.Billed)
	s.Unserved += max(r.Load-have, 0)
	if r.Load > have*slo/100 {
		s.Violations++
	}
	if need > 0 {
		s.ThetaU += max(need-have, 0) / need
		s.ThetaO += max(have-need, 0) / need
	}
	if have < math.Ceil(need) {
		s.TauU++
	}
	if have > math.Ceil(need) {
		s.TauO++
	}
}

func (s *Score) moved(delta int, reversed bool) {
	if delta == 0 {
		return
	}
	s.Actions++
	s.Launches += max(delta, 0)
	if reversed {
		s.Reversals++
	}
}

func (s *Score) normalize(steps int) {
	s.InstanceHours /= 60
	if s.Minutes > 0 {
		share := 100 / float64(s.Minutes)
		s.ThetaU *= share
		s.ThetaO *= share
		s.TauU *= share
		s.TauO *= share
	}
	if steps > 0 {
		s.Upsilon *= 100 / float64(steps)
	}
}

// unsteady is 1 where supply and need moved differently between two minutes.
func unsteady(before, now Row, slo float64) float64 {
	need := math.Ceil(now.Load/(slo/100)) - math.Ceil(before.Load/(slo/100))
	have := float64(now.InService - before.InService)
	return math.Min(math.Abs(sign(have)-sign(need)), 1)
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// lastChange is the direction and the minute of the newest change of desired.
type lastChange struct {
	delta int
	at    time.Time
}

// reverses takes in the change of a minute and says whether it turns the one
// before it around in time.
func (c *lastChange) reverses(delta int, at time.Time) bool {
	if delta == 0 {
		return false
	}
	before := *c
	*c = lastChange{delta: delta, at: at}
	return before.delta != 0 && (delta > 0) != (before.delta > 0) && at.Sub(before.at) <= reversalWindow
}
