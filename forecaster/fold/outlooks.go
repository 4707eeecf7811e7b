package fold

import (
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// want makes the series have outlooks of these terms. Those that it has go on,
// also where another one is published from now on; the others are built from
// the window, and the rest ends.
func (s *series) want(all []terms) {
	before := slices.Clone(s.outlooks)
	next := make([]*outlook, len(all))
	for i, t := range all {
		same := func(o *outlook) bool { return o != nil && o.terms.equal(t) }
		if j := slices.IndexFunc(before, same); j >= 0 {
			next[i], before[j] = before[j], nil
		}
	}
	for _, o := range before {
		if o != nil {
			s.leave(o)
		}
	}
	if !slices.ContainsFunc(next, func(o *outlook) bool { return o != nil }) {
		clear(s.awaited) // their indices may be others
	}
	for i, t := range all {
		if next[i] == nil {
			next[i] = s.begin(t, free(next))
		}
	}
	s.changed = s.changed || !slices.Equal(next, s.outlooks)
	s.outlooks = next
}

// leave marks what an outlook stored, which ends.
func (s *series) leave(o *outlook) {
	for h, n := range o.used {
		for i := range n {
			s.left[slot(o.place, half(h), i)] = true
		}
	}
}

// begin makes an outlook, built from the window.
func (s *series) begin(t terms, place int) *outlook {
	s.epochs++
	o := s.newOutlook(t, place, s.epochs)
	if o.model != nil {
		model.Build(o.model, s.past)
	}
	return o
}

// free gives the lowest place that none of the outlooks has.
func free(outlooks []*outlook) int {
	place := 0
	for slices.ContainsFunc(outlooks, func(o *outlook) bool { return o != nil && o.place == place }) {
		place++
	}
	return place
}

// restart begins all outlooks anew.
func (s *series) restart() {
	var all []terms
	for _, o := range s.outlooks {
		all = append(all, o.terms)
	}
	s.want(nil)
	s.want(all)
}

// start begins the refits of outlooks that have seen no group event yet.
func (s *series) start() {
	for _, o := range s.outlooks {
		o.start(s.past)
	}
}

// named gives the outlook of a model, or nil.
func (s *series) named(name string) *outlook {
	for _, o := range s.outlooks {
		if o.terms.model == name {
			return o
		}
	}
	return nil
}

// forecast fills in what is published from the newest value.
func (s *series) forecast(f *streams.Forecast) {
	f.Samples = s.past.Samples()
	if len(s.outlooks) > 0 {
		s.fill(f, s.outlooks[0])
	}
}

// fill fills in what an outlook says.
func (s *series) fill(f *streams.Forecast, o *outlook) {
	if o.model == nil {
		return
	}
	f.Score = o.card.Score()
	say(f, o.model, o.terms, seen{s.past, s.tail()})
}

// tell fills in what a model says that runs on the series, as the one published,
// as a member, or as a part of one of them; false where none of that name does.
func (s *series) tell(f *streams.Forecast, name string) bool {
	if o := s.named(name); o != nil {
		s.fill(f, o)
		return true
	}
	for _, o := range s.outlooks {
		if whole, able := o.model.(parted); able {
			if part := whole.Part(name); part != nil {
				say(f, part, o.terms, seen{s.past, s.tail()})
				return true
			}
		}
	}
	return false
}

// seen is what a model forecasts from.
type seen struct {
	past *model.History
	tail []float64
}

func say(f *streams.Forecast, m model.Model, t terms, v seen) {
	bands := model.NewBands(t.levels, t.horizon)
	if !m.Forecast(v.past, v.tail, bands) || !bands.Sound() {
		return
	}
	f.Quantiles, f.Peak = bands.Steps, bands.Peaks
	f.Warm = m.Warm(v.past)
	if whole, able := m.(interface{ Weights() []combine.PartWeight }); able {
		f.Weights = make(map[string]float64)
		for _, part := range whole.Weights() {
			f.Weights[part.Name] = part.Weight
		}
	}
}

// publish keeps what was published, to be judged.
func (s *series) publish(origin int64, quantiles [][]float64) {
	if len(s.outlooks) > 0 && len(quantiles) > 0 {
		s.awaited[s.outlooks[0].expect(origin, quantiles)] = true
	}
}

// watch keeps what the members say, which nobody is told, to be judged.
func (s *series) watch(origin int64) {
	if len(s.outlooks) < 2 {
		return
	}
	tail := s.tail()
	for _, o := range s.outlooks[1:] {
		if o.model == nil {
			continue
		}
		bands := model.NewBands(o.terms.levels, o.judged)
		if o.model.Forecast(s.past, tail, bands) && bands.Sound() {
			s.awaited[o.expect(origin, bands.Steps)] = true
		}
	}
}
