package backtest

import (
	"math/bits"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// DuelResult is what two policies did with the load of a group.
type DuelResult struct {
	// A and B are the days of the scored minutes, the same for both.
	A, B []Day
	// Since is where both policies are what they are at the end, and Until the
	// newest group event; zero where one of them decided nothing.
	Since, Until time.Time
	// Boot is the boot time of both fleets, from as many boots as Boots says.
	Boot  time.Duration
	Boots int
	// Both counts the rounds that both decided, and One those of only one, as
	// far as the timeline has them.
	Both, One int
	// Saturated counts the minutes left out because the real group was
	// saturated and hid the load, and Missed how many of them the two violated
	// at the least.
	Saturated int
	Missed    [2]int
	// Unknown counts the minutes left out because their load is not known, or
	// no policy could have known it after a gap.
	Unknown int
}

// duelist is one side of a duel on its way.
type duelist struct {
	name  string
	fleet *fleet.Fleet
	told  int  // what the group event before showed
	asked bool // decided since then
	days  []Day
}

// Result gives what came of all events so far.
func (d *Duel) Result() DuelResult {
	var r DuelResult
	r.Boot, r.Boots = d.Boot()
	for round, decided := range d.rounds {
		switch {
		case round < d.first: // by another policy
		case bits.OnesCount8(decided) == 2:
			r.Both++
		default:
			r.One++
		}
	}
	run := &duel{Duel: d, result: &r, sides: [2]*duelist{{name: d.names[0]}, {name: d.names[1]}}}
	for _, m := range d.moves {
		run.until(m.minute)
		for side, s := range run.sides {
			s.move(m, side, fleet.ConstantBoot(r.Boot))
		}
		run.begin(m.minute)
	}
	if !run.began.IsZero() {
		r.Since, r.Until = run.began, d.now
	}
	r.A, r.B = run.sides[0].days, run.sides[1].days
	return r
}

// move does what a group event or a decision asks of a side.
func (s *duelist) move(m move, side int, boot fleet.BootTime) {
	shadow := s.name != streams.LiveName && s.name != streams.GroupName
	switch {
	case m.side == side && (s.fleet == nil || m.anew && shadow):
		s.fleet = fleet.NewFleet(m.from, m.minute, boot)
		s.fleet.SetDesired(m.to)
	case m.side == side:
		if shadow { // which knows its own group
			s.fleet.SetDesired(m.from)
		}
		s.fleet.SetDesired(m.to)
		s.asked = true
	case m.side < 0 && m.to >= 0 && !shadow:
		s.follow(m, boot)
	}
}

// follow goes after the real group.
func (s *duelist) follow(m move, boot fleet.BootTime) {
	switch {
	case s.fleet == nil:
		s.fleet = fleet.NewFleet(m.to, m.minute, boot)
	case s.name == streams.GroupName, m.to == s.told && !s.asked:
		s.fleet.SetDesired(m.to)
	}
	s.told, s.asked = m.to, false
}

// duel lives through the minutes of a Duel.
type duel struct {
	*Duel
	result *DuelResult
	sides  [2]*duelist
	minute time.Time // that is lived next
	began  time.Time // zero until both sides have a fleet
	resume time.Time // before it no minute counts
	blind  bool      // the load of the minute before is not known
}

// begin starts the score once both sides are there and are what they will be:
// after a boot time, since nobody knows what was booting.
func (u *duel) begin(minute time.Time) {
	if u.began.IsZero() && u.sides[0].fleet != nil && u.sides[1].fleet != nil && !minute.Before(u.since) {
		u.began, u.minute, u.resume = minute, minute, minute.Add(u.result.Boot)
	}
}

// until lives through the minutes before one.
func (u *duel) until(minute time.Time) {
	if u.began.IsZero() {
		for _, s := range u.sides {
			if s.fleet != nil {
				s.fleet.Advance(minute)
			}
		}
		return
	}
	for ; u.minute.Before(minute); u.minute = u.minute.Add(time.Minute) {
		u.serve()
	}
	for _, s := range u.sides {
		s.fleet.Advance(minute)
	}
}

// serve judges one minute.
func (u *duel) serve() {
	for _, s := range u.sides {
		s.fleet.Advance(u.minute)
	}
	b, known := u.load()
	switch {
	case !known, u.minute.Before(u.resume):
		u.result.Unknown++
	case b.censored:
		u.result.Saturated++
		for i, s := range u.sides {
			if u.violated(s, b) {
				u.result.Missed[i]++
			}
		}
	default:
		for _, s := range u.sides {
			s.count(u.minute, u.violated(s, b))
		}
	}
}

// load gives the bin in which the minute begins, once it is as good as it will
// get. After a gap nothing counts until what the next bin teaches is in
// service: no policy could have known better.
func (u *duel) load() (bin, bool) {
	p := u.policy
	period := p.Load.Period.Std()
	end := u.minute.Truncate(period).Add(period)
	b, ok := u.bins[end]
	if end.Add(p.Forecast.Settle.Std()).After(u.now) {
		return b, false
	}
	if ok && u.blind {
		u.resume = end.Add(p.Scaling.MetricDelayPrior.Std() + u.result.Boot)
	}
	u.blind = !ok
	return b, ok
}

func (u *duel) violated(s *duelist, b bin) bool {
	return b.value > float64(s.fleet.InService())*u.policy.Load.PerInstance
}

// count adds a minute to the day that it is in.
func (s *duelist) count(minute time.Time, violated bool) {
	date := minute.Truncate(24 * time.Hour)
	if n := len(s.days); n == 0 || !s.days[n-1].Date.Equal(date) {
		s.days = append(s.days, Day{Date: date})
	}
	day := &s.days[len(s.days)-1]
	day.Minutes++
	day.Billed += s.fleet.Billed()
	if violated {
		day.Violations++
	}
}
