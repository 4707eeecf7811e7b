package awssim

import (
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// RequestsPerUnit is what one capacity unit of demand is in requests a second.
// RequestCount is not rounded to whole requests, so that the demand can be
// read back from it.
const RequestsPerUnit = 100

// basicPeriod is how often an instance without detailed monitoring reports.
const basicPeriod = 5 * time.Minute

// datapoint is the statistics of the samples of a period.
type datapoint struct {
	sum, count, least, most float64
}

// add takes in n samples of one value.
func (p *datapoint) add(value, n float64) { p.merge(value*n, n, value, value) }

func (p *datapoint) merge(sum, n, least, most float64) {
	if n == 0 {
		return
	}
	if p.count == 0 {
		p.least, p.most = least, most
	}
	p.sum += sum
	p.count += n
	p.least, p.most = min(p.least, least), max(p.most, most)
}

// statistic gives one of the statistics that are known.
func (p datapoint) statistic(name string) float64 {
	switch name {
	case "Sum":
		return p.sum
	case "SampleCount":
		return p.count
	case "Minimum":
		return p.least
	case "Maximum":
		return p.most
	}
	return p.sum / p.count
}

// step is how far apart the samples of an instance are.
func (m series) step() time.Duration {
	if m.measure == cpu {
		return m.group.reports()
	}
	return time.Minute
}

// ends is the instant at which the samples that begin within a period are over.
func (m series) ends(start time.Time, period time.Duration) time.Time {
	end, step := start.Add(period), m.step()
	if over := end.Add(-1).Truncate(step).Add(step); over.After(end) && !over.Add(-step).Before(start) {
		return over
	}
	return end
}

// at gives the datapoint of the period that begins at an instant, where the
// load has minutes of it that are not missing.
func (m series) at(start time.Time, period time.Duration) (datapoint, bool) {
	var p datapoint
	step := m.step()
	first := start.Truncate(step)
	if first.Before(start) {
		first = first.Add(step)
	}
	for at := first; at.Before(start.Add(period)); at = at.Add(step) {
		m.sample(&p, at, step)
	}
	return p, p.count > 0
}

// sample takes in what is reported for the step that begins at an instant.
func (m series) sample(p *datapoint, at time.Time, step time.Duration) {
	if m.measure == cpu && step > time.Minute {
		m.basic(p, at)
		return
	}
	row, ok := m.row(at)
	if !ok {
		return
	}
	switch m.measure {
	case cpu:
		m.detailed(p, row)
	case requests:
		// Every request is a sample of 1; without any there is no datapoint.
		p.add(1, row.Load*RequestsPerUnit*time.Minute.Seconds())
	case inService:
		p.add(float64(row.InService), 1)
	case wanted:
		p.add(float64(m.group.units(row.Desired)), 1)
	case expression:
		if v := m.value(row); !math.IsNaN(v) {
			p.add(v, 1)
		}
	}
}

// row gives a minute that has a metric.
func (m series) row(at time.Time) (fleet.Row, bool) {
	if m.group.world.MissingAt(at) {
		return fleet.Row{}, false
	}
	return m.group.world.RowAt(at)
}

// detailed takes in a sample of every instance: the share of the demand of one
// that serves, and the start-up work of one that boots, where that shows.
func (m series) detailed(p *datapoint, row fleet.Row) {
	n := float64(row.InService)
	if n > 0 {
		each := 100 * math.Min(1, row.Load/n)
		p.merge(100*math.Min(row.Load, n), n, each, each)
	}
	if boot := m.group.world.Config().BootCPU; boot > 0 {
		p.add(boot, float64(row.Billed-row.InService))
	}
}

// basic takes in one sample per instance for five minutes: as many as there
// were on average, rounded, with the work of all of them as the sum. So the
// mean of a period in which instances come or go may lie above 100.
func (m series) basic(p *datapoint, at time.Time) {
	var all datapoint
	minutes := 0.0
	for n := range basicPeriod / time.Minute {
		if row, ok := m.row(at.Add(n * time.Minute)); ok {
			m.detailed(&all, row)
			minutes++
		}
	}
	if minutes == 0 || all.count == 0 {
		return
	}
	n := max(1, math.Round(all.count/minutes))
	work := all.sum / minutes
	p.merge(work, n, work/n, work/n)
}

// appears is when a period that ended at an instant is shown.
func (m series) appears(fs faults, end time.Time) (time.Time, bool) {
	at := end.Add(m.group.world.Config().MetricDelay)
	for _, f := range fs {
		switch {
		case f.hits(Deleted, m.group.name) && f.covers(end):
			return time.Time{}, false
		case !f.hits(Silent, m.group.name) || !f.covers(end) && !f.covers(at):
			continue
		case f.Until.IsZero():
			return time.Time{}, false
		}
		if f.Until.After(at) {
			at = f.Until
		}
	}
	return at, true
}

// shown gives the datapoint of a period as it is shown at an instant.
func (m series) shown(fs faults, start time.Time, period time.Duration, now time.Time) (datapoint, bool) {
	end := m.ends(start, period)
	if end.After(m.group.known) {
		return datapoint{}, false
	}
	if at, ok := m.appears(fs, end); !ok || at.After(now) {
		return datapoint{}, false
	}
	p, ok := m.at(start, period)
	for _, f := range fs {
		if f.hits(Restated, m.group.name) && f.covers(end) && now.Before(end.Add(f.After)) {
			p = m.restated(p, f.Factor)
		}
	}
	return p, ok
}

// restated is a datapoint of which some samples have not come, or too many. An
// expression has no samples: its value is another one. What is in service is
// known.
func (m series) restated(p datapoint, factor float64) datapoint {
	switch m.measure {
	case cpu, requests:
		p.sum *= factor
		p.count *= factor
	case expression:
		p.sum *= factor
		p.least *= factor
		p.most *= factor
	}
	return p
}
