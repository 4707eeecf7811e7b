package fold

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Outsider is a model that does not run on a series, and what it has to know of
// the series. It shares nothing with the state that it is of.
type Outsider struct {
	key   OutsiderKey
	kit   kit
	terms terms
	seen  seen
}

// OutsiderKey names what Build reads: two with the same key build the same.
type OutsiderKey struct {
	streams.SeriesID
	Model   string
	Content uint64 // a hash of the window and the terms
}

// ErrGivenUp says that a model was not built to its end.
var ErrGivenUp = errors.New("given up")

// Built is a model that was brought to the end of a window, its parameters
// estimated there. It is not safe for concurrent use.
type Built struct{ model model.Model }

// outsider copies what a model of so many steps has to know.
func (s *series) outsider(name string, horizon int) *Outsider {
	o := &Outsider{kit: s.kit, terms: s.outlooks[0].terms}
	o.terms.model, o.terms.horizon = name, horizon
	o.terms.levels = slices.Clone(o.terms.levels)
	o.seen.tail = s.tail()
	if s.past.Len() > 0 {
		o.seen.past = copied(s.past, s.past.Newest())
	} else {
		o.seen.past = model.NewHistory(s.grid, s.past.Samples())
	}
	o.key = OutsiderKey{SeriesID: s.id, Model: name, Content: o.terms.hash(o.seen.past)}
	return o
}

// hash covers every number that a model is built from.
func (t terms) hash(past *model.History) uint64 {
	h := uint64(noInputs)
	add := func(word uint64) { h = bits.RotateLeft64(h^word, 29) * uint64(fnvPrime) }
	add(uint64(past.Grid().Period()))
	add(uint64(t.horizon))
	for _, p := range t.levels {
		add(math.Float64bits(p))
	}
	add(uint64(t.training))
	for _, digit := range []byte(t.weights) {
		add(uint64(digit))
	}
	add(uint64(past.Samples()))
	if past.Len() == 0 {
		return h
	}
	add(uint64(past.First()))
	for bin := past.First(); bin <= past.Newest(); bin++ {
		add(math.Float64bits(past.Folded(bin)))
		add(math.Float64bits(past.Revised(bin)))
	}
	return h
}

// Horizon gives the steps that the model will say.
func (o *Outsider) Horizon() int { return o.terms.horizon }

// Key names what Build reads.
func (o *Outsider) Key() OutsiderKey { return o.key }

// Build makes the model observe the window and estimates its parameters up to
// the newest bin, as those of a member would be. It may run beside anything. It
// returns ErrGivenUp where stop says that nobody waits for it any more.
func (o *Outsider) Build(stop func() bool) (built *Built, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("build %s: %v", o.terms.model, cause)
		}
	}()
	past := o.seen.past
	m := o.kit.make(o.terms, past.Grid())
	if m == nil {
		return nil, fmt.Errorf("build %s: the weights %s are not there", o.terms.model, o.terms.weights)
	}
	if !observed(m, past, stop) {
		return nil, fmt.Errorf("build %s: %w", o.terms.model, ErrGivenUp)
	}
	r, able := m.(model.Refitter)
	if !able || past.Len() == 0 {
		return &Built{m}, nil
	}
	estimate, whole := guarded(r.Estimation(past, past.Newest())).Unless(stop, model.InLine)
	if !whole {
		return nil, fmt.Errorf("build %s: %w", o.terms.model, ErrGivenUp)
	}
	if fitted, err := o.kit.fitted(o.terms, m, past, estimate); err == nil {
		m = fitted // else it says what it can without
	}
	return &Built{m}, nil
}

// observed is model.Build; false where stop ended it, and the model is to be
// thrown away.
func observed(m model.Model, past *model.History, stop func() bool) bool {
	const often = 256 // bins between two questions
	bins, ended := 0, false
	past.Replay(func(past *model.History) {
		if bins++; bins%often == 0 && !ended {
			ended = stop()
		}
		if !ended {
			m.Observe(past)
		}
	})
	return !ended
}

// Complete fills in what a model that was built under the outsider's key says.
func (o *Outsider) Complete(f *streams.Forecast, built *Built) {
	say(f, built.model, o.terms, o.seen)
}
