package rivals

import "github.com/ml-autoscaling/autoscaler/replay/fleet"

// StaticPeak holds what the busiest minute of the warm-up part needs under the
// SLO, times a factor, from the first minute on: ceil(factor × d / SLO).
type StaticPeak struct {
	factor  float64
	desired int
}

// NewStaticPeak makes a static peak; its knob is the factor, 1 for the
// published definition. It panics where the factor is not positive.
func NewStaticPeak(factor float64) *StaticPeak {
	checkFactor("static peak", factor)
	return &StaticPeak{factor: factor}
}

// Begin reads the busiest minute. Without a warm-up part there is none, and
// one instance is held.
func (p *StaticPeak) Begin(b Briefing) {
	p.desired = max(1, instances(p.factor*busiest(b.WarmUp)/(b.SLO/100)))
}

// Act gives the same capacity in every minute.
func (p *StaticPeak) Act(fleet.Minute) int { return p.desired }

// busiest is the largest demand, missing minutes left out; 0 where there is
// none.
func busiest(demand []float64) float64 {
	most := 0.0
	for _, d := range demand {
		if d > most { // never where it is NaN
			most = d
		}
	}
	return most
}
