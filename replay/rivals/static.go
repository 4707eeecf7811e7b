package rivals

import (
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// StaticPeak holds what the busiest minute of the warm-up part needs under the
// SLO, times a factor, from the first minute on: ceil(factor × d / SLO).
type StaticPeak struct {
	factor  float64
	desired int
}

// NewStaticPeak makes a static peak; its knob is the factor, 1 for the
// published definition. It panics where the factor is not positive.
func NewStaticPeak(factor float64) *StaticPeak {
	if !(factor > 0) {
		panic(fmt.Sprintf("rivals: static peak times %v", factor))
	}
	return &StaticPeak{factor: factor}
}

// Begin reads the busiest minute. Without a warm-up part there is none, and
// one instance is held.
func (p *StaticPeak) Begin(b Briefing) {
	busiest := 0.0
	for _, d := range b.WarmUp {
		busiest = max(busiest, d)
	}
	p.desired = max(1, int(math.Ceil(p.factor*busiest/(b.SLO/100))))
}

// Act gives the same capacity in every minute.
func (p *StaticPeak) Act(fleet.Minute) int { return p.desired }
