package rivals

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// oracle asks for what the busiest minute from now until a launch would be in
// service needs under the SLO.
type oracle struct {
	load  fleet.Load
	ahead int // minutes
	slo   float64
}

// NewOracle makes the cheapest policy without a violation, for boot times that
// are constant: it is told the load. It is a bound and not a rival, since
// nobody can play it, and may reverse in every minute.
func NewOracle(load fleet.Load) Policy { return &oracle{load: load} }

// Begin reads the boot time and the SLO.
func (p *oracle) Begin(b Briefing) {
	p.ahead = int((b.Boot + time.Minute - 1) / time.Minute)
	p.slo = b.SLO
}

// Act looks ahead.
func (p *oracle) Act(m fleet.Minute) int {
	from := int(m.Now.Sub(p.load.Start) / time.Minute)
	until := min(from+p.ahead+1, p.load.Minutes())
	return max(1, instances(busiest(p.load.Demand[from:until])/(p.slo/100)))
}
