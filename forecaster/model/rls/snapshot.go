package rls

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
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
	r := reader{snapshot[1:]}
	m.ready = r.flag()
	r.floats(&m.level, &m.top)
	m.sizes.newest = int64(r.count())
	r.singles(m.sizes.slots)
	for i := range m.leads {
		l := &m.leads[i]
		r.filter(&l.mean)
		r.filter(&l.scale.filter)
		l.scale.errors = r.count()
		r.list(l.scale.means[:])
		if err := errors.Join(r.law(&l.steps), r.law(&l.peaks)); err != nil {
			return fmt.Errorf("rls: restore: %w", err)
		}
		for k := range l.ring {
			r.floats(&l.ring[k].point, &l.ring[k].peak, &l.ring[k].scale)
			r.singles(l.ring[k].inputs[:])
		}
	}
	steps, peaks := r.b[:m.offsets.steps.Size()], r.b[m.offsets.steps.Size():]
	if err := errors.Join(m.offsets.steps.UnmarshalBinary(steps), m.offsets.peaks.UnmarshalBinary(peaks)); err != nil {
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

func (w *writer) floats(list ...float64) {
	for _, x := range list {
		w.b = binary.LittleEndian.AppendUint64(w.b, math.Float64bits(x))
	}
}

func (w *writer) singles(list []float32) {
	for _, x := range list {
		w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(x))
	}
}

func (w *writer) filter(f *filter) {
	w.count(f.updates)
	w.floats(f.weights...)
	w.floats(f.cov...)
}

// reader reads what a writer wrote; the length was checked before.
type reader struct{ b []byte }

func (r *reader) take(n int) []byte {
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) flag() bool { return r.take(1)[0] != 0 }

func (r *reader) count() int { return int(binary.LittleEndian.Uint64(r.take(8))) }

func (r *reader) floats(list ...*float64) {
	for _, x := range list {
		*x = math.Float64frombits(binary.LittleEndian.Uint64(r.take(8)))
	}
}

func (r *reader) list(list []float64) {
	for i := range list {
		r.floats(&list[i])
	}
}

func (r *reader) singles(list []float32) {
	for i := range list {
		list[i] = math.Float32frombits(binary.LittleEndian.Uint32(r.take(4)))
	}
}

func (r *reader) filter(f *filter) {
	f.updates = r.count()
	r.list(f.weights)
	r.list(f.cov)
}

func (r *reader) law(l *law) error { return l.UnmarshalBinary(r.take(l.Size())) }
