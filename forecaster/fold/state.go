package fold

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// settleUnknown is how long after its end a bin settles where no policy
	// says so.
	settleUnknown = 10 * time.Minute
	// mostSeries bounds the windows of a group; the policy's series has one in
	// any case.
	mostSeries = 32
	// mostValue is the largest load that is believed.
	mostValue = 1e15
)

// State is the forecaster's state of one group.
type State struct {
	id          streams.GroupID
	kit         kit
	policy      *streams.Policy
	series      map[string]*series
	headChanged bool
}

func newState(id streams.GroupID, k kit) *State {
	return &State{id: id, kit: k, series: make(map[string]*series)}
}

// Step folds an event in; only a group event may yield a forecast.
func (s *State) Step(ev streams.Event) []streams.Event {
	switch e := ev.(type) {
	case streams.Metric:
		s.metric(e)
	case streams.Control:
		s.control(e)
	case streams.Group:
		return s.group(e)
	}
	return nil
}

// Changed returns the parts that differ since it was last called.
func (s *State) Changed() []streams.Part {
	var parts []streams.Part
	if s.headChanged {
		parts = append(parts, s.storeHead())
		s.headChanged = false
	}
	for _, name := range slices.Sorted(maps.Keys(s.series)) {
		parts = s.series[name].store(parts)
	}
	return parts
}

func (s *State) metric(m streams.Metric) {
	sr := s.seriesOf(m.Series)
	if sr == nil {
		return
	}
	sr.count(m)
	value := math.NaN()
	if m.Value != nil {
		value = *m.Value
		if !(value >= 0 && value <= mostValue) {
			return
		}
	}
	if !sr.fits(m) {
		return
	}
	bin, ok := sr.grid.Bin(m.End)
	if !ok || m.End.After(m.Seen.Add(sr.grid.Period())) {
		return
	}
	sr.arrive(held{young{bin, value, m.Revision}, m.Settled})
}

// seriesOf gives the series of a name, made where it is the first of it; nil
// where there are too many.
func (s *State) seriesOf(name string) *series {
	if sr := s.series[name]; sr != nil {
		return sr
	}
	named := s.policy != nil && s.policy.Load.Series == name
	if !named && len(s.series) >= mostSeries {
		return nil
	}
	sr := s.newSeries(name)
	for _, other := range s.series {
		sr.clock = max(sr.clock, other.clock)
	}
	s.series[name] = sr
	if named {
		s.adopt(sr)
	}
	return sr
}

// adopt makes a series the one that the policy in force names.
func (s *State) adopt(sr *series) {
	load := s.policy.Load
	if sr.grid.Period() != load.Period.Std() || sr.unit != load.Unit {
		grid, err := model.NewGrid(load.Period.Std())
		if err != nil {
			sr.want(nil)
			return
		}
		sr.become(grid, load.Unit)
	}
	sr.want(termsOf(s.policy, sr.id))
}

func (s *State) newSeries(name string) *series {
	return newSeries(streams.SeriesID{GroupID: s.id, Series: name}, s.kit)
}

// control puts a policy in force. One that is not valid is ignored.
func (s *State) control(c streams.Control) {
	if c.Name != streams.ControlPolicy || c.Policy != nil && c.Policy.Validate() != nil {
		return
	}
	s.headChanged = true
	if s.policy != nil && (c.Policy == nil || c.Policy.Load.Series != s.policy.Load.Series) {
		if sr := s.series[s.policy.Load.Series]; sr != nil {
			sr.want(nil)
		}
	}
	s.policy = cloned(c.Policy)
	if s.policy == nil {
		return
	}
	if sr := s.series[s.policy.Load.Series]; sr != nil {
		s.adopt(sr)
	}
}

// cloned copies a policy, which stays the sender's.
func cloned(p *streams.Policy) *streams.Policy {
	if p == nil {
		return nil
	}
	own := *p
	own.Forecast.Levels = slices.Clone(p.Forecast.Levels)
	own.Forecast.Members = slices.Clone(p.Forecast.Members)
	return &own
}

func (s *State) group(g streams.Group) []streams.Event {
	settle := settleUnknown
	if s.policy != nil {
		settle = s.policy.Forecast.Settle.Std()
	}
	for _, sr := range s.series {
		sr.round(g.Now, g.Came(sr.id.Series) > 0)
		sr.settle(sr.grid.Last(g.Now.Add(-settle)))
		sr.start()
	}
	if s.policy == nil {
		return nil
	}
	name := s.policy.Load.Series
	if g.Came(name) <= 0 {
		return nil
	}
	sr := s.series[name]
	if sr == nil {
		return []streams.Event{s.empty(g.Round, g.Series[name].NewestEnd)}
	}
	origin, ok := sr.origin()
	if !ok {
		return []streams.Event{s.empty(g.Round, g.Series[name].NewestEnd)}
	}
	f := s.empty(g.Round, sr.grid.End(origin))
	sr.forecast(&f)
	sr.publish(origin, f.Quantiles)
	sr.watch(origin)
	return []streams.Event{f}
}

// empty gives the policy's forecast before anything was said.
func (s *State) empty(round uint64, origin time.Time) streams.Forecast {
	return streams.Forecast{
		SeriesID:  streams.SeriesID{GroupID: s.id, Series: s.policy.Load.Series},
		Round:     round,
		Model:     s.policy.Forecast.Model,
		Origin:    origin,
		Period:    s.policy.Load.Period,
		Unit:      s.policy.Load.Unit,
		Inputs:    s.series[s.policy.Load.Series].fingerprint(),
		Levels:    slices.Clone(s.policy.Forecast.Levels),
		Quantiles: [][]float64{},
		Peak:      [][]float64{},
	}
}
