package model

import "math"

// Bands are the quantiles of the next steps: a row a step, a column a level.
type Bands struct {
	// Levels are the quantile levels, rising within (0, 1).
	Levels []float64
	// Steps has the quantiles of each step.
	Steps [][]float64
	// Peaks has the quantiles of the running maximum: row h-1 that of the
	// steps 1 to h.
	Peaks [][]float64
}

// NewBands gives bands of zeros.
func NewBands(levels []float64, horizon int) *Bands {
	return &Bands{Levels: levels, Steps: newTable(horizon, len(levels)), Peaks: newTable(horizon, len(levels))}
}

func newTable(rows, columns int) [][]float64 {
	cells := make([]float64, rows*columns)
	table := make([][]float64, rows)
	for i := range table {
		table[i] = cells[i*columns : (i+1)*columns : (i+1)*columns]
	}
	return table
}

// Settle brings raw quantiles into the orders that hold for any distribution:
// not negative, sorted by level, a peak at least the steps it covers and the
// peak before it. It raises numbers only, never lowers one.
func (b *Bands) Settle() {
	for h := range b.Steps {
		raise(b.Steps[h])
		if h == 0 {
			copy(b.Peaks[0], b.Steps[0])
			continue
		}
		for j := range b.Peaks[h] {
			b.Peaks[h][j] = max(b.Peaks[h][j], b.Peaks[h-1][j], b.Steps[h][j])
		}
		raise(b.Peaks[h])
	}
}

func raise(row []float64) {
	low := 0.0
	for j, x := range row {
		low = max(low, x)
		row[j] = low
	}
}

// Sound says whether every number obeys the orders that Settle brings about
// and is finite.
func (b *Bands) Sound() bool {
	for h := range b.Steps {
		if !soundRow(b.Steps[h]) || !soundRow(b.Peaks[h]) {
			return false
		}
		for j, x := range b.Steps[h] {
			peak := b.Peaks[h][j]
			if peak < x || h == 0 && peak != x || h > 0 && peak < b.Peaks[h-1][j] {
				return false
			}
		}
	}
	return true
}

func soundRow(row []float64) bool {
	low := 0.0
	for _, x := range row {
		if !(x >= low) || math.IsInf(x, 0) {
			return false
		}
		low = x
	}
	return true
}
