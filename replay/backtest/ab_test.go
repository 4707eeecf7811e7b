package backtest_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// days makes whole scored days of {violations, billed instance-minutes}.
func days(each ...[2]int) []backtest.Day {
	var all []backtest.Day
	for i, d := range each {
		all = append(all, backtest.Day{Date: monday.AddDate(0, 0, i), Minutes: 1440, Violations: d[0], Billed: d[1]})
	}
	return all
}

func options(seed uint64) backtest.ABOptions {
	return backtest.ABOptions{A: "a", B: "b", Price: 8, Rng: rand.New(rand.NewPCG(seed, 0))}
}

func compare(t *testing.T, opt backtest.ABOptions, pairs ...backtest.Pair) backtest.AB {
	t.Helper()
	ab, err := backtest.CompareAB(pairs, opt)
	if err != nil {
		t.Fatal(err)
	}
	return ab
}

// TestABByHand holds the point estimates against figures worked out by hand:
//
//	web: a 3 violations and 240 h in 2 days, b 5 and 300 h: J 264 and 340
//	api: a 0 violations and 48 h in 1 day, b 1 and 24 h: J 48 and 32
func TestABByHand(t *testing.T) {
	web := backtest.Pair{Case: "web", Set: "shop", A: days([2]int{1, 7200}, [2]int{2, 7200}), B: days([2]int{5, 9000}, [2]int{0, 9000})}
	api := backtest.Pair{Case: "api", Set: "bank", A: days([2]int{0, 2880}), B: days([2]int{1, 1440})}
	ab := compare(t, options(1), web, api)

	near := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12*math.Max(1, math.Abs(want)) {
			t.Errorf("%s: want %v, got %v", name, want, got)
		}
	}
	near("violations, a", ab.Violations.A, 3)
	near("violations, b", ab.Violations.B, 6)
	near("violations a day", ab.Violations.Difference.Value, (-2.0/2-1)/2)
	near("violations, ratio", ab.Violations.Ratio.Value, math.Sqrt(3.5/5.5*0.5/1.5))
	near("hours, a", ab.InstanceHours.A, 288)
	near("hours, b", ab.InstanceHours.B, 324)
	near("hours a day", ab.InstanceHours.Difference.Value, (-60.0/2+24)/2)
	near("hours, ratio", ab.InstanceHours.Ratio.Value, math.Sqrt(240.0/300*2))
	near("J, a", ab.J.A, 312)
	near("J, b", ab.J.B, 372)
	near("J a day", ab.J.Difference.Value, (-76.0/2+16)/2)
	near("J, ratio", ab.J.Ratio.Value, math.Sqrt(264.0/340*48/32))
	want := []backtest.TraceAB{
		{Case: "web", Set: "shop", Days: 2, Minutes: 2880, ViolationsA: 3, ViolationsB: 5, InstanceHoursA: 240, InstanceHoursB: 300, JRatio: 264.0 / 340},
		{Case: "api", Set: "bank", Days: 1, Minutes: 1440, ViolationsB: 1, InstanceHoursA: 48, InstanceHoursB: 24, JRatio: 1.5},
	}
	if diff := cmp.Diff(want, ab.ByTrace, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("by trace (-want +got):\n%s", diff)
	}
	if ab.Sets != 2 || ab.Traces != 2 || ab.Days != 3 || ab.Minutes != 3*1440 {
		t.Errorf("want 2 sets, 2 traces, 3 days, 4320 minutes, got %d, %d, %d, %d", ab.Sets, ab.Traces, ab.Days, ab.Minutes)
	}
}

// TestABIntervalByHand: with one load of two days whose ratios of hours are 1/2
// and 2, a resample is twice the first, one of each, or twice the second, with
// chances 1/4, 1/2, 1/4. So the 95 % interval ends at the two extremes, and the
// 40 % interval is the middle alone.
func TestABIntervalByHand(t *testing.T) {
	pair := backtest.Pair{Case: "web", A: days([2]int{0, 600}, [2]int{0, 1200}), B: days([2]int{0, 1200}, [2]int{0, 600})}
	ab := compare(t, options(1), pair)
	want := backtest.Estimate{Value: 1, Low: 0.5, High: 2}
	if diff := cmp.Diff(want, ab.InstanceHours.Ratio, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("95 %% (-want +got):\n%s", diff)
	}
	opt := options(1)
	opt.Level = 0.4
	ab = compare(t, opt, pair)
	want = backtest.Estimate{Value: 1, Low: 1, High: 1}
	if diff := cmp.Diff(want, ab.InstanceHours.Ratio, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("40 %% (-want +got):\n%s", diff)
	}
}

// TestABIsDeterministic: a seed gives one result, and another seed the same
// point estimates.
func TestABIsDeterministic(t *testing.T) {
	pairs := simulate(rand.New(rand.NewPCG(7, 7)), design{sets: 3, loads: 2, days: 8, effect: -0.05, day: 0.2, load: 0.05, set: 0.05})
	one, again, other := compare(t, options(1), pairs...), compare(t, options(1), pairs...), compare(t, options(2), pairs...)
	if diff := cmp.Diff(one, again, cmp.AllowUnexported(backtest.AB{})); diff != "" {
		t.Errorf("same seed (-first +second):\n%s", diff)
	}
	if one.J.Ratio.Value != other.J.Ratio.Value || one.J.Ratio == other.J.Ratio {
		t.Errorf("other seed: want the same value and another interval, got %v and %v", one.J.Ratio, other.J.Ratio)
	}
}

// TestABPairsDays: days of only one policy are counted and left out, and days
// that are not the same minutes are no comparison.
func TestABPairsDays(t *testing.T) {
	four := days([2]int{1, 600}, [2]int{1, 700}, [2]int{1, 800}, [2]int{1, 900})
	ab := compare(t, options(1), backtest.Pair{Case: "web", A: four[:3], B: four[1:]})
	if ab.Days != 2 || ab.Unpaired != 2 {
		t.Errorf("want 2 days and 2 unpaired, got %d and %d", ab.Days, ab.Unpaired)
	}
	for want, b := range map[string][]backtest.Day{
		"compare a and b: web: 2026-03-02: want the same scored minutes, at least 1, got 1440 and 1439": {{Date: monday, Minutes: 1439}},
		"compare a and b: web: days: want each after the one before, got 2026-03-02 after 2026-03-02":   {{Date: monday, Minutes: 1}, {Date: monday, Minutes: 1}},
	} {
		_, err := backtest.CompareAB([]backtest.Pair{{Case: "web", A: four, B: b}}, options(1))
		if err == nil || err.Error() != want {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

func TestABRefusesOptions(t *testing.T) {
	for field, spoil := range map[string]func(*backtest.ABOptions){
		"policies":       func(o *backtest.ABOptions) { o.B = o.A },
		"price":          func(o *backtest.ABOptions) { o.Price = math.NaN() },
		"level":          func(o *backtest.ABOptions) { o.Level = 1 },
		"resamples":      func(o *backtest.ABOptions) { o.Resamples = 99 },
		"random numbers": func(o *backtest.ABOptions) { o.Rng = nil },
	} {
		opt := options(1)
		spoil(&opt)
		if _, err := backtest.CompareAB(nil, opt); err == nil || !strings.Contains(err.Error(), field+": ") {
			t.Errorf("want an error about %s, got %v", field, err)
		}
	}
}

// TestABIsFair: swapping the policies turns every figure around.
func TestABIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		d := design{sets: rapid.IntRange(1, 4).Draw(t, "sets"), loads: rapid.IntRange(1, 3).Draw(t, "loads"), days: rapid.IntRange(1, 9).Draw(t, "days"), day: 0.3}
		rng := rand.New(rand.NewPCG(seed, 1))
		pairs := simulate(rng, d)
		for _, p := range pairs {
			for i := range p.A {
				p.A[i].Violations, p.B[i].Violations = rng.IntN(3), rng.IntN(4)
			}
		}
		opt := options(seed)
		opt.Resamples = 100
		ab, err := backtest.CompareAB(pairs, opt)
		if err != nil {
			t.Fatal(err)
		}
		for i := range pairs {
			pairs[i].A, pairs[i].B = pairs[i].B, pairs[i].A
		}
		opt = options(seed)
		opt.Resamples, opt.A, opt.B = 100, "b", "a"
		ba, err := backtest.CompareAB(pairs, opt)
		if err != nil {
			t.Fatal(err)
		}
		near := cmpopts.EquateApprox(1e-9, 1e-9)
		for i, c := range [][2]backtest.Contrast{{ab.Violations, ba.Violations}, {ab.InstanceHours, ba.InstanceHours}, {ab.J, ba.J}} {
			x, y := c[0], c[1]
			turned := backtest.Contrast{
				A: y.B, B: y.A,
				Difference: backtest.Estimate{Value: -y.Difference.Value, Low: -y.Difference.High, High: -y.Difference.Low},
				Ratio:      backtest.Estimate{Value: 1 / y.Ratio.Value, Low: 1 / y.Ratio.High, High: 1 / y.Ratio.Low},
			}
			if diff := cmp.Diff(x, turned, near); diff != "" {
				t.Fatalf("contrast %d (-a against b +b against a, turned):\n%s", i, diff)
			}
		}
		if ab.Cheaper() != ba.Cheaper() {
			t.Fatalf("a against b: %q is cheaper, b against a: %q", ab.Cheaper(), ba.Cheaper())
		}
	})
}

// TestDaysSumToTheScore holds the days of a timeline against its score.
func TestDaysSumToTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		at := monday.Add(time.Duration(rapid.IntRange(0, 1439).Draw(t, "start")) * time.Minute)
		var rows []fleet.Row
		for i := range rapid.IntRange(0, 4000).Draw(t, "minutes") {
			n := rng.IntN(10)
			rows = append(rows, fleet.Row{
				Time: at.Add(time.Duration(i) * time.Minute), Load: 8 * rng.Float64(),
				InService: n, Billed: n + rng.IntN(3), Scored: rng.IntN(4) > 0,
			})
		}
		score := fleet.ScoreRows(rows, 80)
		var minutes, violations, billed int
		for i, d := range backtest.Days(rows, 80) {
			minutes, violations, billed = minutes+d.Minutes, violations+d.Violations, billed+d.Billed
			if d.Minutes < 1 || d.Minutes > 1440 || i > 0 && d.Date.Sub(monday)%(24*time.Hour) != 0 {
				t.Fatalf("day %d: %+v", i, d)
			}
		}
		if minutes != score.Minutes || violations != score.Violations || math.Abs(float64(billed)/60-score.InstanceHours) > 1e-9 {
			t.Fatalf("want %d minutes, %d violations, %v hours; got %d, %d, %v",
				score.Minutes, score.Violations, score.InstanceHours, minutes, violations, float64(billed)/60)
		}
	})
}
