package rls

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/numbers"
)

// format is the version of the snapshot.
const format = 1

// Snapshot appends all that the model learned and the window does not tell, in
// a fixed order and of a fixed size: numbers in 8 bytes, those that are of
// single precision in 4.
func (m *Model) Snapshot(b []byte) []byte {
	w := writer{b}
	w.b = append(w.b, format)
	w.flag(m.ready)
	w.floats(m.level, m.top)
	w.count(int(m.sizes.newest))
	w.singles(m.sizes.slots)
	for i := range m.leads {
		l := &m.leads[i]
		w.filter(&l.mean)
		w.filter(&l.scale.filter)
		w.count(l.scale.errors)
		w.floats(l.scale.means[:]...)
		w.b = l.peaks.AppendBinary(l.steps.AppendBinary(w.b))
		for k := range l.ring {
			w.floats(l.ring[k].point, l.ring[k].peak, l.ring[k].scale)
			w.singles(l.ring[k].inputs[:])
		}
	}
	return m.offsets.peaks.AppendBinary(m.offsets.steps.AppendBinary(w.b))
}

// Restore reads what Snapshot wrote of a model of the same configuration. Where
// the snapshot is empty it learns from the window anew.
func (m *Model) Restore(past *model.History, snapshot []byte) error {
	if len(snapshot) == 0 {
		model.Build(m, past)
		return nil
	}
	if snapshot[0] != format {
		return fmt.Errorf("rls: restore: format: want %d, got %d", format, snapshot[0])
	}
	if want := len(m.Snapshot(nil)); len(snapshot) != want {
		return fmt.Errorf("rls: restore: want %d bytes, got %d", want, len(snapshot))
	}
	r := reader{numbers.NewReader(snapshot[1:])}
	m.ready = r.flag()
	r.Floats(&m.level, &m.top)
	m.sizes.newest = int64(r.count())
	r.FillSingles(m.sizes.slots)
	for i := range m.leads {
		l := &m.leads[i]
		r.filter(&l.mean)
		r.filter(&l.scale.filter)
		l.scale.errors = r.count()
		r.Fill(l.scale.means[:])
		if err := errors.Join(r.law(&l.steps), r.law(&l.peaks)); err != nil {
			return fmt.Errorf("rls: restore: %w", err)
		}
		for k := range l.ring {
			r.Floats(&l.ring[k].point, &l.ring[k].peak, &l.ring[k].scale)
			r.FillSingles(l.ring[k].inputs[:])
		}
	}
	steps := r.Take(m.offsets.steps.Size())
	if err := errors.Join(m.offsets.steps.UnmarshalBinary(steps), m.offsets.peaks.UnmarshalBinary(r.Left())); err != nil {
		return fmt.Errorf("rls: restore: %w", err)
	}
	m.settle()
	if m.cold == nil {
		return nil
	}
	return m.cold.Restore(past, nil)
}

type writer struct{ b []byte }

func (w *writer) flag(on bool) {
	w.b = append(w.b, 0)
	if on {
		w.b[len(w.b)-1] = 1
	}
}

func (w *writer) count(n int) { w.b = binary.LittleEndian.AppendUint64(w.b, uint64(n)) }

func (w *writer) floats(list ...float64) { w.b = numbers.AppendFloats(w.b, list...) }

func (w *writer) singles(list []float32) { w.b = numbers.AppendSingles(w.b, list) }

func (w *writer) filter(f *filter) {
	w.count(f.updates)
	w.floats(f.weights...)
	w.floats(f.cov...)
}

// reader reads what a writer wrote; the length was checked before.
type reader struct{ *numbers.Reader }

func (r *reader) flag() bool { return r.Take(1)[0] != 0 }

func (r *reader) count() int { return int(r.Word()) }

func (r *reader) filter(f *filter) {
	f.updates = r.count()
	r.Fill(f.weights)
	r.Fill(f.cov)
}

func (r *reader) law(l *law) error { return l.UnmarshalBinary(r.Take(l.Size())) }
