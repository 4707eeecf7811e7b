package backtest_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// design is a simulated comparison: log J of A over that of B is effect, plus a
// normal error of each data set, load and day with these standard deviations.
type design struct {
	sets, loads, days      int
	effect, set, load, day float64
}

// simulate draws the instance-hours of A; those of B are 1,000,000
// instance-minutes a day. Nothing is violated, so that J is the hours and the
// ratio of every day is known.
func simulate(rng *rand.Rand, d design) []backtest.Pair {
	var pairs []backtest.Pair
	for s := range d.sets {
		ofSet := d.effect + d.set*rng.NormFloat64()
		for l := range d.loads {
			ofLoad := ofSet + d.load*rng.NormFloat64()
			p := backtest.Pair{Case: fmt.Sprintf("load %d.%d", s, l), Set: fmt.Sprintf("set %d", s)}
			for range d.days {
				// The mean of exp(x) is exp(mean + variance / 2): taken off, so
				// that the sums of days have the ratio exp(ofLoad).
				x := ofLoad + d.day*rng.NormFloat64() - d.day*d.day/2
				p.A = append(p.A, days([2]int{0, int(1e6 * math.Exp(x))})...)
				p.B = append(p.B, days([2]int{0, 1e6})...)
				p.A[len(p.A)-1].Date = monday.AddDate(0, 0, len(p.A)-1)
				p.B[len(p.B)-1].Date = monday.AddDate(0, 0, len(p.B)-1)
			}
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// TestIntervalCovers draws comparisons whose true ratio is known, and counts
// how often the 95 % interval has it, and how often it calls a difference that
// is not there. The designs: loads like those that this project is judged on
// (7 data sets, a day's spread of a fifth), sets that agree with each other,
// and one load of a fortnight. A percentile interval of 7 or 14 units is known
// to fall short by a few percent (Davison and Hinkley 1997, section 5.3.1).
func TestIntervalCovers(t *testing.T) {
	const runs = 200
	for name, d := range map[string]design{
		"sets differ": {sets: 7, loads: 3, days: 10, effect: -0.07, set: 0.08, load: 0.05, day: 0.2},
		"sets agree":  {sets: 7, loads: 3, days: 10, effect: -0.07, day: 0.2},
		"one load":    {sets: 1, loads: 1, days: 14, effect: -0.07, day: 0.2},
		"no effect":   {sets: 7, loads: 3, days: 10, set: 0.08, load: 0.05, day: 0.2},
	} {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(20260302, 5))
			covered, called := 0, 0
			for range runs {
				opt := options(rng.Uint64())
				opt.Resamples = 200
				ab := compare(t, opt, simulate(rng, d)...)
				truth := math.Exp(d.effect)
				if r := ab.J.Ratio; r.Low <= truth && truth <= r.High {
					covered++
				}
				if ab.Cheaper() != "" {
					called++
				}
			}
			share := float64(covered) / runs
			t.Logf("covered %.1f %%, called %.1f %%", 100*share, 100*float64(called)/runs)
			if share < 0.86 || share == 1 && d.set > 0 {
				t.Errorf("want the interval to cover in about 95 %%, got %.1f %%", 100*share)
			}
			if d.effect == 0 && float64(called)/runs > 0.14 {
				t.Errorf("called a difference that is not there in %d of %d", called, runs)
			}
		})
	}
}
