package lstm

import (
	"errors"
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/numbers"
)

const (
	// snapshotFormat is the version of a snapshot.
	snapshotFormat = 1
	// nameSize is how much of the checksum of the weights a snapshot has, in
	// characters.
	nameSize = 16
)

// Snapshot appends the weights in force where an estimate was adopted, else
// their name; then the gauge, the state, what was said, and the offsets.
func (m *Model) Snapshot(b []byte) []byte {
	if m.adopted != nil {
		b = append(b, snapshotFormat, 1)
		b = append(b, encodeEstimate(m.adopted)...)
	} else {
		b = append(b, snapshotFormat, 0)
		b = append(b, m.global.Sum()[:nameSize]...)
	}
	b = m.gauge.encode(b)
	b = numbers.AppendFloats(b, m.state.Values()...)
	b = appendLong(b, int64(m.speaks))
	for _, heads := range m.said {
		b = numbers.AppendSingles(b, heads)
	}
	return m.offsets.AppendBinary(b)
}

// Fixed is the length of the weights that were adopted, 0 where none were.
func (m *Model) Fixed() int {
	if m.adopted == nil {
		return 0
	}
	return 2 + estimateSize(len(m.adopted))
}

func (g *gauge) encode(b []byte) []byte {
	b = appendLong(appendLong(appendLong(b, g.missing), g.samples), g.aheadOf)
	g.visit(func(list ...*float64) {
		for _, x := range list {
			b = numbers.AppendFloats(b, *x)
		}
	})
	return b
}

func (g *gauge) decode(r *numbers.Reader) {
	g.missing, g.samples, g.aheadOf = int64(r.Word()), int64(r.Word()), int64(r.Word())
	g.visit(r.Floats)
}

// visit shows all numbers but the counts, in a fixed order.
func (g *gauge) visit(see func(list ...*float64)) {
	see(&g.last, &g.top, &g.level, &g.levelHour, &g.mean, &g.middle, &g.middleHour, &g.weight, &g.weightHour)
	b := &g.blend
	for h := range g.ahead {
		see(&g.ahead[h].day, &g.ahead[h].week, &g.ahead[h].days)
		for i := range candidates {
			see(&b.errors[h][i].mean, &b.errors[h][i].weight)
		}
		r := &b.rests[h]
		see(&r.mean.mean, &r.mean.weight, &r.middle, &r.hour, &r.weightHour)
	}
	for k := range b.origins {
		o := &b.origins[k]
		see(&o.middle, &o.before.day, &o.before.week, &o.before.days, &o.last, &o.level, &o.levelHour)
		for h := range o.centers {
			see(&o.centers[h], &o.scales[h])
		}
	}
}

// Restore reads what Snapshot wrote of a model of the same configuration and
// weights. Where the snapshot is empty it learns from the window anew.
func (m *Model) Restore(past *model.History, snapshot []byte) error {
	if len(snapshot) == 0 {
		model.Build(m, past)
		return nil
	}
	if err := m.restore(snapshot); err != nil {
		return fmt.Errorf("lstm: restore: %w", err)
	}
	m.settle()
	if m.cold == nil {
		return nil
	}
	return m.cold.Restore(past, nil)
}

func (m *Model) restore(snapshot []byte) error {
	r := numbers.NewReader(snapshot)
	head := r.Take(2)
	if r.Err() != nil {
		return r.Err()
	}
	if head[0] != snapshotFormat {
		return fmt.Errorf("format: want %d, got %d", snapshotFormat, head[0])
	}
	if head[1] == 0 {
		if name, want := string(r.Take(nameSize)), m.global.Sum()[:nameSize]; name != want {
			return fmt.Errorf("weights: want those of checksum %s, got %s", want, name)
		}
	} else {
		n := m.global.Parameters()
		parameters, err := decodeEstimate(r.Take(estimateSize(n)), n)
		if err != nil {
			return err
		}
		m.enforce(parameters)
	}
	return m.restoreState(r)
}

// restoreState reads what comes after the weights.
func (m *Model) restoreState(r *numbers.Reader) error {
	m.gauge.decode(r)
	r.Fill(m.state.Values())
	m.speaks = r.Word()
	for _, heads := range m.said {
		r.FillSingles(heads)
	}
	offsets := r.Take(m.offsets.Size())
	if err := r.End(); err != nil {
		return err
	}
	if math.IsNaN(m.gauge.top) || m.gauge.samples < 0 || m.gauge.missing < 0 {
		return errors.New("gauge: is none")
	}
	return m.offsets.UnmarshalBinary(offsets)
}
