package fold

import (
	"encoding/binary"
	"errors"
	"math"
)

// format is the version of the stored parts.
const format = 2

var errCutOff = errors.New("cut off")

// The parts are written with the Append functions of encoding/binary: numbers
// as varints, loads as little-endian float64, where NaN is a gap.

func appendFloat(b []byte, x float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
}

func appendBytes(b, x []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(x))), x...)
}

// reader reads a part. After the first thing that is not there it yields
// zeros, and err says so.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if n <= 0 || n > len(r.b) {
		if n != 0 {
			r.b, r.err = nil, errCutOff
		}
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n == 0 {
		n = -1
	}
	r.take(n)
	return v
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	if n == 0 {
		n = -1
	}
	r.take(n)
	return v
}

func (r *reader) float() float64 { return math.Float64frombits(r.word()) }

// word reads 64 bits.
func (r *reader) word() uint64 {
	b := r.take(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

// count reads a number of things that take at least size bytes each.
func (r *reader) count(size int) int {
	n := r.uint()
	if n > uint64(len(r.b)/size) {
		r.b, r.err = nil, errCutOff
		return 0
	}
	return int(n)
}

func (r *reader) bytes() []byte { return r.take(r.count(1)) }

func (r *reader) flag() bool { return r.uint() != 0 }

// done gives the error of what was read, or of what is left over.
func (r *reader) done() error {
	if r.err == nil && len(r.b) > 0 {
		return errors.New("more than one part")
	}
	return r.err
}
