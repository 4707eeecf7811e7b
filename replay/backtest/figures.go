package backtest

import (
	"cmp"
	"fmt"
	"slices"
)

// Target is what a figure is to reach.
type Target struct {
	Must, Aim float64
	// AtLeast says that more is better.
	AtLeast bool
}

// reaches says whether a value is as good as a bound.
func (t Target) reaches(value, bound float64) bool {
	if t.AtLeast {
		return value >= bound
	}
	return value <= bound
}

// Figure is one number over many cases.
type Figure struct {
	// Name says what it is, and Price at which price of a violated minute in
	// instance-hours ours was told and judged.
	Name  string
	Price float64
	Value float64
	// Low and High are its 95 % interval where HasInterval; NaN where the cases
	// are of fewer than two data sets.
	Low, High   float64
	HasInterval bool
	// Percent says that the value is to be read in percent.
	Percent bool
	// Target is nil where nothing is asked of it.
	Target *Target
	// Cases counts those that it is of, LeftOut those that it could not be
	// computed of, and Why says why not.
	Cases, LeftOut int
	Why            string
	// Notes name cases, or add sums.
	Notes []string
}

// Reach is how a value stands to its target.
type Reach int

// The reaches.
const (
	// Unasked is a value of which nothing is asked, or that is not known.
	Unasked Reach = iota
	Missed
	MustReached
	AimReached
)

// Reached says how the value stands to its target.
func (f Figure) Reached() Reach {
	switch t := f.Target; {
	case t == nil || f.Cases == 0:
		return Unasked
	case t.reaches(f.Value, t.Aim):
		return AimReached
	case t.reaches(f.Value, t.Must):
		return MustReached
	}
	return Missed
}

// Verdict says it in words; empty where nothing is asked.
func (f Figure) Verdict() string {
	switch f.Reached() {
	case AimReached:
		return "aim reached"
	case MustReached:
		return "reached"
	case Missed:
		return "not reached"
	}
	if f.Target != nil {
		return "not known"
	}
	return ""
}

// The prices that figures are asked at, in instance-hours: the headline, and
// the one beside it.
const (
	Headline = 8
	Beside   = 2
)

// tolerated is how much above the best rival a case is a loss that is named.
const tolerated = 1.05

// Figures gives the figures of trials at both prices. The seed draws data sets
// for intervals.
func Figures(trials []Trial, seed uint64) []Figure {
	var all []Figure
	for _, price := range []float64{Headline, Beside} {
		f := sheet{contests: Contests(trials, price), price: price, seed: seed}
		all = append(all,
			f.best(), f.beforehand(), f.losses(), f.gap(), f.perfect(), f.violations(), f.hours(), f.medianReversals(), f.mostReversals())
	}
	slices.SortStableFunc(all, func(a, b Figure) int {
		return cmp.Compare(slices.IndexFunc(all, a.named), slices.IndexFunc(all, b.named))
	})
	return all
}

func (f Figure) named(other Figure) bool { return f.Name == other.Name }

// targets picks what is asked for at a price.
func targets(price, must, aim, mustBeside, aimBeside float64) *Target {
	if price == Headline {
		return &Target{Must: must, Aim: aim}
	}
	return &Target{Must: mustBeside, Aim: aimBeside}
}

// headline gives a target that is asked for at the headline's price only.
func headline(price float64, t Target) *Target {
	if price == Headline {
		return &t
	}
	return nil
}

// sheet is the contests of one price, which figures are computed of.
type sheet struct {
	contests []Contest
	price    float64
	seed     uint64
}

func (s sheet) best() Figure {
	return s.mean("J of ours / best rival in hindsight", targets(s.price, 0.90, 0.83, 0.94, 0.88), func(c Contest) (float64, bool) {
		return c.Ratio(), true
	})
}

func (s sheet) beforehand() Figure {
	f := s.mean("J of ours / rival chosen beforehand", targets(s.price, 0.83, 0.77, 0.89, 0.84), func(c Contest) (float64, bool) {
		return c.Over(c.Beforehand)
	})
	f.Why = "there is no warm-up part to choose by"
	return f
}

// mean is a geometric mean over the cases that have the number.
func (s sheet) mean(name string, target *Target, of func(Contest) (float64, bool)) Figure {
	f := Figure{Name: name, Price: s.price, Target: target, HasInterval: true}
	var ratios []ratio
	for _, c := range s.contests {
		v, ok := of(c)
		if !ok {
			f.LeftOut++
			continue
		}
		ratios = append(ratios, ratio{c.Set, v})
	}
	f.Cases = len(ratios)
	f.Value = geometricMean(ratios)
	f.Low, f.High = interval(ratios, s.seed)
	return f
}

func (s sheet) losses() Figure {
	f := Figure{Name: "cases above 1.05 of the best rival", Price: s.price, Cases: len(s.contests), Target: headline(s.price, Target{Must: 1, Aim: 0})}
	for _, c := range s.contests {
		if c.Ratio() > tolerated {
			f.Value++
			f.Notes = append(f.Notes, fmt.Sprintf("%s %.3f against %s", c.Marked(), c.Ratio(), c.Best.Label()))
		}
	}
	return f
}

// gap is how much of what the best rival costs above perfect foresight ours
// saves.
func (s sheet) gap() Figure {
	f := Figure{Name: "gap to ours-perfect closed, median", Price: s.price, Percent: true,
		Target: headline(s.price, Target{Must: 0.20, Aim: 0.40, AtLeast: true}), Why: "ours-perfect is no better, or did not play"}
	var shares []float64
	for _, c := range s.contests {
		if c.Perfect == nil || c.Best.Score.J(s.price) <= c.Perfect.Score.J(s.price) {
			f.LeftOut++
			continue
		}
		best := c.Best.Score.J(s.price)
		shares = append(shares, (best-c.Ours.Score.J(s.price))/(best-c.Perfect.Score.J(s.price)))
	}
	f.Cases, f.Value = len(shares), median(shares)
	return f
}

func (s sheet) perfect() Figure {
	f := s.mean("J of ours / ours-perfect", targets(s.price, 1.70, 1.55, 1.48, 1.38), func(c Contest) (float64, bool) {
		return c.Over(c.Perfect)
	})
	f.Why = "ours-perfect did not play"
	return f
}

// violations compares at equal instance-hours; half a minute is added to both,
// so that none is divided by zero.
func (s sheet) violations() Figure {
	ours, envelope := 0, 0
	f := s.mean("violation minutes at equal instance-hours", headline(s.price, Target{Must: 0.30, Aim: 0.15}), func(c Contest) (float64, bool) {
		if c.Fewest == nil {
			return 0, false
		}
		ours += c.Ours.Score.Violations
		envelope += c.Fewest.Score.Violations
		return (float64(c.Ours.Score.Violations) + 0.5) / (float64(c.Fewest.Score.Violations) + 0.5), true
	})
	f.Why = "no rival has as few instance-hours"
	f.Notes = []string{fmt.Sprintf("in all %d against %d", ours, envelope)}
	return f
}

func (s sheet) hours() Figure {
	f := s.mean("instance-hours at equal violation minutes", headline(s.price, Target{Must: 0.85, Aim: 0.77}), func(c Contest) (float64, bool) {
		if c.Cheapest == nil {
			return 0, false
		}
		return c.Ours.Score.InstanceHours / c.Cheapest.Score.InstanceHours, true
	})
	f.Why = "no rival has as few violation minutes"
	return f
}

func (s sheet) medianReversals() Figure {
	f := Figure{Name: "reversals a day, median", Price: s.price, Cases: len(s.contests), Target: headline(s.price, Target{Must: 6, Aim: 6})}
	var all []float64
	for _, c := range s.contests {
		all = append(all, c.Ours.PerDay(c.Ours.Score.Reversals))
	}
	f.Value = median(all)
	return f
}

// mostReversals names the cases above what is aimed at, and of those above what
// must be reached whether it pays: J of ours over that of the best rival.
func (s sheet) mostReversals() Figure {
	t := Target{Must: 12, Aim: 6}
	f := Figure{Name: "reversals a day, most", Price: s.price, Cases: len(s.contests), Target: headline(s.price, t)}
	worst := ""
	for _, c := range s.contests {
		v := c.Ours.PerDay(c.Ours.Score.Reversals)
		if v > f.Value || worst == "" {
			f.Value, worst = v, c.Marked()
		}
		switch {
		case v > t.Must:
			f.Notes = append(f.Notes, fmt.Sprintf("%s %.1f at %.3f of J of %s", c.Marked(), v, c.Ratio(), c.Best.Label()))
		case v > t.Aim:
			f.Notes = append(f.Notes, fmt.Sprintf("%s %.1f", c.Marked(), v))
		}
	}
	if len(f.Notes) == 0 && worst != "" {
		f.Notes = []string{worst}
	}
	return f
}

// Marked names the case, with a mark where it is small.
func (c Contest) Marked() string {
	if c.Small {
		return c.Case + "†"
	}
	return c.Case
}
