package rivals

import (
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// oracle asks for what the busiest minute from now until a launch would be in
// service needs. It is here to hold the world against the anchors.
type oracle struct {
	load  fleet.Load
	ahead int // minutes
	slo   float64
}

func (p *oracle) Begin(b Briefing) {
	p.ahead = int(b.Boot / time.Minute)
	p.slo = b.SLO
}

func (p *oracle) Act(m fleet.Minute) int {
	from := int(m.Now.Sub(p.load.Start) / time.Minute)
	busiest := 0.0
	for _, d := range p.load.Demand[from:min(from+p.ahead+1, p.load.Minutes())] {
		busiest = max(busiest, d)
	}
	return max(1, int(math.Ceil(busiest/(p.slo/100))))
}
