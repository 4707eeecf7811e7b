package lstm

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/calibrate"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/network"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
)

// Name is the name of the model in policies and requests.
const Name = "lstm"

const (
	// fewestPerDay is the fewest bins of a day that networks are trained on.
	fewestPerDay = 24
	// leastSamples is the fewest values from which the model speaks; an hour of
	// them at least.
	leastSamples = 8
	// trackRate is the step of quantile tracking, in scales as the network says
	// them.
	trackRate = 0.02
)

// Model is the model.
type Model struct {
	calendar
	config model.Config
	levels []mixture
	// rows is how many steps the network says of those that may be asked for.
	rows   int
	global *Weights
	// adopted are the weights in force where an estimate was adopted, else nil.
	adopted []float32
	net     *network.Network
	// cold says what the model cannot: everything until it is ready, and the
	// rows beyond the network's. It is nil where it is no longer needed.
	cold  model.Model
	gauge gauge
	state *network.State
	said  said
	// offsets are those of the steps, then of the peaks.
	offsets *calibrate.Tracker
	// speaks are the newest bins from which something was said, a bit each, the
	// newest the lowest.
	speaks uint64
	// newest is what the head says after the newest bin, where fresh says so: for
	// each step, then for each peak, the quantiles at the head's levels.
	newest  []float64
	fresh   bool
	scratch scratch
}

// scratch is overwritten by every call.
type scratch struct {
	sight     sight
	output    []float64
	quantiles []float64
	// What follows the tail.
	state  *network.State
	gauge  gauge
	tailed tailed
}

var (
	_ model.Refitter = (*Model)(nil)
	_ model.Sleeper  = (*Model)(nil)
)

// New gives a model that has seen nothing and begins with these weights.
func New(c model.Config, w *Weights) model.Model {
	steps := stepsOf(w.shape)
	rows := min(c.Horizon, steps)
	m := &Model{
		calendar: newCalendar(c.Grid.PerDay(), steps),
		config:   c,
		levels:   mixtures(c.Levels),
		rows:     rows,
		global:   w,
		net:      w.ready,
		cold:     naive.New(c),
		said:     newSaid(rows),
		offsets:  calibrate.NewTracker(c.Levels, 2*rows),
		newest:   make([]float64, w.shape.Outputs),
		gauge:    newGauge(steps),
	}
	m.state = m.net.NewState()
	m.scratch = scratch{
		sight:     newSight(steps),
		output:    make([]float64, w.shape.Outputs),
		quantiles: make([]float64, len(c.Levels)),
		state:     m.net.NewState(),
		gauge:     newGauge(steps),
	}
	return m
}

// ready says whether the network speaks.
func (m *Model) ready() bool {
	return m.day >= fewestPerDay && m.gauge.samples >= max(leastSamples, m.day/24)
}

// Warm says whether a day of values was seen, or the naive model that stands in
// is warm.
func (m *Model) Warm(past *model.History) bool {
	return m.ready() && m.gauge.samples >= m.day || m.cold != nil && m.cold.Warm(past)
}

// Reach is the number of steps that the network says.
func (m *Model) Reach(*model.History) int {
	if m.ready() {
		return m.rows
	}
	return 0
}

// Alarmed is false: the network and the tracking follow a load that changes,
// and what is trained on its first bins is not worth the training.
func (m *Model) Alarmed() bool { return false }

// settle lets the naive model go where it is no longer needed.
func (m *Model) settle() {
	if m.ready() && m.config.Horizon == m.rows {
		m.cold = nil
	}
}

// Observe judges what was said of the newest bin, moves on, and says what is to
// be judged later. It does not allocate once the first day is over.
func (m *Model) Observe(past *model.History) {
	if m.cold != nil {
		m.cold.Observe(past)
	}
	bin := past.Newest()
	m.judge(past, bin)
	m.follow(&m.gauge, m.state, settled{past}, bin)
	m.settle()
	m.fresh = m.ready()
	m.speaks <<= 1
	if m.fresh {
		m.speak(m.state, m.newest)
		m.said.note(bin, m.newest)
	}
	if m.fresh && m.gauge.missing == 0 {
		m.speaks |= 1
	}
}

// follow moves a gauge and a state over a bin.
func (m *Model) follow(g *gauge, s *network.State, of source, bin int64) {
	g.follow(m.calendar, of, bin)
	v := view{calendar: m.calendar, of: of, origin: bin, gauge: g}
	v.look(&m.scratch.sight)
	m.net.Step(s, m.scratch.sight.inputs[:])
}

// speak lets the head say what it does after what was looked at last.
func (m *Model) speak(s *network.State, output []float64) {
	m.net.Head(s, m.scratch.sight.skip, output)
	sortHead(output)
}

// judge holds what was said of a bin against what came, from origins that had a
// value.
func (m *Model) judge(past *model.History, bin int64) {
	value, most := past.Folded(bin), mostLeap*m.gauge.top
	highest, there := math.Inf(-1), 0
	for h := range m.rows {
		if x := past.Folded(bin - int64(h)); !math.IsNaN(x) {
			highest = max(highest, x)
			there++
		}
		o := m.gauge.blend.origin(bin - int64(h) - 1)
		if m.speaks>>h&1 == 0 || o.scales[h] == 0 {
			continue
		}
		head := m.said.of(h, bin)
		if !math.IsNaN(value) {
			m.judgeOne(h, head[:levelCount], bend(min(value, most), o.centers[h], o.scales[h]))
		}
		if peakKnown(there, h+1) {
			m.judgeOne(m.rows+h, head[levelCount:], bend(min(highest, most), o.peak(h), o.scales[h]))
		}
	}
}

// judgeOne moves the offsets of a row by what came, in bent scales.
func (m *Model) judgeOne(row int, head []float32, u float64) {
	var wide [levelCount]float64
	for j, x := range head {
		wide[j] = float64(x)
	}
	for j, mix := range m.levels {
		m.scratch.quantiles[j] = mix.of(wide[:])
	}
	m.offsets.Judge(row, m.scratch.quantiles, u, trackRate)
}

// settled reads a history as it settled.
type settled struct{ past *model.History }

func (s settled) at(bin int64) float64 { return s.past.Folded(bin) }
