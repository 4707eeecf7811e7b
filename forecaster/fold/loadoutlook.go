package fold

import (
	"errors"
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
		all = termsOf(s.policy)
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
	data := stored.outlooks[o.place]
	if data == nil {
		return errors.New("its part is missing")
	}
	r := open(data)
	if epoch := r.uint(); r.err == nil && epoch != o.epoch {
		return fmt.Errorf("want epoch %d, got %d", o.epoch, epoch)
	}
	o.refits = refits{started: r.flag(), due: r.int(), pending: r.int(), tried: r.int(), adopted: r.uint(), refused: r.uint()}
	snapshot, card := r.bytes(), r.bytes()
	if err := r.done(); err != nil {
		return err
	}
	if err := o.card.UnmarshalBinary(card); err != nil {
		return err
	}
	if o.model != nil {
		if err := o.model.Restore(past, snapshot); err != nil {
			return err
		}
	}
	o.changed = false
	return o.resume(past)
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
