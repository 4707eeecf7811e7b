package combine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// reader reads numbers; after the first that is not there it yields zeros.
type reader struct {
	b   []byte
	err error
}

var errCutOff = errors.New("cut off")

// take gives the next n bytes, none where there are fewer.
func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.b, r.err = nil, errCutOff
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) half() uint32 {
	b := r.take(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

func (r *reader) word() uint64 {
	b := r.take(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

func (r *reader) float() float64 { return math.Float64frombits(r.word()) }

func (r *reader) single() float32 { return math.Float32frombits(r.half()) }

func (r *reader) singles(list []float32) {
	for i := range list {
		list[i] = r.single()
	}
}

// bytes reads bytes with their number before them.
func (r *reader) bytes() []byte { return r.take(int(r.half())) }

// end says what went wrong, or that there is something left.
func (r *reader) end() error {
	if r.err == nil && len(r.b) > 0 {
		return fmt.Errorf("%d bytes too many", len(r.b))
	}
	return r.err
}
