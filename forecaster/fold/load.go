package fold

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// storedSeries are the parts of a series, sorted by what they hold.
type storedSeries struct {
	head     []byte
	days     [][]byte
	outlooks [1 + streams.MaxMembers][halves]pieces // by place
	waiting  [][]byte
}

func (p *storedSeries) sort(part streams.Part) {
	switch slot := part.Key.Slot; {
	case slot == streams.NoSlot:
		p.head = part.Data
	case slot < daySlots:
		p.days = append(p.days, part.Data)
	case slot < waitingSlots:
		n := slot - daySlots
		p.outlooks[n/mostPieces/int(halves)][n/mostPieces%int(halves)][n%mostPieces] = part.Data
	default:
		p.waiting = append(p.waiting, part.Data)
	}
}

func open(data []byte) *reader {
	r := &reader{b: data}
	if f := r.take(1); r.err == nil && f[0] != format {
		r.b, r.err = nil, fmt.Errorf("format: want %d, got %d", format, f[0])
	}
	return r
}

// loadSeries brings a series back.
func (s *State) loadSeries(name string, stored *storedSeries) error {
	if stored.head == nil {
		return errors.New("the part of the series itself is missing")
	}
	r := open(stored.head)
	sr := s.newSeries(name)
	sr.changed = false
	sr.inputs, sr.clock, sr.epochs = fingerprint(r.word()), r.int(), r.uint()
	period := time.Duration(r.uint()) * time.Second
	if r.err == nil && period == 0 { // nothing came that had a grid
		s.series[name] = sr
		return r.done()
	}
	sr.unit = streams.Unit(r.bytes())
	samples, length := int(r.uint()), int(r.uint())
	if r.err != nil {
		return r.err
	}
	grid, err := model.NewGrid(period)
	if err != nil {
		return err
	}
	sr.grid, sr.past = grid, model.NewHistory(grid, samples)
	if length > 0 {
		if err := sr.loadWindow(r.int(), length, samples, stored.days); err != nil {
			return fmt.Errorf("window: %w", err)
		}
	}
	if err := sr.loadYoung(r); err != nil {
		return err
	}
	if err := sr.loadHeld(r); err != nil {
		return err
	}
	if err := s.loadOutlooks(sr, r, stored); err != nil {
		return err
	}
	s.series[name] = sr
	return r.done()
}

// loadYoung reads the bins after the window, which are near it and rise.
func (s *series) loadYoung(r *reader) error {
	s.young = make([]young, r.count(10))
	after := int64(-1)
	if s.past.Len() > 0 {
		after = s.past.Newest()
	}
	for i := range s.young {
		y := r.young()
		far := i > 0 || s.past.Len() > 0
		if r.err == nil && (y.bin <= after || far && y.bin-after > int64(s.past.Window())) {
			return fmt.Errorf("young bin %d after %d", y.bin, after)
		}
		s.young[i], after = y, y.bin
	}
	return r.err
}

// loadHeld reads the bins that wait for the next round.
func (s *series) loadHeld(r *reader) error {
	s.held = make([]held, r.count(11))
	for i := range s.held {
		h := held{r.young(), r.flag()}
		if r.err == nil && h.bin < 0 {
			return fmt.Errorf("held bin %d", h.bin)
		}
		s.held[i] = h
	}
	return r.err
}

func (r *reader) young() young {
	return young{bin: r.int(), revision: int(r.uint()), value: r.float()}
}

// cell is a bin as it was stored.
type cell struct {
	folded, revised float64
	revision        int
}

// loadWindow fills the window with the length bins up to the newest.
func (s *series) loadWindow(newest int64, length, samples int, days [][]byte) error {
	if length < 0 || length > s.past.Window() || newest < int64(length)-1 {
		return fmt.Errorf("want at most %d bins since 1970, got %d up to %d", s.past.Window(), length, newest)
	}
	first := newest - int64(length) + 1
	cells := make([]cell, length)
	filled := 0
	for _, data := range days {
		n, err := s.loadDay(data, first, cells)
		if err != nil {
			return fmt.Errorf("day: %w", err)
		}
		filled += n
	}
	if filled != length {
		return fmt.Errorf("want %d bins, got %d", length, filled)
	}
	for _, c := range cells {
		if !math.IsNaN(c.folded) {
			samples--
		}
	}
	s.past = model.NewHistory(s.grid, samples)
	for i, c := range cells {
		s.past.Append(first+int64(i), c.folded, 0)
		s.past.Revise(first+int64(i), c.revised, c.revision)
	}
	return nil
}

// loadDay reads the bins of one day into the cells, which begin at first. It
// gives the number of cells filled: none for a day that lies outside, or on
// another grid.
func (s *series) loadDay(data []byte, first int64, cells []cell) (filled int, err error) {
	r := open(data)
	period, from := r.uint(), r.int()
	day := make([]cell, r.count(8))
	for i := range day {
		v := r.float()
		day[i] = cell{v, v, 1}
	}
	for r.err == nil && len(r.b) > 0 {
		i := r.uint()
		revision, revised := int(r.uint()), r.float()
		if r.err == nil && i >= uint64(len(day)) {
			return 0, fmt.Errorf("bin %d of %d", i, len(day))
		}
		if r.err == nil {
			day[i].revised, day[i].revision = revised, revision
		}
	}
	if r.err != nil || period != uint64(s.grid.Period()/time.Second) {
		return 0, r.err
	}
	for i, c := range day {
		if at := from + int64(i) - first; at >= 0 && at < int64(len(cells)) {
			cells[at] = c
			filled++
		}
	}
	return filled, nil
}
