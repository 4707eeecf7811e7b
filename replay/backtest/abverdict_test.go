package backtest_test

import (
	"testing"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// repeat makes n days of {violations, billed instance-minutes}, by turns.
func repeat(n int, turns ...[2]int) []backtest.Day {
	var each [][2]int
	for i := range n {
		each = append(each, turns[i%len(turns)])
	}
	return days(each...)
}

// TestVerdicts holds the words. The price is 8 instance-hours a violated
// minute, and 60 instance-minutes are an instance-hour.
func TestVerdicts(t *testing.T) {
	const alone = "; one load only, which says nothing of others"
	for _, test := range []struct {
		name string
		a, b []backtest.Day
		want string
	}{
		{"nothing", nil, nil, "cannot tell: no day has scored minutes of both"},
		{"one day", repeat(1, [2]int{0, 600}), repeat(1, [2]int{0, 1200}), "cannot tell: 1 scored day is too few, want at least 6"},
		{"few days", repeat(5, [2]int{0, 600}), repeat(5, [2]int{0, 1200}), "cannot tell: 5 scored days are too few, want at least 6"},
		{"tie", repeat(7, [2]int{2, 600}), repeat(7, [2]int{2, 600}), "cannot tell: a and b cost the same on each of 7 days" + alone},
		{
			"hours", repeat(8, [2]int{0, 5400}), repeat(8, [2]int{0, 6000}),
			"a is cheaper: J lower by 10 % (95 % interval 10 to 10 %), mostly in instance-hours; no minute was violated under either; " +
				"instance-hours lower by 10 % (10 to 10)" + alone,
		},
		{
			"the other", repeat(8, [2]int{0, 6000}), repeat(8, [2]int{0, 5400}),
			"b is cheaper: J lower by 10 % (95 % interval 10 to 10 %), mostly in instance-hours; no minute was violated under either; " +
				"instance-hours lower by 10 % (10 to 10)" + alone,
		},
		{ // J 100 and 260
			"violations", repeat(8, [2]int{0, 6000}), repeat(8, [2]int{20, 6000}),
			"a is cheaper: J lower by 61.5 % (95 % interval 61.5 to 61.5 %), mostly in violated minutes; violated minutes lower by 20 a day (20 to 20); " +
				"instance-hours not distinguishable" + alone,
		},
		{ // J 148 and 180: 16 more for hours, 48 less for violations, the share of which is 3/4
			"violations for hours", repeat(8, [2]int{4, 6960}), repeat(8, [2]int{10, 6000}),
			"a is cheaper: J lower by 17.8 % (95 % interval 17.8 to 17.8 %), mostly in violated minutes; violated minutes lower by 6 a day (6 to 6); " +
				"instance-hours higher by 16 % (16 to 16)" + alone,
		},
		{ // J 164 and 180: 32 more for hours, 48 less for violations
			"dearly for hours", repeat(8, [2]int{4, 7920}), repeat(8, [2]int{10, 6000}),
			"a is cheaper: J lower by 8.9 % (95 % interval 8.9 to 8.9 %), fewer violated minutes pay for more instance-hours; " +
				"violated minutes lower by 6 a day (6 to 6); instance-hours higher by 32 % (32 to 32)" + alone,
		},
		{ // J 148 and 180: 16 less for each
			"both", repeat(8, [2]int{8, 5040}), repeat(8, [2]int{10, 6000}),
			"a is cheaper: J lower by 17.8 % (95 % interval 17.8 to 17.8 %), in instance-hours and in violated minutes; " +
				"violated minutes lower by 2 a day (2 to 2); instance-hours lower by 16 % (16 to 16)" + alone,
		},
	} {
		ab := compare(t, options(1), backtest.Pair{Case: "web", A: test.a, B: test.b})
		if got := ab.Verdict(); got != test.want {
			t.Errorf("%s:\nwant %s\ngot  %s", test.name, test.want, got)
		}
	}
}

// TestVerdictCannotTell: days that point both ways decide nothing, and the
// verdict says what is open.
func TestVerdictCannotTell(t *testing.T) {
	ab := compare(t, options(1), backtest.Pair{
		Case: "web",
		A:    repeat(14, [2]int{1, 6000}, [2]int{0, 6600}), B: repeat(14, [2]int{0, 6600}, [2]int{1, 6000}),
	})
	want := "cannot tell: J of a is 100 % (95 % interval 99.2 to 100.8 %) of that of b; violations not distinguishable; " +
		"instance-hours not distinguishable; one load only, which says nothing of others"
	if got := ab.Verdict(); got != want || ab.Cheaper() != "" {
		t.Errorf("\nwant %s\ngot  %s", want, got)
	}
}

// TestVerdictSpeaksForItsSets: two data sets say little about a third, eight do.
func TestVerdictSpeaksForItsSets(t *testing.T) {
	for sets, want := range map[int]string{2: "; 2 data sets are too few to speak for other loads", 8: ""} {
		var pairs []backtest.Pair
		for i := range sets {
			pairs = append(pairs, backtest.Pair{Case: string(rune('a' + i)), A: repeat(4, [2]int{0, 5400}), B: repeat(4, [2]int{0, 6000})})
		}
		want = "a is cheaper: J lower by 10 % (95 % interval 10 to 10 %), mostly in instance-hours; no minute was violated under either; " +
			"instance-hours lower by 10 % (10 to 10)" + want
		if got := compare(t, options(1), pairs...).Verdict(); got != want {
			t.Errorf("%d sets:\nwant %s\ngot  %s", sets, want, got)
		}
	}
}
