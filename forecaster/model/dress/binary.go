package dress

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/numbers"
)

// Size gives the number of bytes that AppendBinary appends.
func (d *Dresser) Size() int { return len(d.AppendBinary(nil)) }

// AppendBinary appends to b all that was learned and what is still to be judged,
// of a fixed size.
func (d *Dresser) AppendBinary(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(d.newest))
	b = numbers.AppendFloats(b, d.values...)
	for i := range d.days {
		b = numbers.AppendSingles(b, d.days[i].newest)
		b = numbers.AppendSingles(b, d.days[i].usual)
	}
	for i := range d.leads {
		b = d.leads[i].appendBinary(b)
	}
	return d.peaks.AppendBinary(d.steps.AppendBinary(b))
}

func (l *lead) appendBinary(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(l.size.errors))
	b = numbers.AppendFloats(b, l.size.slow, l.size.fast, l.size.own, l.recent)
	b = numbers.AppendFloats(b, l.lean.weights[:]...)
	for i := range l.lean.cov {
		b = numbers.AppendFloats(b, l.lean.cov[i][:]...)
	}
	for _, s := range []*shape{&l.steps, &l.peaks} {
		b = numbers.AppendFloats(s.law.AppendBinary(b), s.quantiles...)
	}
	for k := range l.ring {
		was := &l.ring[k]
		b = binary.LittleEndian.AppendUint64(b, uint64(was.origin))
		b = numbers.AppendFloats(b, was.raw, was.se, was.point, was.scale, was.peak, was.peakScale)
		b = numbers.AppendFloats(b, was.inputs[:]...)
	}
	return b
}

// UnmarshalBinary reads what AppendBinary wrote into a dresser that New gave for
// the same levels, horizon and bins a day.
func (d *Dresser) UnmarshalBinary(b []byte) error {
	if want := d.Size(); len(b) != want {
		return fmt.Errorf("read errors of forecasts: want %d bytes, got %d", want, len(b))
	}
	r := numbers.NewReader(b)
	d.newest = int64(r.Word())
	r.Fill(d.values)
	for i := range d.days {
		r.FillSingles(d.days[i].newest)
		r.FillSingles(d.days[i].usual)
	}
	for i := range d.leads {
		if err := d.leads[i].read(r); err != nil {
			return fmt.Errorf("read errors of forecasts: %w", err)
		}
	}
	steps := r.Take(d.steps.Size())
	if err := errors.Join(d.steps.UnmarshalBinary(steps), d.peaks.UnmarshalBinary(r.Left())); err != nil {
		return fmt.Errorf("read errors of forecasts: %w", err)
	}
	return nil
}

func (l *lead) read(r *numbers.Reader) error {
	l.size.errors = int(r.Word())
	r.Floats(&l.size.slow, &l.size.fast, &l.size.own, &l.recent)
	r.Fill(l.lean.weights[:])
	for i := range l.lean.cov {
		r.Fill(l.lean.cov[i][:])
	}
	for _, s := range []*shape{&l.steps, &l.peaks} {
		if err := s.law.UnmarshalBinary(r.Take(s.law.Size())); err != nil {
			return err
		}
		r.Fill(s.quantiles)
	}
	for k := range l.ring {
		was := &l.ring[k]
		was.origin = int64(r.Word())
		r.Floats(&was.raw, &was.se, &was.point, &was.scale, &was.peak, &was.peakScale)
		r.Fill(was.inputs[:])
	}
	return nil
}
