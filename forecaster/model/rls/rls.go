package rls

import (
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
)

// Name is the name of the model in policies and requests.
const Name = "rls"

// Root is the name of the model of roots in combinations.
const Root = "rls_root"

const (
	mostSteps = 64
	// levelUnits is the level of the load in units: what the prior of a weight,
	// whose noise has variance 1 in units, was tuned for.
	levelUnits = 12
	// mostLeap is how many times the top a value may be and still count in full.
	mostLeap = 4
	// mostInput is how many times the top a value counts as an input at most. It
	// lets through a top of seven days ago, as far as inputs reach back.
	mostInput = 2
	// leastLoad is a load too small to matter, in whatever unit.
	leastLoad = 1e-30
	// mostPoint is the largest point and the largest scale, as a multiple of the
	// top.
	mostPoint = 4
	// lawDays is how many days of errors a law remembers, of at most lawPerDay
	// a day, and at least lawLeastMemory.
	lawDays, lawPerDay, lawLeastMemory = 14, 288, 336
	// lawReady is how many errors make a law.
	lawReady = 100
	// trackRate is the step of quantile tracking, in scales.
	trackRate = 0.01
	// leastTrained is the fewest updates after which a filter is believed; an
	// eighth of a day at least.
	leastTrained = 24
	warmDays     = 2
)

// Model is the model. At a horizon of 12 with 13 levels it holds 70 kB once
// ready; until then it holds a naive model beside it.
type Model struct {
	calendar
	levels  []float64
	horizon int
	root    bool  // loads are read as their roots
	stride  int64 // an error enters its law at targets that it divides
	trained int   // updates from which a filter is believed
	// cold says what the model cannot: everything until it is ready, and the
	// rows that it has no lead for. It is nil where it is no longer needed.
	cold  model.Model
	ready bool
	// level is the mean load of about a day. The top is the largest load, halved
	// in lawDays; one that leaps beyond mostLeap times it counts as so much. It
	// bounds what a single value may do, so that a wild one does not undo what
	// was learned.
	level, top float64
	leads      []lead
	lead       []int // the index of the first lead at or after a step
	offsets    offsets
	sizes      sizes
	sized      int // the index of the lead that the sizes are of
	scratch    scratch
}

// scratch is overwritten by every call.
type scratch struct {
	inputs, spread []float64
	peaks          []float64 // of the origins in the tail
	bands          *model.Bands
	pooling        model.Pooling
	means          []means
}

// New gives a model that has seen nothing.
func New(c model.Config) model.Model {
	perDay := c.Grid.PerDay()
	steps := model.Leads(min(c.Horizon, mostSteps, weekDays*perDay))
	m := &Model{
		calendar: newCalendar(c.Grid),
		levels:   c.Levels,
		horizon:  c.Horizon,
		stride:   int64(max(1, perDay/lawPerDay)),
		trained:  max(leastTrained, perDay/8),
		cold:     naive.New(c),
		offsets:  newOffsets(c.Levels, len(steps)),
	}
	for _, h := range steps {
		m.leads = append(m.leads, newLead(h, max(lawLeastMemory, lawDays*min(perDay, lawPerDay)), len(c.Levels)))
		for len(m.lead) <= h {
			m.lead = append(m.lead, len(m.leads)-1)
		}
	}
	m.sizes, m.sized = newSizes(m.calendar), m.lead[min(sizesStep, m.steps())]
	m.scratch = newScratch(m)
	return m
}

// NewRoot gives a model of the roots of loads that has seen nothing: the same
// model otherwise, whose quantiles are squared. The noise of counts has a size
// that does not depend on their level once roots are taken (Bartlett 1936), and
// what repeats with the day as a factor varies less. A load multiplied by a power
// of four gives its quantiles multiplied, bit by bit.
func NewRoot(c model.Config) model.Model {
	m := New(c).(*Model)
	m.root = true
	return m
}

func newScratch(m *Model) scratch {
	return scratch{
		inputs:  make([]float64, meanInputs),
		spread:  make([]float64, scaleInputs),
		bands:   model.NewBands(m.levels, m.steps()),
		pooling: model.NewPooling(m.steps()),
		peaks:   make([]float64, mostTail*len(m.leads)),
		means:   make([]means, len(m.leads)),
	}
}

// steps gives the number of steps that the model has leads for.
func (m *Model) steps() int { return len(m.lead) - 1 }

// Warm says whether the model has learned for two days, or a naive one that
// stands in is warm.
func (m *Model) Warm(past *model.History) bool { return m.ready || m.cold.Warm(past) }

// Reach gives the steps that the model has leads for, 0 until it is ready.
func (m *Model) Reach(*model.History) int {
	if !m.ready {
		return 0
	}
	return m.steps()
}

// settle lets the naive model go where it is no longer needed.
func (m *Model) settle() {
	if m.ready && m.horizon == m.steps() {
		m.cold = nil
	}
}

// unit is what loads are divided by for the filters.
func (m *Model) unit() float64 { return max(m.level/levelUnits, leastLoad) }

// leadOf gives the lead of a step: the first at or after it, or the last.
func (m *Model) leadOf(step int64) *lead {
	return &m.leads[m.lead[min(step, int64(m.steps()))]]
}
