package rivals

import (
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// phpa is the Predictive Horizontal Pod Autoscaler: hpa, whose recommendation
// is raised to what Holt-Winters smoothing forecasts for the next sample, from
// the recommendations of hpa itself on the metric's grid and with a season of
// a day. It forecasts from two seasons on. Its constants are 0.5, 0.01 and 0.5
// until the warm-up part is over; then, with ten samples beyond two seasons at
// least, they are chosen once on all that was recorded. A sample that is
// missing leaves all as it was, but time goes on: the season keeps its phase.
type phpa struct {
	hpa     *hpa
	period  time.Duration
	season  int       // samples
	warm    time.Time // the warm-up part is over
	last    time.Time // end of the newest sample recorded
	history []float64
	chosen  bool
	model   *holtWinters // nil before two seasons
}

func newPHPA(target float64) *phpa { return &phpa{hpa: newHPA(target)} }

// Begin reads what arrived before the first minute: what hpa would have
// recommended for it.
func (p *phpa) Begin(b Briefing) {
	p.period = b.Period
	p.season = samplesIn(24*time.Hour, b.Period)
	p.warm = b.Start.Add(time.Duration(len(b.WarmUp)) * time.Minute)
	desired := 1
	for _, s := range b.Backfill {
		// The utilization is that of another fleet; the work is the same.
		need := s.Instances * s.Utilization / p.hpa.target
		if !tolerated(need / float64(desired)) {
			desired = max(1, instances(need))
		}
		p.record(s, desired)
	}
}

// Act recommends and moves.
func (p *phpa) Act(m fleet.Minute) int {
	p.hpa.observe(m)
	for _, s := range m.Samples {
		p.record(s, p.hpa.recommend(s, m.Desired))
		p.choose(m.Now)
	}
	if p.hpa.blind(m) {
		return m.Desired
	}
	recommended := p.hpa.recommend(p.hpa.newest, m.Desired)
	if p.model != nil {
		recommended = max(recommended, instances(p.model.forecast()))
	}
	return p.hpa.move(m, recommended)
}

// record keeps what was recommended for a sample.
func (p *phpa) record(s fleet.Sample, recommended int) {
	if len(p.history) > 0 {
		for end := p.last.Add(p.period); end.Before(s.End); end = end.Add(p.period) {
			p.add(math.NaN())
		}
	}
	p.add(float64(recommended))
	p.last = s.End
}

func (p *phpa) add(value float64) {
	p.history = append(p.history, value)
	switch {
	case p.model != nil:
		p.model.observe(value)
	case len(p.history) == 2*p.season:
		p.refit(smoothing{level: 0.5, trend: 0.01, season: 0.5})
	}
}

// choose chooses the constants once.
func (p *phpa) choose(now time.Time) {
	const beyond = 10
	if p.chosen || now.Before(p.warm) || len(p.history) < 2*p.season+beyond {
		return
	}
	p.chosen = true
	p.refit(bestSmoothing(p.history, p.season))
}

// refit smooths all that was recorded anew.
func (p *phpa) refit(c smoothing) {
	p.model = newHoltWinters(p.history[:p.season], c)
	for _, y := range p.history[p.season:] {
		p.model.observe(y)
	}
}
