package calibrate

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// Tracker has an offset for each row and level, in the unit of the quantiles.
type Tracker struct {
	levels  []float64
	offsets []float64 // a row after a row
}

// NewTracker gives a tracker whose offsets are 0. The levels lie within (0, 1)
// and rise.
func NewTracker(levels []float64, rows int) *Tracker {
	return &Tracker{levels: levels, offsets: make([]float64, rows*len(levels))}
}

// Apply moves the quantiles of a row, one a level, by their offsets and sorts
// them, which takes no pinball loss to repair a crossing (Chernozhukov,
// Fernández-Val and Galichon 2010).
func (t *Tracker) Apply(row int, quantiles []float64) {
	for j, c := range t.row(row) {
		quantiles[j] += c
	}
	slices.Sort(quantiles)
}

// Judge holds the quantiles of a row, without their offsets, against the value
// that came, and moves each offset by rate × (1 - p) down or rate × p up, for
// the level p. The rate is in the unit of the quantiles.
func (t *Tracker) Judge(row int, quantiles []float64, value, rate float64) {
	for j, c := range t.row(row) {
		step := t.levels[j] - 1
		if value > quantiles[j]+c {
			step = t.levels[j]
		}
		t.row(row)[j] = c + rate*step
	}
}

// Offset gives the offset of a row at the level of an index.
func (t *Tracker) Offset(row, level int) float64 { return t.row(row)[level] }

func (t *Tracker) row(i int) []float64 {
	return t.offsets[i*len(t.levels) : (i+1)*len(t.levels)]
}

// AppendBinary appends the offsets to b, 8 bytes each.
func (t *Tracker) AppendBinary(b []byte) []byte {
	for _, c := range t.offsets {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(c))
	}
	return b
}

// Size gives the number of bytes that AppendBinary appends.
func (t *Tracker) Size() int { return 8 * len(t.offsets) }

// UnmarshalBinary reads what AppendBinary wrote into a tracker of the same
// levels and rows.
func (t *Tracker) UnmarshalBinary(b []byte) error {
	if len(b) != t.Size() {
		return fmt.Errorf("read offsets: want %d bytes, got %d", t.Size(), len(b))
	}
	for i := range t.offsets {
		t.offsets[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return nil
}
