package model

import (
	"fmt"
	"math"
)

// Days is how many days of bins a History keeps.
const Days = 21

// History is a series' settled bins, oldest to newest without a hole, over at
// most the last Days days. A bin without a value, and one outside the window,
// reads NaN.
type History struct {
	grid  Grid
	start int64 // the number of the first bin stored
	// The three have one entry a bin. They hold up to a day more than the
	// window, so that old bins go a day at a time.
	folded, revised []float64
	revision        []int32
	samples         int
}

// NewHistory gives an empty history. The samples are those that were folded
// before the first bin it will hold: 0 unless a history is being restored.
func NewHistory(grid Grid, samples int) *History {
	return &History{grid: grid, samples: samples}
}

// Grid gives the grid that numbers the bins.
func (h *History) Grid() Grid { return h.grid }

// Window gives the most bins that a history of this grid keeps.
func (h *History) Window() int { return Days * h.grid.PerDay() }

// Len gives the number of bins in the window, gaps included.
func (h *History) Len() int { return min(len(h.folded), h.Window()) }

// Newest gives the number of the newest bin. There must be one.
func (h *History) Newest() int64 { return h.start + int64(len(h.folded)) - 1 }

// First gives the number of the oldest bin in the window. There must be one.
func (h *History) First() int64 { return h.Newest() - int64(h.Len()) + 1 }

// Samples counts the bins with a value that were ever appended.
func (h *History) Samples() int { return h.samples }

// Folded gives the value of a bin as it stood when the bin settled.
func (h *History) Folded(bin int64) float64 { return h.read(h.folded, bin) }

// Revised gives the value of a bin as it is known now.
func (h *History) Revised(bin int64) float64 { return h.read(h.revised, bin) }

func (h *History) read(column []float64, bin int64) float64 {
	i := bin - h.start
	if i < int64(len(column)-h.Window()) || i < 0 || i >= int64(len(column)) {
		return math.NaN()
	}
	return column[i]
}

// Revision gives the revision of what is known of a bin, 0 where nothing is.
func (h *History) Revision(bin int64) int {
	i := bin - h.start
	if i < 0 || i >= int64(len(h.revision)) {
		return 0
	}
	return int(h.revision[i])
}

// Append settles a bin: the one after the newest, or any where there is none
// yet. It panics at any other. NaN is a gap.
func (h *History) Append(bin int64, value float64, revision int) {
	if len(h.folded) == 0 {
		h.start = bin
	}
	if want := h.start + int64(len(h.folded)); bin != want {
		panic(fmt.Sprintf("model: append bin %d, want %d", bin, want))
	}
	if day := h.grid.PerDay(); len(h.folded) >= h.Window()+day {
		h.drop(day)
	}
	h.folded = append(h.folded, value)
	h.revised = append(h.revised, value)
	h.revision = append(h.revision, clampRevision(revision))
	if !math.IsNaN(value) {
		h.samples++
	}
}

// Revise changes what is known of a settled bin. It reports false, and changes
// nothing, where the bin is not in the window or the revision is no newer.
func (h *History) Revise(bin int64, value float64, revision int) bool {
	if h.Len() == 0 || bin < h.First() || bin > h.Newest() {
		return false
	}
	i := bin - h.start
	if clampRevision(revision) <= h.revision[i] {
		return false
	}
	h.revised[i], h.revision[i] = value, clampRevision(revision)
	return true
}

// Replay calls observe once for each bin of the window, oldest first, with a
// history that ends at that bin and holds what is known of it now.
func (h *History) Replay(observe func(past *History)) {
	if h.Len() == 0 {
		return
	}
	past := NewHistory(h.grid, 0)
	for bin := h.First(); bin <= h.Newest(); bin++ {
		past.Append(bin, h.Folded(bin), 0)
		past.revised[len(past.revised)-1] = h.Revised(bin)
		past.revision[len(past.revision)-1] = int32(h.Revision(bin))
		observe(past)
	}
}

func (h *History) drop(n int) {
	h.start += int64(n)
	h.folded = h.folded[:copy(h.folded, h.folded[n:])]
	h.revised = h.revised[:copy(h.revised, h.revised[n:])]
	h.revision = h.revision[:copy(h.revision, h.revision[n:])]
}

func clampRevision(n int) int32 { return int32(min(max(n, 0), math.MaxInt32)) }
