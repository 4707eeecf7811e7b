package regarima

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/numbers"
)

// snapshotFormat is the version of a snapshot.
const snapshotFormat = 2

// Snapshot appends the parameters in force, where the filter stands and what the
// dresser learned; nothing but a byte before the first estimate, when all
// follows from the window.
func (m *Model) Snapshot(b []byte) []byte {
	b = append(b, snapshotFormat)
	if m.adopted == nil {
		return b
	}
	b = numbers.AppendBytes(b, m.adopted.binary(m.kind))
	b = numbers.AppendFloats(b, m.top.value, m.alarm.up, m.alarm.down)
	b = numbers.AppendBytes(b, m.filter.AppendBinary(nil))
	return m.dresser.AppendBinary(b)
}

// Fixed gives the bytes of a Snapshot up to the parameters' last.
func (m *Model) Fixed() int {
	if m.adopted == nil {
		return 1
	}
	return 1 + 4 + len(m.adopted.binary(m.kind))
}

// Restore reads what Snapshot wrote of a model of the same configuration.
func (m *Model) Restore(past *model.History, snapshot []byte) error {
	if len(snapshot) == 0 {
		model.Build(m, past)
		return nil
	}
	if snapshot[0] != snapshotFormat {
		return fmt.Errorf("regarima: restore: format: want %d, got %d", snapshotFormat, snapshot[0])
	}
	if len(snapshot) == 1 {
		return m.cold.Restore(past, nil)
	}
	if err := m.restore(snapshot[1:]); err != nil {
		return fmt.Errorf("regarima: restore: %w", err)
	}
	return nil
}

func (m *Model) restore(b []byte) error {
	r := reader{b: b}
	m.top = newTop(m.config.Grid.PerDay())
	estimate := r.bytes()
	m.top.value, m.alarm.up, m.alarm.down = r.float(), r.float(), r.float()
	filter := r.bytes()
	if r.err != nil {
		return r.err
	}
	if m.top.value < 0 {
		return errors.New("the largest load of late is negative")
	}
	if err := m.enforce(estimate); err != nil {
		return err
	}
	if err := m.filter.UnmarshalBinary(filter); err != nil {
		return err
	}
	m.cold = nil
	return m.dresser.UnmarshalBinary(r.b)
}

// bytes reads a list of bytes with its length before it.
func (r *reader) bytes() []byte {
	n := binary.LittleEndian.Uint32(r.take(4))
	if uint64(n) > uint64(len(r.b)) {
		r.b, r.err = nil, errors.New("cut off")
		return nil
	}
	return r.take(int(n))
}
