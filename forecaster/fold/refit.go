package fold

import (
	"fmt"
	"hash/fnv"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Estimates computes the estimations of refits. Whatever computes them, the
// bytes are those of the estimation itself, so that no forecast depends on it.
type Estimates interface {
	// Begin says that an estimation will be taken a few bins later. It does not
	// wait for it.
	Begin(key EstimateKey, e model.Estimation)
	// Take gives the bytes of an estimation, which need not have begun, and
	// waits for them.
	Take(key EstimateKey, e model.Estimation) []byte
}

// EstimateKey names an estimation.
type EstimateKey struct {
	streams.SeriesID
	Model string
	// Epoch counts the outlooks that the series had until this one.
	Epoch uint64
	// Through is the last bin that the estimation reads.
	Through int64
}

// inLine computes an estimation when it is taken.
type inLine struct{}

func (inLine) Begin(EstimateKey, model.Estimation) {}

func (inLine) Take(_ EstimateKey, e model.Estimation) []byte { return e(model.InLine) }

// refits is when the model of an outlook is refitted. A count of bins and the
// number of a bin differ by a constant, so it counts in numbers of bins, which
// is 0 where there is none.
type refits struct {
	// started says that a group event was seen, before which nothing is refitted.
	started bool
	// due is the bin at which the next regular refit is noted.
	due int64
	// pending is the bin up to which the refit that was noted reads.
	pending int64
	// tried is the bin at which the last refit was to take effect.
	tried int64
	// adopted and refused count the refits that took effect, and those whose
	// estimate the model did not take.
	adopted, refused uint64
}

// mostDelay bounds the bins from the one at which a refit is noted to the one
// at which it takes effect.
const mostDelay = 3

// delay is at most a day, so that what an estimation reads is still in the
// window.
func delay(g model.Grid) int64 { return int64(min(mostDelay, g.PerDay())) }

// calm is how many bins after a refit an alarm may start the next.
func calm(g model.Grid) int64 { return int64(max(1, g.PerDay()/4)) }

// offset spreads the first refits of all series over an hour.
func offset(id streams.SeriesID, g model.Grid) int64 {
	sum := fnv.New32a()
	fmt.Fprintf(sum, "%s/%s", id.GroupID, id.Series)
	return int64(sum.Sum32()) % int64(max(1, g.PerDay()/24))
}

// phase spreads the later refits of all series over a day: the second is noted
// that much after a day, between half a day and one and a half days after the
// first.
func phase(id streams.SeriesID, g model.Grid) int64 {
	day := uint64(g.PerDay())
	return int64(seedOf(id)%day) - int64(day/2)
}

// start begins the refits at the first group event.
func (o *outlook) start(past *model.History) {
	if _, able := o.model.(model.Refitter); !able || o.refits.started {
		return
	}
	o.refits.started = true
	o.changed = true
	if past.Len() > 0 {
		o.refits.due = past.Newest() + 1 + offset(o.id, past.Grid())
	}
}

// refit lets a refit that is pending take effect, and notes the next one where
// it is due, at the newest bin of past.
func (o *outlook) refit(past *model.History) {
	r, bin, grid := &o.refits, past.Newest(), past.Grid()
	if !r.started {
		return
	}
	if r.due == 0 { // there was no bin at the first group event
		r.due = bin + offset(o.id, grid)
	}
	if r.pending != 0 && bin-r.pending >= delay(grid) {
		o.take(past)
	}
	regular := bin >= r.due
	if r.pending != 0 || !regular && !o.alarmed(bin, grid) {
		return
	}
	r.pending = bin
	if regular {
		day := int64(grid.PerDay())
		r.due += ((bin-r.due)/day + 1) * day
		if r.tried == 0 {
			r.due += phase(o.id, grid)
		}
	}
	o.ahead(past)
}

// alarmed says whether a refit is due before its time.
func (o *outlook) alarmed(bin int64, g model.Grid) bool {
	m, able := o.model.(model.Refitter)
	return able && o.refits.adopted > 0 && bin-o.refits.tried >= calm(g) && m.Alarmed()
}

// ahead lets the estimation that is pending be computed.
func (o *outlook) ahead(past *model.History) {
	if key, e, ok := o.estimation(past); ok {
		o.kit.estimates.Begin(key, e)
	}
}

// take puts the estimate that is pending in force.
func (o *outlook) take(past *model.History) {
	r := &o.refits
	key, e, ok := o.estimation(past)
	r.pending, r.tried = 0, past.Newest()
	if !ok {
		return
	}
	estimate := o.kit.estimates.Take(key, e)
	if len(estimate) == 0 {
		return
	}
	fitted, err := o.kit.fitted(o.terms, o.model, past, estimate)
	if err != nil {
		r.refused++
		return
	}
	o.model, o.fitted = fitted, true
	r.adopted++
}

func (o *outlook) estimation(past *model.History) (EstimateKey, model.Estimation, bool) {
	m, able := o.model.(model.Refitter)
	if !able {
		return EstimateKey{}, nil, false
	}
	key := EstimateKey{SeriesID: o.id, Model: o.terms.model, Epoch: o.epoch, Through: o.refits.pending}
	return key, guarded(m.Estimation(past, o.refits.pending)), true
}

// guarded gives no estimate where an estimation panics: one series must not
// stop the others.
func guarded(e model.Estimation) model.Estimation {
	return func(each model.Each) (estimate []byte) {
		defer func() {
			if recover() != nil {
				estimate = nil
			}
		}()
		return e(each)
	}
}

// fitted gives a model with an estimate in force. The old one stays as it is,
// whatever comes of it.
func (k kit) fitted(t terms, old model.Model, past *model.History, estimate []byte) (fitted model.Model, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			fitted, err = nil, fmt.Errorf("adopt: %v", cause)
		}
	}()
	m, able := k.make(t, past.Grid()).(model.Refitter)
	if !able {
		return nil, fmt.Errorf("adopt: model %s is not refitted", t.model)
	}
	if err := m.Restore(past, old.Snapshot(nil)); err != nil {
		return nil, err
	}
	return m, m.Adopt(past, estimate)
}
