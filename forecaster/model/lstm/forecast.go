package lstm

import (
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

const (
	// mostSaid is the largest quantile that is said, as a multiple of the top.
	mostSaid = 16
	// mostBent is the largest quantile as the network says it.
	mostBent = 40
)

// tailed reads a history as it settled, and the bins after it.
type tailed struct {
	past *model.History
	tail []float64
}

func (t *tailed) at(bin int64) float64 {
	if i := bin - t.past.Newest() - 1; i >= 0 && i < int64(len(t.tail)) {
		return t.tail[i]
	}
	return t.past.Folded(bin)
}

// Forecast writes the quantiles after the tail. It reports false where no value
// was seen.
func (m *Model) Forecast(past *model.History, tail []float64, dst *model.Bands) bool {
	if len(dst.Steps) > m.config.Horizon {
		panic(fmt.Sprintf("lstm: %d rows, the horizon is %d", len(dst.Steps), m.config.Horizon))
	}
	if !m.ready() {
		return m.cold.Forecast(past, tail, dst)
	}
	behind := len(dst.Steps) > m.rows && m.cold.Forecast(past, tail, dst)
	output, g := m.ahead(past, tail)
	m.spread(output, g, g.blend.origin(past.Newest()+int64(len(tail))), dst)
	if len(dst.Steps) > m.rows && !behind {
		repeat(dst, m.rows)
	}
	dst.Settle()
	return true
}

// ahead gives what the head says after the tail, and the gauge there.
func (m *Model) ahead(past *model.History, tail []float64) ([]float64, *gauge) {
	if len(tail) == 0 && m.fresh {
		return m.newest, &m.gauge
	}
	s := &m.scratch
	s.tailed = tailed{past, tail}
	s.gauge.copyFrom(&m.gauge)
	copy(s.state.Values(), m.state.Values())
	for i := range tail {
		m.follow(&s.gauge, s.state, &s.tailed, past.Newest()+1+int64(i))
	}
	if len(tail) == 0 {
		v := view{calendar: m.calendar, of: &s.tailed, origin: past.Newest(), gauge: &s.gauge}
		v.look(&s.sight)
	}
	m.speak(s.state, s.output)
	return s.output, &s.gauge
}

// spread writes the rows that the network says.
func (m *Model) spread(output []float64, g *gauge, o *origin, dst *model.Bands) {
	most, peaks := mostSaid*g.top, output[len(output)/2:]
	for h := range min(len(dst.Steps), m.rows) {
		m.quantiles(h, output[h*levelCount:], dst.Steps[h])
		m.quantiles(m.rows+h, peaks[h*levelCount:], dst.Peaks[h])
		peak := o.peak(h)
		for j := range m.levels {
			dst.Steps[h][j] = min(unbend(dst.Steps[h][j], o.centers[h], o.scales[h]), most)
			dst.Peaks[h][j] = min(unbend(dst.Peaks[h][j], peak, o.scales[h]), most)
		}
	}
}

// unbend gives what the network says as a load.
func unbend(u, center, scale float64) float64 {
	return max(center+scale*math.Sinh(within(u, mostBent)), 0)
}

// quantiles writes those of a row of the offsets, as the network says them.
func (m *Model) quantiles(row int, head, to []float64) {
	for j, mix := range m.levels {
		to[j] = mix.of(head)
	}
	m.offsets.Apply(row, to)
}

// repeat says of later steps what is said of the last that the network says.
func repeat(dst *model.Bands, rows int) {
	for h := rows; h < len(dst.Steps); h++ {
		copy(dst.Steps[h], dst.Steps[rows-1])
		copy(dst.Peaks[h], dst.Peaks[rows-1])
	}
}
