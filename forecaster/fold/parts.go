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

// daySlots is how many slots hold the days of the window: slot = UTC day mod
// daySlots. The published forecasts have the slots from there.
const daySlots = 32

// store appends the parts of the series that changed.
func (s *series) store(parts []streams.Part) []streams.Part {
	if s.changed {
		parts = append(parts, streams.Part{Key: streams.PartKey{Series: s.name, Slot: streams.NoSlot}, Data: s.storeHead()})
	}
	for _, day := range slices.Sorted(maps.Keys(s.days)) {
		if from, to := s.dayBins(day); from <= to {
			key := streams.PartKey{Series: s.name, Slot: int(day % daySlots)}
			parts = append(parts, streams.Part{Key: key, Data: s.storeDay(from, to)})
		}
	}
	s.changed = false
	clear(s.days)
	if s.outlook == nil {
		return parts
	}
	for _, i := range slices.Sorted(maps.Keys(s.outlook.changed)) {
		key := streams.PartKey{Series: s.name, Slot: daySlots + i}
		parts = append(parts, streams.Part{Key: key, Data: s.storePublished(s.outlook.waiting[i])})
	}
	clear(s.outlook.changed)
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
	if s.outlook == nil {
		return append(b, 0)
	}
	b = append(b, 1)
	var snapshot []byte
	if s.outlook.model != nil {
		snapshot = s.outlook.model.Snapshot(nil)
	}
	return appendBytes(appendBytes(b, snapshot), s.outlook.card.AppendBinary(nil))
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

func (s *series) storePublished(p published) []byte {
	b := make([]byte, 0, 24+8*len(p.cells))
	b = append(b, format)
	b = binary.AppendUvarint(b, s.epochs)
	b = binary.AppendVarint(b, p.origin)
	for _, x := range p.cells {
		b = appendFloat(b, x)
	}
	return b
}
