package backtest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Pair is what two policies did on the same load.
type Pair struct {
	// Case names the load, and Set the data set that it belongs to; where Set
	// is empty the load stands for itself.
	Case, Set string
	// A and B are the days of the two policies, oldest first.
	A, B []Day
}

// ABOptions says how two policies are compared.
type ABOptions struct {
	// A and B name the policies.
	A, B string
	// Price is what a violated minute is worth, in instance-hours.
	Price float64
	// Level is that of the intervals, 0.95 where it is 0.
	Level float64
	// Resamples is how often the data are drawn anew, 2,000 where it is 0.
	Resamples int
	// Rng draws them.
	Rng *rand.Rand
}

// Estimate is a figure with its interval.
type Estimate struct{ Value, Low, High float64 }

// Distinct says whether the interval leaves a value out: 0 for a difference, 1
// for a ratio.
func (e Estimate) Distinct(from float64) bool { return e.Low > from || e.High < from }

// Contrast is how two policies differ in one quantity.
type Contrast struct {
	// A and B are the pairedDay over all loads.
	A, B float64
	// Difference is A - B for a day of 1,440 scored minutes, the mean over the
	// loads.
	Difference Estimate
	// Ratio is A / B, the geometric mean over the loads. Counts of violated
	// minutes are taken half a minute larger, and what is billed or J at least
	// an instance-minute, so that nothing is divided by zero.
	Ratio Estimate
}

// TraceAB is how two policies did on one load.
type TraceAB struct {
	Case, Set string
	// Days counts the days in which both were scored, and Minutes the scored
	// minutes of them.
	Days, Minutes int
	// Violations in minutes, and InstanceHours, of A and of B.
	ViolationsA, ViolationsB       int
	InstanceHoursA, InstanceHoursB float64
	// JRatio is the J of A over that of B.
	JRatio float64
}

// AB is what a comparison found.
type AB struct {
	// A and B name the policies, and Price is what a violated minute was
	// counted as, in instance-hours.
	A, B  string
	Price float64
	// Level is that of every interval, from Resamples resamples.
	Level     float64
	Resamples int
	// Sets, Traces, Days and Minutes count what was compared, Unpaired the
	// days that only one of the two was scored in.
	Sets, Traces, Days, Minutes, Unpaired int
	// Violations is in minutes, InstanceHours in hours, and J in
	// instance-hours.
	Violations, InstanceHours, J Contrast
	// ByTrace has the loads in the order given, without those on which nothing
	// was scored.
	ByTrace []TraceAB

	differing int     // days in which A and B are not equal
	hoursPart float64 // of the mean relative difference in J
	costPart  float64 // the same of the violations at their price
}

// CompareAB compares two policies by what they did on the same days of the
// same loads. It refuses days that are not the same minutes for both, and
// options that make no sense.
//
// The intervals are percentiles of a bootstrap of three levels: data sets are
// drawn with replacement, in each as many of its loads, and in each of these
// as many of its days, the same for both policies (Davison and Hinkley,
// Bootstrap Methods and their Application, 1997, sections 3.8 and 8.2; a day is
// the block). They are a little too wide where most of the spread is
// between days of one load, and too narrow where the data sets are few.
func CompareAB(pairs []Pair, opt ABOptions) (AB, error) {
	opt, err := opt.complete()
	if err != nil {
		return AB{}, fmt.Errorf("compare %s and %s: %w", opt.A, opt.B, err)
	}
	ab := AB{A: opt.A, B: opt.B, Price: opt.Price, Level: opt.Level, Resamples: opt.Resamples}
	var loads []pairedLoad
	for _, p := range pairs {
		days, unpaired, err := pairDays(p)
		if err != nil {
			return AB{}, fmt.Errorf("compare %s and %s: %s: %w", opt.A, opt.B, p.Case, err)
		}
		ab.Unpaired += unpaired
		if len(days) == 0 {
			continue
		}
		loads = append(loads, pairedLoad{set: setOf(p), days: days})
		ab.add(p, days)
	}
	if len(loads) > 0 {
		ab.estimate(loads, opt)
	}
	return ab, nil
}

func (o ABOptions) complete() (ABOptions, error) {
	if o.Level == 0 {
		o.Level = 0.95
	}
	if o.Resamples == 0 {
		o.Resamples = 2000
	}
	switch {
	case o.A == "" || o.B == "" || o.A == o.B:
		return o, errors.New("policies: want two names")
	case !(o.Price >= 0) || math.IsInf(o.Price, 0):
		return o, fmt.Errorf("price: want at least 0 instance-hours, got %v", o.Price)
	case !(o.Level > 0 && o.Level < 1):
		return o, fmt.Errorf("level: want between 0 and 1, got %v", o.Level)
	case o.Resamples < 100:
		return o, fmt.Errorf("resamples: want at least 100, got %d", o.Resamples)
	case o.Rng == nil:
		return o, errors.New("random numbers: want a generator")
	}
	return o, nil
}

func setOf(p Pair) string {
	if p.Set == "" {
		return "\x00" + p.Case // no data set is called so
	}
	return p.Set
}

// pairDays gives what both policies did on each day that both were scored in,
// and counts the days of only one.
func pairDays(p Pair) (paired []pairedDay, unpaired int, err error) {
	for _, days := range [][]Day{p.A, p.B} {
		for i := 1; i < len(days); i++ {
			if !days[i].Date.After(days[i-1].Date) {
				return nil, 0, fmt.Errorf("days: want each after the one before, got %s after %s",
					days[i].Date.Format(time.DateOnly), days[i-1].Date.Format(time.DateOnly))
			}
		}
	}
	a, b := p.A, p.B
	for len(a) > 0 && len(b) > 0 {
		switch a[0].Date.Compare(b[0].Date) {
		case -1:
			a, unpaired = a[1:], unpaired+1
			continue
		case 1:
			b, unpaired = b[1:], unpaired+1
			continue
		}
		if a[0].Minutes != b[0].Minutes || a[0].Minutes < 1 {
			return nil, 0, fmt.Errorf("%s: want the same scored minutes, at least 1, got %d and %d",
				a[0].Date.Format(time.DateOnly), a[0].Minutes, b[0].Minutes)
		}
		paired = append(paired, pairedDayOf(a[0], b[0]))
		a, b = a[1:], b[1:]
	}
	return paired, unpaired + len(a) + len(b), nil
}

// add takes in a load.
func (ab *AB) add(p Pair, days []pairedDay) {
	var sum pairedDay
	for _, d := range days {
		sum.add(d)
		if d.violations[0] != d.violations[1] || d.billed[0] != d.billed[1] {
			ab.differing++
		}
	}
	ab.Days += len(days)
	ab.Minutes += int(sum.minutes)
	j, hours := sum.j(ab.Price), sum.hours()
	ab.ByTrace = append(ab.ByTrace, TraceAB{
		Case: p.Case, Set: p.Set, Days: len(days), Minutes: int(sum.minutes),
		ViolationsA: int(sum.violations[0]), ViolationsB: int(sum.violations[1]),
		InstanceHoursA: hours[0], InstanceHoursB: hours[1],
		JRatio: floored(j, leastHours),
	})
	for side, c := range [][2]*float64{{&ab.Violations.A, &ab.InstanceHours.A}, {&ab.Violations.B, &ab.InstanceHours.B}} {
		*c[0] += sum.violations[side]
		*c[1] += hours[side]
	}
	ab.J.A, ab.J.B = ab.J.A+j[0], ab.J.B+j[1]
}
