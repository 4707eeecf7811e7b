package main

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// The table shows both policies in every quantity, the loads one by one, and
// ends with the verdict.
func TestPrintAB(t *testing.T) {
	days := func(violations, billed int) (all []backtest.Day) {
		for i := range 4 {
			all = append(all, backtest.Day{Date: time.Date(2026, 3, 2+i, 0, 0, 0, 0, time.UTC), Minutes: 1440, Violations: violations, Billed: billed})
		}
		return all
	}
	ab, err := backtest.CompareAB([]backtest.Pair{
		{Case: "web", Set: "shop", A: days(1, 5400), B: days(1, 6000)[1:]},
		{Case: "api", A: days(1, 5400), B: days(1, 6000)},
	}, backtest.ABOptions{A: "ours", B: "step@70", Price: 8, Rng: rand.New(rand.NewPCG(1, 1))})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	printAB(&out, ab)
	want := `ours against step@70: 2 loads, 7 days of both, a violated minute at 8 instance-hours

                     ours  step@70  difference a day     95 % interval  ratio   95 % interval
  violated minutes      7        7             +0.00    +0.00 to +0.00  1.000  1.000 to 1.000
    instance-hours  630.0    700.0            -10.00  -10.00 to -10.00  0.900  0.900 to 0.900
            J at 8  686.0    756.0            -10.00  -10.00 to -10.00  0.907  0.907 to 0.907

  load   set  days  violated ours  step@70  instance-hours ours  step@70  J ratio
   web  shop     3              3        3                270.0    300.0    0.907
   api     -     4              4        4                360.0    400.0    0.907

1 day of only one of them left out
ours is cheaper: J lower by 9.3 % (95 % interval 9.3 to 9.3 %), mostly in instance-hours
  violations not distinguishable
  instance-hours lower by 10 % (10 to 10)
  2 data sets are too few to speak for other loads
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
