package rivals

import (
	"math"
	"testing"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

func TestStaticPeak(t *testing.T) {
	tests := []struct {
		name   string
		factor float64
		warmUp []float64
		want   int
	}{
		{"exact multiple of the SLO", 1, []float64{1, 8, 2}, 10},
		{"rounded up", 1, []float64{8.01}, 11},
		{"scaled before rounding", 0.5, []float64{8.01}, 6},
		{"no warm-up part", 1, nil, 1},
		{"idle warm-up part", 1, []float64{0, 0}, 1},
		{"a gap", 1, []float64{4, math.NaN(), 8}, 10},
	}
	for _, test := range tests {
		p := NewStaticPeak(test.factor)
		p.Begin(Briefing{WarmUp: test.warmUp, SLO: 80})
		if got := p.Act(fleet.Minute{Desired: 3}); got != test.want {
			t.Errorf("%s: desired %d, want %d", test.name, got, test.want)
		}
	}
}
