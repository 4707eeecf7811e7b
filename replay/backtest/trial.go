package backtest

import (
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// Trial is everything that was played on one case.
type Trial struct {
	// Case and Set name the load and its data set.
	Case, Set string
	// Small marks a load on which whole instances decide: see IsSmall.
	Small bool
	// Runs are in the order in which they were asked for: the first one of a
	// policy is the one that was named, the others are its sweep.
	Runs []Run
}

// Trials sorts the runs of stories by their case, in the order of the cases.
func (s Settings) Trials(cases []Case, stories []Story) []Trial {
	var all []Trial
	for _, c := range cases {
		t := Trial{Case: c.Name, Set: c.Set, Small: s.IsSmall(c.Load)}
		for _, story := range stories {
			if story.Case == c.Name {
				t.Runs = append(t.Runs, story.Run)
			}
		}
		all = append(all, t)
	}
	return all
}

const (
	// smallShare of the scored minutes of a small load need smallNeed
	// instances or fewer: one more or less is then half of the capacity.
	smallShare = 0.25
	smallNeed  = 2
)

// IsSmall says whether in a quarter of the scored minutes of a load two
// instances are enough, so that whole instances decide and not the policy.
func (s Settings) IsSmall(load fleet.Load) bool {
	counted := load.Counted(s.MetricDelay, s.Boot)
	minutes, few := 0, 0
	for m := s.warmUp(load); m < load.Minutes(); m++ {
		if !counted[m] {
			continue
		}
		minutes++
		if math.Ceil(load.Demand[m]/(s.SLO/100)) <= smallNeed {
			few++
		}
	}
	return float64(few) >= smallShare*float64(minutes)
}

// own gives the run of a policy that is judged at a price: of ours the one
// that was told that price, of others the one that was named.
func (t Trial) own(policy string, price float64) *Run {
	return t.find(func(r Run) bool { return r.Policy == policy && (!IsOurs(policy) || r.Knob == price) })
}

func (t Trial) find(is func(Run) bool) *Run {
	if i := slices.IndexFunc(t.Runs, is); i >= 0 {
		return &t.Runs[i]
	}
	return nil
}

// least gives the run with the least cost of those that qualify, the first of
// several; nil where none does.
func (t Trial) least(qualifies func(Run) bool, cost func(Run) float64) *Run {
	var best *Run
	for i, r := range t.Runs {
		if qualifies(r) && (best == nil || cost(r) < cost(*best)) {
			best = &t.Runs[i]
		}
	}
	return best
}

// beforehand gives the rival that somebody would have chosen by what the
// warm-up part showed.
func (t Trial) beforehand(price float64) *Run {
	return t.least(func(r Run) bool { return IsRival(r.Policy) && r.Before.Minutes > 0 },
		func(r Run) float64 { return r.Before.J(price) })
}

// Contest is how ours did on one case at one price of a violated minute, which
// is both what it is judged by and what it was told.
type Contest struct {
	Case, Set string
	Small     bool
	// Price is in instance-hours.
	Price float64
	Ours  Run
	// Best is the rival with the lowest J of all at all their knobs, in
	// hindsight.
	Best Run
	// Beforehand is the rival with the lowest J of Before; nil where there is
	// no warm-up part to choose by.
	Beforehand *Run
	// Perfect and Naive are ours on those forecasts; nil where not played.
	Perfect, Naive *Run
	// Fewest is the point of any rival with the fewest violation minutes of
	// those with at most ours' instance-hours, Cheapest that with the fewest
	// instance-hours of those with at most ours' violation minutes; nil where
	// there is no such point.
	Fewest, Cheapest *Run
	// Hindsight is ours at the best of the prices that were played.
	Hindsight Run
}

// Ratio is J of ours over that of the best rival.
func (c Contest) Ratio() float64 { return c.Ours.Score.J(c.Price) / c.Best.Score.J(c.Price) }

// Over is J of ours over that of another run; false where there is none.
func (c Contest) Over(other *Run) (float64, bool) {
	if other == nil {
		return 0, false
	}
	return c.Ours.Score.J(c.Price) / other.Score.J(c.Price), true
}

// Contest judges a trial at a price; false where ours was not told that price,
// or no rival played.
func (t Trial) Contest(price float64) (Contest, bool) {
	j := func(r Run) float64 { return r.Score.J(price) }
	rival := func(r Run) bool { return IsRival(r.Policy) }
	ours, best := t.own(Ours, price), t.least(rival, j)
	if ours == nil || best == nil {
		return Contest{}, false
	}
	hindsight := t.least(func(r Run) bool { return r.Policy == Ours }, j)
	own := ours.Score
	return Contest{
		Case: t.Case, Set: t.Set, Small: t.Small, Price: price,
		Ours: *ours, Best: *best, Beforehand: t.beforehand(price), Hindsight: *hindsight,
		Perfect: t.own(OursPerfect, price), Naive: t.own(OursNaive, price),
		Fewest: t.least(func(r Run) bool { return rival(r) && r.Score.InstanceHours <= own.InstanceHours },
			func(r Run) float64 { return float64(r.Score.Violations) }),
		Cheapest: t.least(func(r Run) bool { return rival(r) && r.Score.Violations <= own.Violations },
			func(r Run) float64 { return r.Score.InstanceHours }),
	}, true
}

// Contests judges trials at a price; those that cannot be are left out.
func Contests(trials []Trial, price float64) []Contest {
	var all []Contest
	for _, t := range trials {
		if c, ok := t.Contest(price); ok {
			all = append(all, c)
		}
	}
	return all
}

// Find gives the run of a contender; nil where it did not play.
func (t Trial) Find(c Contender) *Run {
	return t.find(func(r Run) bool { return r.Contender() == c })
}
