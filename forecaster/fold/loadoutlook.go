package fold

import (
	"fmt"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// loadOutlooks reads which outlooks the series has, and brings them back.
func (s *State) loadOutlooks(sr *series, r *reader, stored *storedSeries) error {
	n := r.count(2)
	if r.err != nil || n == 0 {
		return r.err
	}
	var all []terms
	if s.policy != nil {
		all = termsOf(s.policy, sr.id)
	}
	if n != len(all) {
		return fmt.Errorf("want the outlooks of %d models, got %d", len(all), n)
	}
	for _, t := range all {
		place, epoch := r.uint(), r.uint()
		if r.err != nil {
			return r.err
		}
		if place > streams.MaxMembers {
			return fmt.Errorf("outlook of %s: place %d", t.model, place)
		}
		o := sr.newOutlook(t, int(place), epoch)
		if err := o.load(sr.past, stored); err != nil {
			return fmt.Errorf("outlook of %s: %w", t.model, err)
		}
		sr.outlooks = append(sr.outlooks, o)
	}
	for _, data := range stored.waiting {
		if err := sr.loadWaiting(data); err != nil {
			return fmt.Errorf("published: %w", err)
		}
	}
	return nil
}

// load brings back an outlook that was just made.
func (o *outlook) load(past *model.History, stored *storedSeries) error {
	from := &stored.outlooks[o.place]
	data, used, err := joined(o.epoch, from[stateHalf])
	if err != nil {
		return fmt.Errorf("state: %w", err)
	}
	o.used[stateHalf] = used
	r := &reader{b: data}
	o.refits = refits{started: r.flag(), due: r.int(), pending: r.int(), tried: r.int(), adopted: r.uint(), refused: r.uint()}
	fixed := r.uint()
	snapshot, card := r.bytes(), r.bytes()
	if err := r.done(); err != nil {
		return err
	}
	if err := o.card.UnmarshalBinary(card); err != nil {
		return err
	}
	parameters, err := o.loadParameters(from[parametersHalf], fixed)
	if err != nil {
		return fmt.Errorf("parameters: %w", err)
	}
	if o.model != nil {
		if err := o.model.Restore(past, slices.Concat(parameters, snapshot)); err != nil {
			return err
		}
	}
	o.changed, o.fitted = false, false
	return o.resume(past)
}

// loadParameters reads those that go with the state of the outlook, where it has
// any.
func (o *outlook) loadParameters(from pieces, fixed uint64) ([]byte, error) {
	if fixed == 0 {
		return nil, nil
	}
	data, used, err := joined(o.epoch, from)
	if err != nil {
		return nil, err
	}
	r := &reader{b: data}
	if adopted := r.uint(); r.err == nil && adopted != o.refits.adopted {
		return nil, fmt.Errorf("want those of refit %d, got those of %d", o.refits.adopted, adopted)
	}
	if r.err == nil && uint64(len(r.b)) != fixed {
		return nil, fmt.Errorf("want %d bytes, got %d", fixed, len(r.b))
	}
	o.used[parametersHalf], o.fixed = used, len(r.b)
	return r.b, r.err
}

// resume lets a refit that is pending be computed once more.
func (o *outlook) resume(past *model.History) error {
	pending := o.refits.pending
	if pending == 0 {
		return nil
	}
	if past.Len() == 0 || pending > past.Newest() || past.Newest()-pending >= delay(past.Grid()) {
		return fmt.Errorf("a refit up to bin %d is pending", pending)
	}
	o.ahead(past)
	return nil
}

// loadWaiting reads the forecasts that wait at an index, and passes over those
// of outlooks that have ended.
func (s *series) loadWaiting(data []byte) error {
	r := open(data)
	for r.err == nil && len(r.b) > 0 {
		epoch := r.uint()
		p := published{origin: r.int(), cells: make([]float64, r.count(8))}
		for i := range p.cells {
			p.cells[i] = r.float()
		}
		at := slices.IndexFunc(s.outlooks, func(o *outlook) bool { return o.epoch == epoch })
		if r.err != nil || at < 0 {
			continue
		}
		o := s.outlooks[at]
		if want := o.judged * len(o.terms.levels); len(p.cells) != want || p.origin < 0 {
			return fmt.Errorf("want %d numbers, got %d", want, len(p.cells))
		}
		o.waiting[p.origin%int64(len(o.waiting))] = p
	}
	return r.err
}
