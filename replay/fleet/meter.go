package fleet

import (
	"math"
	"time"
)

// Signal is what a metric shows of the load.
type Signal int

const (
	// SignalCPU shows what the instances worked: it saturates at what they
	// can serve.
	SignalCPU Signal = iota
	// SignalRequests shows the demand itself, whatever was in service.
	SignalRequests
)

// Sample is the metric of one period.
type Sample struct {
	// End is the end of the period, and Period its length.
	End    time.Time
	Period time.Duration
	// Instances is the mean number in service over the period.
	Instances float64
	// Utilization is the mean over the period of what Row.Utilization says of
	// a minute, in percent, 0 to 100. It is that of the CPU whatever the
	// signal is.
	Utilization float64
	// Load is in capacity units. With SignalCPU it is the mean of what was
	// served, with BootCPU the start-up work in it; with SignalRequests the
	// mean demand.
	Load float64
}

// Meter turns minutes into the samples of a metric.
type Meter struct {
	// Period is that of the metric, in whole minutes.
	Period time.Duration
	// Delay is how long after the end of its period a sample arrives.
	Delay time.Duration
	// BootCPU is the utilization that a booting instance reports, in percent;
	// 0 where it reports none.
	BootCPU float64
	// Signal is what Sample.Load shows.
	Signal Signal

	minutes   int
	instances float64 // sums over the minutes of this period
	usage     float64
	load      float64
	queue     []Sample // not delivered yet, oldest first
}

// Utilization is what the instances of a group report in a minute, on average
// and in percent: those in service their share of the demand, at most 100, and
// where BootCPU is set those that boot that much. It is 100 where none serves.
func (m *Meter) Utilization(demand float64, inService, booting int) float64 {
	if inService == 0 {
		return 100
	}
	if m.BootCPU == 0 || booting == 0 {
		return 100 * math.Min(1, demand/float64(inService))
	}
	work := 100*math.Min(demand, float64(inService)) + m.BootCPU*float64(booting)
	return work / float64(inService+booting)
}

// Observe takes in the minute that begins at the given instant. The minutes of
// a period are to come in order and without a gap; missing says that the
// period has no sample, and is read in its last minute.
func (m *Meter) Observe(at time.Time, demand float64, inService, booting int, missing bool) {
	m.minutes++
	m.instances += float64(inService)
	m.usage += m.Utilization(demand, inService, booting)
	m.load += m.loadOf(demand, inService, booting)
	if time.Duration(m.minutes)*time.Minute < m.Period {
		return
	}
	n := float64(m.minutes)
	if !missing {
		m.queue = append(m.queue, Sample{
			End:         at.Add(time.Minute),
			Period:      m.Period,
			Instances:   m.instances / n,
			Utilization: m.usage / n,
			Load:        m.load / n,
		})
	}
	m.minutes, m.instances, m.usage, m.load = 0, 0, 0, 0
}

func (m *Meter) loadOf(demand float64, inService, booting int) float64 {
	if m.Signal == SignalRequests {
		return demand
	}
	return math.Min(demand, float64(inService)) + m.BootCPU/100*float64(booting)
}

// Deliver gives the samples that have arrived by now and were not delivered
// before, oldest first.
func (m *Meter) Deliver(now time.Time) []Sample {
	n := 0
	for n < len(m.queue) && !m.queue[n].End.Add(m.Delay).After(now) {
		n++
	}
	due := m.queue[:n:n]
	m.queue = m.queue[n:]
	return due
}
