package backtest

import (
	"fmt"
	"math"
	"strings"
)

// mostly is the share of a difference in J from which it is mostly in one part.
const mostly = 2.0 / 3

// leastUnits is how many units must all point one way before a sign test of the
// level says so: 2^(1-n) <= 1 - level, 6 at 95 %.
func leastUnits(level float64) int { return int(math.Ceil(1 - math.Log2(1-level))) }

// TooLittle says why the data cannot decide, whatever they show; empty where
// they could. A day is what is drawn, and too few of them prove nothing even
// where all point one way.
func (ab AB) TooLittle() string {
	need := leastUnits(ab.Level)
	switch {
	case ab.Days == 0:
		return "no day has scored minutes of both"
	case ab.Days < need:
		return fmt.Sprintf("%s too few, want at least %d", few(ab.Days, "scored day"), need)
	}
	return ""
}

// Cheaper names the policy whose J is lower, or nobody where that cannot be
// told.
func (ab AB) Cheaper() string {
	switch {
	case ab.TooLittle() != "" || ab.differing == 0:
		return ""
	case ab.J.Ratio.High < 1:
		return ab.A
	case ab.J.Ratio.Low > 1:
		return ab.B
	}
	return ""
}

// Verdict says in words which policy is cheaper, by how much and in what, or
// why that cannot be told.
func (ab AB) Verdict() string {
	if why := ab.TooLittle(); why != "" {
		return "cannot tell: " + why
	}
	if ab.differing == 0 {
		return fmt.Sprintf("cannot tell: %s and %s cost the same on each of %d days", ab.A, ab.B, ab.Days) + ab.reach()
	}
	switch ab.Cheaper() {
	case ab.A:
		return ab.won() + ab.reach()
	case ab.B:
		return ab.swapped().won() + ab.reach()
	}
	return fmt.Sprintf("cannot tell: J of %s is %s of that of %s; %s", ab.A, ab.span(ab.J.Ratio), ab.B,
		strings.Join([]string{ab.violationsText(), ab.hoursText()}, "; ")) + ab.reach()
}

// won is the verdict where A is cheaper.
func (ab AB) won() string {
	r := ab.J.Ratio
	return fmt.Sprintf("%s is cheaper: J lower by %s %% (%s interval %s to %s %%), %s; %s", ab.A,
		short(100*(1-r.Value)), ab.level(), short(100*(1-r.High)), short(100*(1-r.Low)), ab.part(),
		strings.Join([]string{ab.violationsText(), ab.hoursText()}, "; "))
}

// part says in what A saves.
func (ab AB) part() string {
	all := math.Abs(ab.hoursPart) + math.Abs(ab.costPart)
	switch {
	case -ab.hoursPart >= mostly*all:
		return "mostly in instance-hours"
	case -ab.costPart >= mostly*all:
		return "mostly in violated minutes"
	case ab.hoursPart > 0:
		return "fewer violated minutes pay for more instance-hours"
	case ab.costPart > 0:
		return "fewer instance-hours pay for more violated minutes"
	}
	return "in instance-hours and in violated minutes"
}

func (ab AB) violationsText() string {
	v := ab.Violations
	switch {
	case v.A == 0 && v.B == 0:
		return "no minute was violated under either"
	case !v.Difference.Distinct(0):
		return "violations not distinguishable"
	}
	d := v.Difference
	return "violated minutes " + moved(d.Value, d.Low, d.High, " a day")
}

func (ab AB) hoursText() string {
	if !ab.InstanceHours.Ratio.Distinct(1) {
		return "instance-hours not distinguishable"
	}
	r := ab.InstanceHours.Ratio
	return "instance-hours " + moved(100*(r.Value-1), 100*(r.Low-1), 100*(r.High-1), " %")
}

// moved writes a difference that is not zero, and its interval.
func moved(value, low, high float64, unit string) string {
	if value < 0 {
		return fmt.Sprintf("lower by %s%s (%s to %s)", short(-value), unit, short(-high), short(-low))
	}
	return fmt.Sprintf("higher by %s%s (%s to %s)", short(value), unit, short(low), short(high))
}

// span writes a ratio and its interval in percent.
func (ab AB) span(r Estimate) string {
	return fmt.Sprintf("%s %% (%s interval %s to %s %%)", short(100*r.Value), ab.level(), short(100*r.Low), short(100*r.High))
}

func (ab AB) level() string { return short(100*ab.Level) + " %" }

// reach says for which loads a verdict speaks.
func (ab AB) reach() string {
	switch {
	case ab.Traces == 1:
		return "; one load only, which says nothing of others"
	case ab.Sets < leastUnits(ab.Level):
		return fmt.Sprintf("; %s too few to speak for other loads", few(ab.Sets, "data set"))
	}
	return ""
}

// swapped is the same comparison seen from B.
func (ab AB) swapped() AB {
	ab.A, ab.B = ab.B, ab.A
	for _, c := range []*Contrast{&ab.Violations, &ab.InstanceHours, &ab.J} {
		d, r := c.Difference, c.Ratio
		*c = Contrast{
			A: c.B, B: c.A,
			Difference: Estimate{Value: -d.Value, Low: -d.High, High: -d.Low},
			Ratio:      Estimate{Value: 1 / r.Value, Low: 1 / r.High, High: 1 / r.Low},
		}
	}
	ab.hoursPart, ab.costPart = -ab.hoursPart, -ab.costPart
	return ab
}

// short writes a number for people: one decimal, or two digits where that
// would leave none.
func short(x float64) string {
	if a := math.Abs(x); a > 0 && a < 0.095 {
		return fmt.Sprintf("%.2g", x)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0")
}

// few writes a count of things that are something.
func few(n int, thing string) string {
	if n == 1 {
		return "1 " + thing + " is"
	}
	return fmt.Sprintf("%d %ss are", n, thing)
}
