package model

// Pooling brings quantiles whose steps were learned one by one into the orders
// that hold for any law. It keeps what it needs in between, so that it does not
// allocate.
type Pooling struct{ blocks []block }

// NewPooling gives a pooling of at most so many rows.
func NewPooling(rows int) Pooling { return Pooling{make([]block, 0, rows)} }

// Order moves quantiles as little as it can: the peaks to the nearest that do not
// fall from row to row, each step to at most its peak, and the first step to its
// peak. To raise what is too low instead, as Settle does, would leave the peaks
// above their levels, as the maximum of several guesses is above the best of them.
// Rows that are sorted stay sorted. There must be a row.
func (p *Pooling) Order(steps, peaks [][]float64) {
	for j := range peaks[0] {
		p.rise(peaks, j)
		for h := range steps {
			steps[h][j] = min(steps[h][j], peaks[h][j])
		}
	}
	copy(steps[0], peaks[0])
}

// block is a run of rows that share a value.
type block struct {
	value float64
	rows  int
}

// rise replaces a column by the non-decreasing one with the least sum of
// squared differences (pool adjacent violators: Barlow et al. 1972).
func (p *Pooling) rise(table [][]float64, column int) {
	blocks := p.blocks[:0]
	for _, row := range table {
		b := block{row[column], 1}
		for n := len(blocks); n > 0 && blocks[n-1].value > b.value; n-- {
			last := blocks[n-1]
			rows := last.rows + b.rows
			b = block{(last.value*float64(last.rows) + b.value*float64(b.rows)) / float64(rows), rows}
			blocks = blocks[:n-1]
		}
		blocks = append(blocks, b)
	}
	h := 0
	for _, b := range blocks {
		for range b.rows {
			table[h][column] = b.value
			h++
		}
	}
}
