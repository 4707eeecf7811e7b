package combine

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/numbers"
)

// format is the version of the snapshot.
const format = 1

// Snapshot appends what is fixed of each part, the rest of each, then what the
// combination learned, in a fixed order.
func (m *Model) Snapshot(b []byte) []byte {
	b = append(b, format)
	rest := make([][]byte, len(m.parts))
	for i, p := range m.parts {
		rest[i] = p.Model.Snapshot(nil)
		if r, ok := p.Model.(model.Refitter); ok {
			n := r.Fixed()
			b = numbers.AppendBytes(b, rest[i][:n])
			rest[i] = rest[i][n:]
		}
	}
	for _, part := range rest {
		b = numbers.AppendBytes(b, part)
	}
	return m.appendState(b)
}

// Fixed gives the bytes of what is fixed of each part.
func (m *Model) Fixed() int {
	n := 1
	for _, p := range m.parts {
		if r, ok := p.Model.(model.Refitter); ok {
			n += 4 + r.Fixed()
		}
	}
	return n
}

// Restore reads what Snapshot wrote of a model of equal parts. Where the snapshot
// is empty it learns from the window anew.
func (m *Model) Restore(past *model.History, snapshot []byte) error {
	if len(snapshot) == 0 {
		model.Build(m, past)
		return nil
	}
	if snapshot[0] != format {
		return fmt.Errorf("combine: restore: format: want %d, got %d", format, snapshot[0])
	}
	r := numbers.NewReader(snapshot[1:])
	whole := make([][]byte, len(m.parts))
	for i, p := range m.parts {
		if _, ok := p.Model.(model.Refitter); ok {
			whole[i] = append(whole[i], r.Bytes()...)
		}
	}
	for i := range whole {
		whole[i] = append(whole[i], r.Bytes()...)
	}
	if r.Err() != nil {
		return fmt.Errorf("combine: restore: %w", r.Err())
	}
	for i, p := range m.parts {
		if err := p.Model.Restore(past, whole[i]); err != nil {
			return fmt.Errorf("combine: restore part %s: %w", p.Name, err)
		}
	}
	if err := m.readState(r); err != nil {
		return fmt.Errorf("combine: restore: %w", err)
	}
	if past.Len() > 0 {
		m.weigh(past)
	}
	return nil
}

func (m *Model) appendState(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(m.raised))
	for i := range m.leads {
		l := &m.leads[i]
		b = binary.LittleEndian.AppendUint32(b, uint32(l.awake))
		b = l.peaks.appendState(l.steps.appendState(b))
		for k := range l.ring {
			was := &l.ring[k]
			b = binary.LittleEndian.AppendUint32(b, uint32(was.parts))
			b = numbers.AppendFloats(b, was.anchor)
			b = numbers.AppendSingles(numbers.AppendSingles(b, was.steps), was.peaks)
		}
	}
	return b
}

func (s *side) appendState(b []byte) []byte {
	for _, e := range s.pool.experts {
		b = numbers.AppendSingles(b, []float32{e.regret, e.square, e.most})
	}
	b = numbers.AppendFloats(b, s.center.value, s.center.count, s.all.value, s.all.count)
	return s.offsets.AppendBinary(b)
}

func (m *Model) readState(r *numbers.Reader) error {
	m.raised = int64(r.Word())
	for i := range m.leads {
		l := &m.leads[i]
		l.awake = set(r.Half())
		if err := errors.Join(l.steps.readState(r), l.peaks.readState(r)); err != nil {
			return err
		}
		for k := range l.ring {
			was := &l.ring[k]
			was.parts, was.anchor = set(r.Half()), r.Float()
			r.FillSingles(was.steps)
			r.FillSingles(was.peaks)
		}
	}
	return r.End()
}

func (s *side) readState(r *numbers.Reader) error {
	for i := range s.pool.experts {
		e := &s.pool.experts[i]
		e.regret, e.square, e.most = r.Single(), r.Single(), r.Single()
	}
	s.center = mean{r.Float(), r.Float()}
	s.all = mean{r.Float(), r.Float()}
	return s.offsets.UnmarshalBinary(r.Take(s.offsets.Size()))
}
