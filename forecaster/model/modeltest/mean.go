package modeltest

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Mean is a small model.Refitter for tests of what schedules refits. Its
// parameters are the mean and the mean deviation of the window, each pulled
// towards the ones in force; its state is a level that follows the series.
type Mean struct {
	config model.Config
	state  meanState
}

// meanState is all that a Mean keeps, in numbers that are stored as they are.
type meanState struct {
	level, miss  float64 // smoothed value and smoothed error
	seen         float64 // 1 once there was a value
	mean, spread float64 // the parameters
	fitted       float64 // how many estimates were adopted
	far          float64 // newest values in a row that the parameters do not expect
}

const (
	meanLeast = 8 // values that an estimate needs
	meanFar   = 3 // values in a row that raise the alarm
)

// NewMean makes a Mean that has seen nothing.
func NewMean(c model.Config) model.Model { return &Mean{config: c} }

// Observe moves the level.
func (m *Mean) Observe(past *model.History) { m.state.observe(past.Folded(past.Newest())) }

func (s *meanState) observe(v float64) {
	if math.IsNaN(v) {
		return
	}
	if s.seen == 0 {
		s.seen, s.level = 1, v
	}
	miss := v - s.level
	s.level += 0.3 * miss
	s.miss += 0.1 * (math.Abs(miss) - s.miss)
	s.far++
	if s.fitted == 0 || math.Abs(v-s.mean) <= 6*s.spread {
		s.far = 0
	}
}

// Forecast says the level, drawn to the mean, for every step.
func (m *Mean) Forecast(_ *model.History, tail []float64, dst *model.Bands) bool {
	if len(dst.Steps) > m.config.Horizon {
		panic(fmt.Sprintf("modeltest: forecast %d steps, want at most %d", len(dst.Steps), m.config.Horizon))
	}
	s := m.state
	for _, v := range tail {
		s.observe(v)
	}
	if s.seen == 0 {
		return false
	}
	center := s.level
	if s.fitted > 0 {
		center = (s.level + s.mean) / 2
	}
	for h := range dst.Steps {
		for j, p := range dst.Levels {
			dst.Steps[h][j] = max(0, center+4*(p-0.5)*(s.miss+s.spread))
			dst.Peaks[h][j] = dst.Steps[h][j]
		}
	}
	dst.Settle()
	return true
}

// Warm wants a day of values.
func (m *Mean) Warm(past *model.History) bool { return past.Samples() >= m.config.Grid.PerDay() }

// Snapshot writes the state.
func (m *Mean) Snapshot(b []byte) []byte {
	for _, x := range m.state.fields() {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(*x))
	}
	return b
}

// Restore reads the state.
func (m *Mean) Restore(_ *model.History, snapshot []byte) error {
	var s meanState
	fields := s.fields()
	if len(snapshot) != 8*len(fields) {
		return fmt.Errorf("restore mean: want %d bytes, got %d", 8*len(fields), len(snapshot))
	}
	for i, x := range fields {
		*x = math.Float64frombits(binary.LittleEndian.Uint64(snapshot[8*i:]))
	}
	m.state = s
	return nil
}

func (s *meanState) fields() []*float64 {
	return []*float64{&s.mean, &s.spread, &s.fitted, &s.level, &s.miss, &s.seen, &s.far}
}

// Fixed gives the bytes of the parameters and of their count.
func (m *Mean) Fixed() int { return 3 * 8 }

// Estimation averages each day by itself, and the days in their order.
func (m *Mean) Estimation(past *model.History, through int64) model.Estimation {
	day := m.config.Grid.PerDay()
	var values []float64
	for bin := max(past.First(), through-int64(model.FitDays*day)+1); bin <= through; bin++ {
		values = append(values, past.Folded(bin))
	}
	before := m.state
	return func(each model.Each) []byte {
		mean, n := averaged(each, values, day, func(v float64) float64 { return v })
		if n < meanLeast {
			return nil
		}
		spread, _ := averaged(each, values, day, func(v float64) float64 { return math.Abs(v - mean) })
		if before.fitted > 0 {
			mean, spread = (3*mean+before.mean)/4, (3*spread+before.spread)/4
		}
		b := binary.LittleEndian.AppendUint64(nil, math.Float64bits(mean))
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(spread))
	}
}

// averaged gives the mean of what f says of the values that there are, and
// their number.
func averaged(each model.Each, values []float64, day int, f func(float64) float64) (mean, n float64) {
	days := (len(values) + day - 1) / day
	sums, counts := make([]float64, days), make([]float64, days)
	each(days, func(i int) {
		for _, v := range values[i*day : min((i+1)*day, len(values))] {
			if !math.IsNaN(v) {
				sums[i] += f(v)
				counts[i]++
			}
		}
	})
	sum := 0.0
	for i := range sums {
		sum += sums[i]
		n += counts[i]
	}
	return sum / max(n, 1), n
}

// Adopt takes the parameters and lets the level run over the last day again.
func (m *Mean) Adopt(past *model.History, estimate []byte) error {
	if len(estimate) == 0 {
		return nil
	}
	if len(estimate) != 16 {
		return fmt.Errorf("adopt mean: want 16 bytes, got %d", len(estimate))
	}
	mean := math.Float64frombits(binary.LittleEndian.Uint64(estimate))
	spread := math.Float64frombits(binary.LittleEndian.Uint64(estimate[8:]))
	if most := 1e15; !(mean >= 0 && mean <= most && spread >= 0 && spread <= most) {
		return fmt.Errorf("adopt mean: mean %v and spread %v are none", mean, spread)
	}
	s := meanState{mean: mean, spread: spread, fitted: m.state.fitted + 1}
	for bin := past.Newest() - int64(m.config.Grid.PerDay()); bin <= past.Newest(); bin++ {
		s.observe(past.Folded(bin))
	}
	if s.seen == 0 { // a day without a value
		s.seen, s.level, s.miss = m.state.seen, m.state.level, m.state.miss
	}
	m.state = s
	return nil
}

// Alarmed says that the newest values lie far from the mean.
func (m *Mean) Alarmed() bool { return m.state.far >= meanFar }
