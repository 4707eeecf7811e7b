package modeltest

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// refitted is a Refitter that is refitted every so many bins as it observes,
// with a delay, in the way of package fold: what every model promises holds for
// it too. It panics where an estimate is refused.
type refitted struct {
	model.Refitter
	every, count int
	pending      int64 // the last bin that the next estimate reads; 0 where none is due
}

// refitting makes models of a kind that are refitted every so many bins.
func refitting(mk Make, every int) Make {
	return func(c model.Config) model.Model {
		return &refitted{Refitter: mk(c).(model.Refitter), every: every}
	}
}

func (m *refitted) Observe(past *model.History) {
	m.Refitter.Observe(past)
	m.count++
	if m.pending > 0 && past.Newest() >= m.pending+delay(past.Grid()) {
		estimate := m.Estimation(past, m.pending)(model.InLine)
		if err := m.Adopt(past, estimate); err != nil {
			panic(fmt.Sprintf("adopt what was estimated up to bin %d: %v", m.pending, err))
		}
		m.pending = 0
	}
	if m.count%m.every == 0 {
		m.pending = past.Newest()
	}
}

// delay is the number of bins after which an estimate is adopted.
func delay(g model.Grid) int64 { return int64(min(3, g.PerDay())) }

func (m *refitted) Snapshot(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(m.count))
	b = binary.AppendVarint(b, m.pending)
	return m.Refitter.Snapshot(b)
}

func (m *refitted) Restore(past *model.History, snapshot []byte) error {
	count, n := binary.Uvarint(snapshot)
	if n <= 0 {
		return errors.New("cut off")
	}
	pending, k := binary.Varint(snapshot[n:])
	if k <= 0 {
		return errors.New("cut off")
	}
	m.count, m.pending = int(count), pending
	return m.Refitter.Restore(past, snapshot[n+k:])
}
