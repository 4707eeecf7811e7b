package combine

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Forecast writes the quantiles after the tail. It reports false where the first
// part has nothing to say.
func (m *Model) Forecast(past *model.History, tail []float64, dst *model.Bands) bool {
	if len(dst.Steps) > m.config.Horizon {
		panic(fmt.Sprintf("combine: %d rows, the horizon is %d", len(dst.Steps), m.config.Horizon))
	}
	// What contradicts is drawn together over all rows up to the last lead's, so
	// they are needed even where fewer are asked for.
	rows := max(len(dst.Steps), len(m.places))
	if !m.add(past, tail, rows) {
		return false
	}
	sums, masses := m.scratch.sums, m.scratch.masses
	for h := range rows {
		at := m.place(h)
		low, high := &m.leads[at.low], &m.leads[at.high]
		divide(sums.Steps[h], masses.Steps[h])
		divide(sums.Peaks[h], masses.Peaks[h])
		low.steps.settle(sums.Steps[h], &high.steps, at.share)
		low.peaks.settle(sums.Peaks[h], &high.peaks, at.share)
	}
	m.scratch.pooling.Order(sums.Steps[:len(m.places)], sums.Peaks[:len(m.places)])
	for h := range dst.Steps {
		copy(dst.Steps[h], sums.Steps[h])
		copy(dst.Peaks[h], sums.Peaks[h])
	}
	dst.Settle()
	return true
}

// add adds up what the parts say of the first rows, and the weights of those that
// speak of each.
func (m *Model) add(past *model.History, tail []float64, rows int) bool {
	sums, masses := m.scratch.sums, m.scratch.masses
	for _, b := range []*model.Bands{sums, masses} {
		for h := range rows {
			clear(b.Steps[h])
			clear(b.Peaks[h])
		}
	}
	for k, p := range m.parts {
		said := m.scratch.first(rows)
		spoke := p.Model.Forecast(past, tail, said)
		if !spoke && k == 0 {
			return false
		}
		for h := range min(rows, m.reach(k, past)) {
			if spoke {
				at := m.place(h)
				low, high := &m.leads[at.low], &m.leads[at.high]
				blend(term{k, at.share, &low.steps.pool, &high.steps.pool}, said.Steps[h], sums.Steps[h], masses.Steps[h])
				blend(term{k, at.share, &low.peaks.pool, &high.peaks.pool}, said.Peaks[h], sums.Peaks[h], masses.Peaks[h])
			}
		}
	}
	return true
}

// term says whose quantiles of a row are added, and by which weights.
type term struct {
	part      int
	share     float64
	low, high *pool
}

func blend(t term, said, sum, mass []float64) {
	for j, q := range said {
		w := between(t.low.at(j)[t.part], t.high.at(j)[t.part], t.share)
		sum[j] += w * q
		mass[j] += w
	}
}

func divide(sum, mass []float64) {
	for j := range sum {
		sum[j] /= mass[j]
	}
}

// place gives the place of a row.
func (m *Model) place(row int) place { return m.places[min(row, len(m.places)-1)] }
