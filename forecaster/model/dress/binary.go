package dress

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Size gives the number of bytes that AppendBinary appends.
func (d *Dresser) Size() int { return len(d.AppendBinary(nil)) }

// AppendBinary appends to b all that was learned and what is still to be judged,
// of a fixed size.
func (d *Dresser) AppendBinary(b []byte) []byte {
	b = appendInts(b, d.newest)
	b = appendFloats(b, d.values...)
	for i := range d.days {
		b = appendSingles(b, d.days[i].newest)
		b = appendSingles(b, d.days[i].usual)
	}
	for i := range d.leads {
		b = d.leads[i].appendBinary(b)
	}
	return d.peaks.AppendBinary(d.steps.AppendBinary(b))
}

func (l *lead) appendBinary(b []byte) []byte {
	b = appendInts(b, int64(l.size.errors))
	b = appendFloats(b, l.size.slow, l.size.fast, l.size.own, l.recent)
	b = appendFloats(b, l.lean.weights[:]...)
	for i := range l.lean.cov {
		b = appendFloats(b, l.lean.cov[i][:]...)
	}
	for _, s := range []*shape{&l.steps, &l.peaks} {
		b = appendFloats(s.law.AppendBinary(b), s.quantiles...)
	}
	for k := range l.ring {
		was := &l.ring[k]
		b = appendInts(b, was.origin)
		b = appendFloats(b, was.raw, was.se, was.point, was.scale, was.peak, was.peakScale)
		b = appendFloats(b, was.inputs[:]...)
	}
	return b
}

// UnmarshalBinary reads what AppendBinary wrote into a dresser that New gave for
// the same levels, horizon and bins a day.
func (d *Dresser) UnmarshalBinary(b []byte) error {
	if want := d.Size(); len(b) != want {
		return fmt.Errorf("read errors of forecasts: want %d bytes, got %d", want, len(b))
	}
	r := reader{b}
	r.ints(&d.newest)
	r.list(d.values)
	for i := range d.days {
		r.singles(d.days[i].newest)
		r.singles(d.days[i].usual)
	}
	for i := range d.leads {
		if err := d.leads[i].read(&r); err != nil {
			return fmt.Errorf("read errors of forecasts: %w", err)
		}
	}
	steps := r.take(d.steps.Size())
	if err := errors.Join(d.steps.UnmarshalBinary(steps), d.peaks.UnmarshalBinary(r.b)); err != nil {
		return fmt.Errorf("read errors of forecasts: %w", err)
	}
	return nil
}

func (l *lead) read(r *reader) error {
	var count int64
	r.ints(&count)
	l.size.errors = int(count)
	r.floats(&l.size.slow, &l.size.fast, &l.size.own, &l.recent)
	r.list(l.lean.weights[:])
	for i := range l.lean.cov {
		r.list(l.lean.cov[i][:])
	}
	for _, s := range []*shape{&l.steps, &l.peaks} {
		if err := s.law.UnmarshalBinary(r.take(s.law.Size())); err != nil {
			return err
		}
		r.list(s.quantiles)
	}
	for k := range l.ring {
		was := &l.ring[k]
		r.ints(&was.origin)
		r.floats(&was.raw, &was.se, &was.point, &was.scale, &was.peak, &was.peakScale)
		r.list(was.inputs[:])
	}
	return nil
}

func appendInts(b []byte, list ...int64) []byte {
	for _, n := range list {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	return b
}

func appendFloats(b []byte, list ...float64) []byte {
	for _, x := range list {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

func appendSingles(b []byte, list []float32) []byte {
	for _, x := range list {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// reader reads what was appended; the length was checked before.
type reader struct{ b []byte }

func (r *reader) take(n int) []byte {
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) ints(list ...*int64) {
	for _, n := range list {
		*n = int64(binary.LittleEndian.Uint64(r.take(8)))
	}
}

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
