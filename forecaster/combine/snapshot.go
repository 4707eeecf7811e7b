package combine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
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
			b = appendBytes(b, rest[i][:n])
			rest[i] = rest[i][n:]
		}
	}
	for _, part := range rest {
		b = appendBytes(b, part)
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
	r := &reader{b: snapshot[1:]}
	whole := make([][]byte, len(m.parts))
	for i, p := range m.parts {
		if _, ok := p.Model.(model.Refitter); ok {
			whole[i] = append(whole[i], r.bytes()...)
		}
	}
	for i := range whole {
		whole[i] = append(whole[i], r.bytes()...)
	}
	if r.err != nil {
		return fmt.Errorf("combine: restore: %w", r.err)
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
			b = appendFloats(b, was.anchor)
			b = appendSingles(appendSingles(b, was.steps), was.peaks)
		}
	}
	return b
}

func (s *side) appendState(b []byte) []byte {
	for _, e := range s.pool.experts {
		b = appendSingles(b, []float32{e.regret, e.square, e.most})
	}
	b = appendFloats(b, s.center.value, s.center.count, s.all.value, s.all.count)
	return s.offsets.AppendBinary(b)
}

func (m *Model) readState(r *reader) error {
	m.raised = int64(r.word())
	for i := range m.leads {
		l := &m.leads[i]
		l.awake = set(r.half())
		if err := errors.Join(l.steps.readState(r), l.peaks.readState(r)); err != nil {
			return err
		}
		for k := range l.ring {
			was := &l.ring[k]
			was.parts, was.anchor = set(r.half()), r.float()
			r.singles(was.steps)
			r.singles(was.peaks)
		}
	}
	return r.end()
}

func (s *side) readState(r *reader) error {
	for i := range s.pool.experts {
		e := &s.pool.experts[i]
		e.regret, e.square, e.most = r.single(), r.single(), r.single()
	}
	s.center = mean{r.float(), r.float()}
	s.all = mean{r.float(), r.float()}
	return s.offsets.UnmarshalBinary(r.take(s.offsets.Size()))
}

func appendFloats(b []byte, list ...float64) []byte {
	for _, x := range list {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

func appendSingles(b []byte, list []float32) []byte {
	for _, x := range list {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}
