package rivals

import (
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

const (
	hpaTolerance     = 0.1 // of the ratio, around 1
	hpaStabilization = 5 * time.Minute
)

// hpa is the Horizontal Pod Autoscaler of Kubernetes, version 2 with its
// defaults, on utilization. Every minute it recommends from the newest sample:
// with r = u / T within a tenth of 1 what is asked for, else r times the
// instances of the sample, rounded up. It scales out at once, to at most twice
// what is asked for or four more, and in to the largest recommendation of the
// last 300 s. While the newest sample is missing it holds.
type hpa struct {
	target float64 // percent
	newest fleet.Sample
	recent []recommendation // of the stabilization window, oldest first
}

// recommendation is what was recommended in a minute.
type recommendation struct {
	at        time.Time
	instances int
}

func newHPA(target float64) *hpa {
	checkTarget("hpa", target)
	return &hpa{target: target}
}

// Begin reads nothing: what arrived before the first minute was measured on
// another fleet.
func (p *hpa) Begin(Briefing) {}

// Act recommends and moves.
func (p *hpa) Act(m fleet.Minute) int {
	p.observe(m)
	if p.blind(m) {
		return m.Desired
	}
	return p.move(m, p.recommend(p.newest, m.Desired))
}

func (p *hpa) observe(m fleet.Minute) {
	for _, s := range m.Samples {
		p.newest = s
	}
}

// blind says whether the newest sample is missing, or none came yet.
func (p *hpa) blind(m fleet.Minute) bool {
	return p.newest.End.IsZero() || p.newest.End.Before(m.Due)
}

// recommend gives what a sample asks for.
func (p *hpa) recommend(s fleet.Sample, desired int) int {
	ratio := s.Utilization / p.target
	if tolerated(ratio) {
		return desired
	}
	return instances(ratio * s.Instances)
}

// tolerated says whether a ratio of need to capacity is too near to 1 to act.
func tolerated(ratio float64) bool { return math.Abs(ratio-1) <= hpaTolerance }

// move goes from what is asked for toward a recommendation.
func (p *hpa) move(m fleet.Minute, recommended int) int {
	p.recent = append(p.recent, recommendation{m.Now, recommended})
	for !p.recent[0].at.After(m.Now.Add(-hpaStabilization)) {
		p.recent = p.recent[1:]
	}
	if recommended > m.Desired {
		return min(recommended, max(2*m.Desired, m.Desired+4))
	}
	largest := 0
	for _, r := range p.recent {
		largest = max(largest, r.instances)
	}
	return min(m.Desired, largest)
}
