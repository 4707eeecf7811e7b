package rivals

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

const (
	craneMargin  = 1.1
	craneHorizon = time.Hour
	craneDays    = 21 // that the season is chosen over
)

// crane is the Effective HPA of Crane: hpa, whose recommendation is raised to
// what the largest load that is forecast for the next hour, and a tenth more,
// needs at the target; where that is within hpa's tolerance of what is asked
// for, it recommends that. The forecast is the load of the same time yesterday,
// once two days were seen; from 14 days on it is that of last week, where over
// the last 21 days the load is correlated more with the week before than with
// the day before. That is chosen once a day.
type crane struct {
	hpa       *hpa
	used      series
	day, week int // samples
	horizon   int // samples
	season    int // samples that the forecast looks back
	days      int // whole days at the last choice
}

func newCrane(target float64) *crane { return &crane{hpa: newHPA(target)} }

// Begin reads what arrived before the first minute.
func (p *crane) Begin(b Briefing) {
	p.day = samplesIn(24*time.Hour, b.Period)
	p.week = 7 * p.day
	p.horizon = samplesIn(craneHorizon, b.Period)
	p.season = p.day
	for _, s := range b.Backfill {
		p.observe(s)
	}
}

// Act recommends and moves.
func (p *crane) Act(m fleet.Minute) int {
	p.hpa.observe(m)
	for _, s := range m.Samples {
		p.observe(s)
	}
	if p.hpa.blind(m) {
		return m.Desired
	}
	return p.hpa.move(m, max(p.hpa.recommend(p.hpa.newest, m.Desired), p.foresee(m.Desired)))
}

func (p *crane) observe(s fleet.Sample) {
	p.used.observe(s)
	days := len(p.used.values) / p.day
	if days == p.days || days < 14 {
		return
	}
	p.days, p.season = days, p.day
	window := craneDays * p.day
	if p.used.autocorrelation(window, p.week) > p.used.autocorrelation(window, p.day) {
		p.season = p.week
	}
}

// foresee gives what the next hour needs, 0 where nothing is forecast.
func (p *crane) foresee(desired int) int {
	next := len(p.used.values)
	if next < 2*p.day {
		return 0
	}
	most, ok := p.used.most(next-p.season, next-p.season+p.horizon)
	if !ok {
		return 0
	}
	need := craneMargin * most / (p.hpa.target / 100)
	if tolerated(need / float64(desired)) {
		return desired
	}
	return instances(need)
}
