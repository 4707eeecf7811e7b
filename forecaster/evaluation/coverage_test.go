package evaluation

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestCoverageByHand has its expected values from paper: see TestScoresByHand.
func TestCoverageByHand(t *testing.T) {
	scores, err := Run{Horizon: 2}.Score(tiny(t), newLadder)
	if err != nil {
		t.Fatal(err)
	}
	c := scores.Coverage
	if got := c.Peak95(); got != (1+0.5)/2 {
		t.Errorf("want three of four peaks at or below their 0.95 quantile, got %v", got)
	}
	if diff := cmp.Diff([]float64{0, 0.25, 0.5, 0.75, 0.75, 0.75, 1}, c.Levels()); diff != "" {
		t.Errorf("by level (-by hand +got):\n%s", diff)
	}
	if got := (*Coverage)(nil).Peak95(); !math.IsNaN(got) {
		t.Errorf("of nothing: got %v", got)
	}
	if got := (&Coverage{Cov80: []float64{1}}).Peak95(); !math.IsNaN(got) {
		t.Errorf("without peaks: got %v", got)
	}
}

func TestMeanCoverage(t *testing.T) {
	one := func(x float64, peaks bool) *Coverage {
		c := &Coverage{Cov80: []float64{x, x}, Cov95: []float64{x, 1}, Below: rows(2)}
		for j := range levels {
			c.Below[0][j], c.Below[1][j] = x, float64(j)
		}
		if peaks {
			c.PeaksBelow = [][]float64{c.Below[1], c.Below[0]}
		}
		return c
	}
	approx := cmpopts.EquateApprox(1e-12, 0)
	if diff := cmp.Diff(one(0.5, true), meanCoverage([]*Coverage{one(0.25, true), one(0.75, true)}), approx); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(one(0.5, false), meanCoverage([]*Coverage{one(0.25, true), one(0.5, false), one(0.75, true)}), approx); diff != "" {
		t.Errorf("one without peaks (-want +got):\n%s", diff)
	}
	if got := meanCoverage([]*Coverage{one(1, true), nil}); got != nil {
		t.Errorf("one of them unknown: got %+v", got)
	}
}
