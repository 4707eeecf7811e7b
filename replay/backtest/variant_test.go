package backtest

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// The J of a run without violations is its instance-hours.
func TestVariants(t *testing.T) {
	run := func(policy string, price, hours float64) Run {
		return Run{Policy: policy, Knob: price, Score: fleet.Score{InstanceHours: hours}}
	}
	trials := []Trial{
		{Runs: []Run{run("ours", 8, 10), run("ours-dhr", 8, 20), run("ours-dhr", 2, 99), run("step", 8, 1)}},
		{Runs: []Run{run("ours-perfect", 8, 5), run("ours", 8, 10), run("ours-dhr", 8, 80)}},
		{Runs: []Run{run("ours-dhr", 8, 80)}},
	}
	want := []Variant{{"ours-dhr", 8, 4, 2}, {"ours-perfect", 8, 0.5, 1}} // 4 = √(2·8)
	if diff := cmp.Diff(want, Variants(trials, 8), cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Variants(trials, 2); got != nil {
		t.Errorf("at a price that ours was not told: %v", got)
	}
}
