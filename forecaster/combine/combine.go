package combine

import (
	"fmt"
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Name is the name of the combined model in policies and requests.
const Name = "combined"

// Part is a model that is combined.
type Part struct {
	// Name names the part; no other part of the combination has it.
	Name  string
	Model model.Model
}

// Model is the combination. It holds its parts.
type Model struct {
	config model.Config
	window float64 // how many errors a mean is over
	parts  []Part
	leads  []lead
	places []place
	// raised is the last bin at which the share is raised.
	raised  int64
	scratch scratch
}

var _ model.Refitter = (*Model)(nil)

const (
	// meanErrors is how many errors a mean is over, a day of them where that is
	// fewer, but at least fewestErrors.
	meanErrors, fewestErrors = 288, 24
	// never stands for a bin before all others.
	never = math.MinInt64
)

// scratch is overwritten by every call.
type scratch struct {
	said, sums, masses *model.Bands
	rows               model.Bands // the first of said
	pooling            model.Pooling
}

// first gives the first rows of bands for a part to write to.
func (s *scratch) first(rows int) *model.Bands {
	s.rows = model.Bands{Levels: s.said.Levels, Steps: s.said.Steps[:rows], Peaks: s.said.Peaks[:rows]}
	return &s.rows
}

// New gives a combination of parts that have seen nothing, made with the same
// configuration. The first part is taken to be awake always. It panics where
// there is none, or more than 32.
func New(c model.Config, parts []Part) *Model {
	if len(parts) == 0 || len(parts) > mostParts {
		panic(fmt.Sprintf("combine: want 1 to %d parts, got %d", mostParts, len(parts)))
	}
	m := &Model{
		config: c,
		window: float64(max(fewestErrors, min(meanErrors, c.Grid.PerDay()))),
		parts:  slices.Clone(parts),
		raised: never,
	}
	for _, step := range leadSteps(min(c.Horizon, mostLead)) {
		m.leads = append(m.leads, newLead(step, c.Levels, len(parts)))
	}
	for i := range m.leads {
		m.leads[i].awake = one(0)
		m.leads[i].weigh(share)
	}
	m.places = placed(m.leads)
	m.scratch = scratch{
		said:    model.NewBands(c.Levels, c.Horizon),
		sums:    model.NewBands(c.Levels, c.Horizon),
		masses:  model.NewBands(c.Levels, c.Horizon),
		pooling: model.NewPooling(len(m.places)),
	}
	return m
}

// Warm says whether one of the parts is warm.
func (m *Model) Warm(past *model.History) bool {
	return slices.ContainsFunc(m.parts, func(p Part) bool { return p.Model.Warm(past) })
}

// reach gives the first steps that a part has something of its own to say of.
func (m *Model) reach(part int, past *model.History) int {
	if s, ok := m.parts[part].Model.(model.Sleeper); ok && part > 0 {
		return min(s.Reach(past), m.config.Horizon)
	}
	return m.config.Horizon
}
