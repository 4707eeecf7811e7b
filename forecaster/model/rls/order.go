package rls

// order brings quantiles whose steps were learned one by one into the orders
// that hold for any law, moving them as little as it can: the peaks to the
// nearest that do not fall from step to step, each step to at most its peak. To
// raise what is too low instead would leave the peaks above their levels, as
// the maximum of several guesses is above the best of them.
func (s *scratch) order(steps, peaks [][]float64) {
	for j := range peaks[0] {
		s.rise(peaks, j)
		for h := range steps {
			steps[h][j] = min(steps[h][j], peaks[h][j])
		}
	}
	copy(steps[0], peaks[0])
}

// block is a run of steps that share a value.
type block struct {
	value float64
	steps int
}

// rise replaces a column by the non-decreasing one with the least sum of
// squared differences (pool adjacent violators: Barlow et al. 1972).
func (s *scratch) rise(rows [][]float64, column int) {
	blocks := s.blocks[:0]
	for _, row := range rows {
		b := block{row[column], 1}
		for n := len(blocks); n > 0 && blocks[n-1].value > b.value; n-- {
			last := blocks[n-1]
			steps := last.steps + b.steps
			b = block{(last.value*float64(last.steps) + b.value*float64(b.steps)) / float64(steps), steps}
			blocks = blocks[:n-1]
		}
		blocks = append(blocks, b)
	}
	h := 0
	for _, b := range blocks {
		for range b.steps {
			rows[h][column] = b.value
			h++
		}
	}
}
