package fleet

import (
	"fmt"
	"math"
	"time"
)

// startUtilization is the share of an instance that the fleet starts with.
const startUtilization = 0.5

// Minute is what a policy may see at the beginning of a minute.
type Minute struct {
	// Now is the minute, UTC.
	Now time.Time
	// Boots are the instances that came into service since the minute before.
	Boots []Boot
	// Samples are the metrics that arrived in this minute, oldest first.
	Samples []Sample
	// Due is the end of the newest period whose metric was to arrive by now,
	// whether it did or is missing; zero where there was none yet.
	Due time.Time
	// Desired, InService and Booting count the group's instances.
	Desired, InService, Booting int
}

// World is one group under one load.
type World struct {
	config  Config
	fleet   *Fleet
	meter   Meter
	counted []bool
	history []Sample
	before  int  // instances in service throughout the history
	next    int  // the minute that Advance moves to
	open    bool // advanced to next - 1 and not served yet
	rows    []Row
}

// NewWorld sets the group up as it is at the start of the first minute that is
// lived. Its errors name what is wrong with the configuration.
func NewWorld(c Config) (*World, error) {
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("make world: %w", err)
	}
	w := &World{
		config:  c,
		meter:   Meter{Period: c.Load.Period, Delay: c.MetricDelay, BootCPU: c.BootCPU, Signal: c.Signal},
		counted: c.Load.Counted(c.MetricDelay, c.NominalBoot),
		next:    c.Start,
		rows:    make([]Row, 0, c.Load.Minutes()-c.Start),
	}
	w.observeHistory()
	start := startCapacity(c.Load.Demand[c.Start])
	w.fleet = NewFleet(start, c.Load.At(c.Start), c.Boot)
	return w, nil
}

// startCapacity is what the group begins with: twice the demand, and one
// instance at least.
func startCapacity(demand float64) int {
	return max(1, int(math.Ceil(demand/startUtilization)))
}

// observeHistory measures the minutes before the start, served by as many
// instances as their busiest needs.
func (w *World) observeHistory() {
	load := w.config.Load
	before := load.Demand[:w.config.Start]
	busiest := 0.0
	for _, d := range before {
		busiest = max(busiest, d)
	}
	w.before = int(math.Ceil(busiest / startUtilization))
	for m, d := range before {
		w.meter.Observe(load.At(m), d, w.before, 0, w.missing(m))
	}
	w.history = w.meter.Deliver(load.At(w.config.Start))
}

func (w *World) missing(minute int) bool {
	return w.config.Load.Missing[minute/int(w.config.Load.Period/time.Minute)]
}

// Config gives the configuration that the world was made with.
func (w *World) Config() Config { return w.config }

// Backfill gives the metrics that had arrived before anything acted, oldest
// first; none in lived mode. Advance does not give them again.
func (w *World) Backfill() []Sample { return w.history }

// WarmUp gives the demand of the minutes that are not scored because they are
// the warm-up part, from the first minute of the load on, in capacity units.
func (w *World) WarmUp() []float64 {
	return w.config.Load.Demand[:min(w.config.ScoredFrom(), w.config.Load.Minutes())]
}

// Next says whether there is a minute to advance to.
func (w *World) Next() bool { return w.next < w.config.Load.Minutes() }

// Advance moves to the next minute: boots finish, then metrics that are due
// arrive. It panics where the minute before was not served or none is left.
func (w *World) Advance() Minute {
	if w.open || !w.Next() {
		panic("fleet: Advance before Serve, or after the last minute")
	}
	now := w.config.Load.At(w.next)
	w.next++
	w.open = true
	boots := w.fleet.Advance(now)
	return Minute{
		Now:       now,
		Boots:     boots,
		Samples:   w.meter.Deliver(now),
		Due:       w.due(now),
		Desired:   w.fleet.Desired(),
		InService: w.fleet.InService(),
		Booting:   w.fleet.Booting(),
	}
}

func (w *World) due(now time.Time) time.Time {
	l := w.config.Load
	periods := now.Add(-w.config.MetricDelay).Sub(l.Start) / l.Period
	if periods <= 0 {
		return time.Time{}
	}
	return l.Start.Add(periods * l.Period)
}

// SetDesired asks for n instances, held to [1, 10 × peak], and gives what was
// asked for. It counts from the minute that the world is in. It panics outside
// a minute, which lies between Advance and Serve.
func (w *World) SetDesired(n int) int {
	if !w.open {
		panic("fleet: SetDesired outside a minute")
	}
	n = max(1, min(n, w.config.Load.MaxDesired()))
	w.fleet.SetDesired(n)
	return n
}

// Fleet gives the instances of the group, to look at: capacity is changed with
// SetDesired of the world.
func (w *World) Fleet() *Fleet { return w.fleet }

// Serve ends the minute: its load is served by what is in service, measured,
// and kept as a row. It panics outside a minute.
func (w *World) Serve() Row {
	if !w.open {
		panic("fleet: Serve outside a minute")
	}
	w.open = false
	m := w.next - 1
	at, demand := w.config.Load.At(m), w.config.Load.Demand[m]
	ready, booting := w.fleet.InService(), w.fleet.Booting()
	w.meter.Observe(at, demand, ready, booting, w.missing(m))
	row := Row{
		Policy:      w.config.Policy,
		Time:        at,
		Load:        demand,
		Desired:     w.fleet.Desired(),
		InService:   ready,
		Billed:      w.fleet.Billed(),
		Utilization: w.meter.Utilization(demand, ready, booting),
		Scored:      m >= w.config.ScoredFrom() && w.counted[m],
	}
	w.rows = append(w.rows, row)
	return row
}

// Rows gives the timeline so far, one row a minute that was served.
func (w *World) Rows() []Row { return w.rows }

// RowAt gives the row of the minute that holds an instant: one that was
// served, or one of the history, which was served by as many instances as its
// busiest minute needs and is never scored. There is none outside the load,
// and none yet of a minute that was not served.
func (w *World) RowAt(at time.Time) (Row, bool) {
	load := w.config.Load
	if at.Before(load.Start) {
		return Row{}, false
	}
	m := int(at.Sub(load.Start) / time.Minute)
	if m >= w.config.Start {
		if m -= w.config.Start; m < len(w.rows) {
			return w.rows[m], true
		}
		return Row{}, false
	}
	return Row{
		Policy: w.config.Policy, Time: load.At(m), Load: load.Demand[m],
		Desired: w.before, InService: w.before, Billed: w.before,
		Utilization: w.meter.Utilization(load.Demand[m], w.before, 0),
	}, true
}

// MissingAt says whether the sample of the period that holds an instant is
// missing: inside the load, and in a gap of its trace.
func (w *World) MissingAt(at time.Time) bool {
	load := w.config.Load
	if at.Before(load.Start) {
		return false
	}
	bin := int(at.Sub(load.Start) / load.Period)
	return bin < len(load.Missing) && load.Missing[bin]
}

// Score judges the timeline so far.
func (w *World) Score() Score { return ScoreRows(w.rows, w.config.SLO) }

// ScoreBetween judges the minutes of the load from one, counted from 0, to
// before another, scored or not: those that were served and that
// Load.Counted lets count.
func (w *World) ScoreBetween(from, until int) Score {
	start := w.config.Start
	return scoreWhere(w.rows, w.config.SLO, func(i int) bool {
		return start+i >= from && start+i < until && w.counted[start+i]
	})
}
