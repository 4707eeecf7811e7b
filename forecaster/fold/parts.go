package fold

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// daySlots is how many slots hold the days of the window: slot = UTC day mod
	// daySlots. The outlooks have the slots from there.
	daySlots = 32
	// waitingSlots is where the slots of the forecasts that wait begin, by their
	// index: behind those of all places.
	waitingSlots = daySlots + (1+streams.MaxMembers)*int(halves)*mostPieces
)

// store appends the parts of the series that changed.
func (s *series) store(parts []streams.Part) []streams.Part {
	put := func(slot int, data []byte) {
		parts = append(parts, streams.Part{Key: streams.PartKey{Series: s.id.Series, Slot: slot}, Data: data})
		delete(s.left, slot)
	}
	if s.changed {
		put(streams.NoSlot, s.storeHead())
	}
	for _, day := range slices.Sorted(maps.Keys(s.days)) {
		if from, to := s.dayBins(day); from <= to {
			put(int(day%daySlots), s.storeDay(from, to))
		}
	}
	s.changed = false
	clear(s.days)
	for _, o := range s.outlooks {
		if o.changed {
			s.storeOutlook(o, put)
			o.changed = false
		}
	}
	for _, i := range slices.Sorted(maps.Keys(s.awaited)) {
		put(waitingSlots+i, s.storeWaiting(i))
	}
	clear(s.awaited)
	for _, slot := range slices.Sorted(maps.Keys(s.left)) {
		put(slot, []byte{format}) // nothing, in place of what an outlook left
	}
	return parts
}

func (s *series) storeHead() []byte {
	b := []byte{format}
	b = binary.LittleEndian.AppendUint64(b, uint64(s.inputs))
	b = binary.AppendVarint(b, s.clock)
	b = binary.AppendUvarint(b, s.epochs)
	b = binary.AppendUvarint(b, uint64(s.grid.Period()/time.Second))
	if s.grid == (model.Grid{}) {
		return b
	}
	b = appendBytes(b, []byte(s.unit))
	b = binary.AppendUvarint(b, uint64(s.past.Samples()))
	b = binary.AppendUvarint(b, uint64(s.past.Len()))
	if s.past.Len() > 0 {
		b = binary.AppendVarint(b, s.past.Newest())
	}
	b = binary.AppendUvarint(b, uint64(len(s.young)))
	for _, y := range s.young {
		b = appendYoung(b, y)
	}
	b = binary.AppendUvarint(b, uint64(len(s.held)))
	for _, h := range s.held {
		b = appendYoung(b, h.young)
		b = append(b, 0)
		if h.settled {
			b[len(b)-1] = 1
		}
	}
	b = binary.AppendUvarint(b, uint64(len(s.outlooks)))
	for _, o := range s.outlooks {
		b = binary.AppendUvarint(b, uint64(o.place))
		b = binary.AppendUvarint(b, o.epoch)
	}
	return b
}

// storeOutlook puts the pieces of an outlook: those of its parameters where there
// are others.
func (s *series) storeOutlook(o *outlook, put func(slot int, data []byte)) {
	snapshot, fixed := o.snapshot()
	data := [halves][]byte{stateHalf: o.store(snapshot[fixed:], fixed)}
	if fixed > 0 && (o.fitted || fixed != o.fixed) {
		data[parametersHalf] = append(binary.AppendUvarint(nil, o.refits.adopted), snapshot[:fixed]...)
	}
	o.fitted, o.fixed = false, fixed
	for h, data := range data {
		if len(data) == 0 {
			continue
		}
		all := cut(o.epoch, data)
		for i, piece := range all {
			put(slot(o.place, half(h), i), piece)
		}
		for i := len(all); i < o.used[h]; i++ {
			s.left[slot(o.place, half(h), i)] = true
		}
		o.used[h] = len(all)
	}
}

// store writes the outlook without its parameters, which are fixed bytes, and
// without the forecasts that wait.
func (o *outlook) store(snapshot []byte, fixed int) []byte {
	r := o.refits
	b := []byte{0}
	if r.started {
		b[0] = 1
	}
	for _, bin := range []int64{r.due, r.pending, r.tried} {
		b = binary.AppendVarint(b, bin)
	}
	b = binary.AppendUvarint(b, r.adopted)
	b = binary.AppendUvarint(b, r.refused)
	b = binary.AppendUvarint(b, uint64(fixed))
	return appendBytes(appendBytes(b, snapshot), o.card.AppendBinary(nil))
}

func appendYoung(b []byte, y young) []byte {
	b = binary.AppendVarint(b, y.bin)
	b = binary.AppendUvarint(b, uint64(y.revision))
	return appendFloat(b, y.value)
}

// dayBins gives the bins of a UTC day that are in the window.
func (s *series) dayBins(day int64) (from, to int64) {
	if s.past.Len() == 0 {
		return 0, -1
	}
	perDay := int64(s.grid.PerDay())
	return max(day*perDay, s.past.First()), min((day+1)*perDay-1, s.past.Newest())
}

// storeDay writes the bins of a day: their folded values, then what was
// revised since, then the revisions that are not 1.
func (s *series) storeDay(from, to int64) []byte {
	b := make([]byte, 0, 16+8*(to-from+1))
	b = append(b, format)
	b = binary.AppendUvarint(b, uint64(s.grid.Period()/time.Second))
	b = binary.AppendVarint(b, from)
	b = binary.AppendUvarint(b, uint64(to-from+1))
	for bin := from; bin <= to; bin++ {
		b = appendFloat(b, s.past.Folded(bin))
	}
	for bin := from; bin <= to; bin++ {
		revised := s.past.Revised(bin)
		if identical(revised, s.past.Folded(bin)) && s.past.Revision(bin) == 1 {
			continue
		}
		b = binary.AppendUvarint(b, uint64(bin-from))
		b = binary.AppendUvarint(b, uint64(s.past.Revision(bin)))
		b = appendFloat(b, revised)
	}
	return b
}

func identical(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// storeWaiting writes what waits at an index of all outlooks.
func (s *series) storeWaiting(i int) []byte {
	b := []byte{format}
	for _, o := range s.outlooks {
		p := o.waiting[i]
		if len(p.cells) == 0 {
			continue
		}
		b = binary.AppendUvarint(b, o.epoch)
		b = binary.AppendVarint(b, p.origin)
		b = binary.AppendUvarint(b, uint64(len(p.cells)))
		for _, x := range p.cells {
			b = appendFloat(b, x)
		}
	}
	return b
}
