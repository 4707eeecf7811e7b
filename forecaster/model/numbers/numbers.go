// Package numbers writes and reads what models store: numbers as they are in
// memory, bit by bit, little-endian.
//
// It guarantees that whatever bytes a Reader is given, it neither panics nor
// allocates more than they hold. It does not tell NaN from other numbers.
package numbers

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrCutOff says that there are fewer bytes than were to be read.
var ErrCutOff = errors.New("length: cut off")

// AppendFloats appends numbers in 8 bytes each.
func AppendFloats(b []byte, list ...float64) []byte {
	for _, x := range list {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

// AppendSingles appends numbers of single precision in 4 bytes each.
func AppendSingles(b []byte, list []float32) []byte {
	for _, x := range list {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// AppendBytes appends bytes with their number before them, in 4 bytes.
func AppendBytes(b, x []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(x))), x...)
}

// Reader reads what was appended, in order. After the first thing that is not
// there it yields zeros, and its error is ErrCutOff.
type Reader struct {
	left []byte
	err  error
}

// NewReader gives a reader of bytes, which must not change meanwhile.
func NewReader(b []byte) *Reader { return &Reader{left: b} }

// Take gives the next n bytes, none where there are fewer.
func (r *Reader) Take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.left) {
		r.left, r.err = nil, ErrCutOff
		return nil
	}
	out := r.left[:n]
	r.left = r.left[n:]
	return out
}

// Half reads 32 bits.
func (r *Reader) Half() uint32 {
	b := r.Take(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// Word reads 64 bits.
func (r *Reader) Word() uint64 {
	b := r.Take(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

// Float reads a number of 8 bytes.
func (r *Reader) Float() float64 { return math.Float64frombits(r.Word()) }

// Floats reads numbers of 8 bytes each.
func (r *Reader) Floats(list ...*float64) {
	for _, x := range list {
		*x = r.Float()
	}
}

// Fill reads a list of numbers of 8 bytes each.
func (r *Reader) Fill(list []float64) {
	for i := range list {
		list[i] = r.Float()
	}
}

// Single reads a number of 4 bytes.
func (r *Reader) Single() float32 { return math.Float32frombits(r.Half()) }

// FillSingles reads a list of numbers of 4 bytes each.
func (r *Reader) FillSingles(list []float32) {
	for i := range list {
		list[i] = r.Single()
	}
}

// Bytes reads bytes with their number before them.
func (r *Reader) Bytes() []byte { return r.Take(int(r.Half())) }

// Left gives the bytes that were not read yet.
func (r *Reader) Left() []byte { return r.left }

// Err gives what went wrong so far.
func (r *Reader) Err() error { return r.err }

// End gives what went wrong, or an error where there is something left.
func (r *Reader) End() error {
	if r.err == nil && len(r.left) > 0 {
		return fmt.Errorf("length: %d bytes too many", len(r.left))
	}
	return r.err
}
