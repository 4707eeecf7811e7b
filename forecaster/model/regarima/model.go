package regarima

import (
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/dress"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
)

// Model is one of the three models.
type Model struct {
	kind   kind
	config model.Config
	// most bounds p and q of an estimate; 0 for arima's own bounds.
	most int
	// cold says what there is to say before the first estimate; nil after.
	cold    model.Model
	adopted *parameters   // in force, nil before the first
	filter  *arima.Filter // of the series less its regression and seasons
	ahead   *arima.Filter // scratch, for the tail
	dresser *dress.Dresser
	top     top
	alarm   alarm
	points  []float64 // scratch
	errors  []float64
}

var (
	_ model.Refitter = (*Model)(nil)
	_ model.Sleeper  = (*Model)(nil)
)

func newModel(k kind, c model.Config) *Model {
	return &Model{
		kind:    k,
		config:  c,
		cold:    naive.New(c),
		dresser: dress.New(c.Levels, c.Horizon, c.Grid.PerDay()),
		points:  make([]float64, c.Horizon),
		errors:  make([]float64, c.Horizon),
	}
}

// Observe folds in the newest bin of past.
func (m *Model) Observe(past *model.History) {
	if m.adopted == nil {
		m.cold.Observe(past)
		return
	}
	bin := past.Newest()
	m.dresser.Judge(bin, past.Folded(bin))
	m.follow(bin, past.Folded(bin))
	m.issue(bin)
}

// follow moves the filter over a bin.
func (m *Model) follow(bin int64, value float64) {
	value = m.top.admit(value)
	innovation, judged := m.filter.Observe(value - m.adopted.expected(bin))
	if judged {
		m.alarm.add(innovation)
	}
}

// issue gives the dresser the forecast from a bin, to be judged later.
func (m *Model) issue(origin int64) {
	n := m.dresser.Steps()
	if m.path(m.filter, origin, m.points[:n], m.errors[:n]) {
		m.dresser.Issue(origin, m.points[:n], m.errors[:n])
	}
}

// path writes the points of the next bins after one and their standard errors.
func (m *Model) path(f *arima.Filter, origin int64, points, se []float64) bool {
	if !f.Forecast(points, se) {
		return false
	}
	for h := range points {
		points[h] += m.adopted.expected(origin + int64(h) + 1)
	}
	return true
}

// Forecast writes the quantiles after the tail. It reports false where no bin of
// the window or the tail has a value.
func (m *Model) Forecast(past *model.History, tail []float64, dst *model.Bands) bool {
	if len(dst.Steps) > m.config.Horizon {
		panic(fmt.Sprintf("regarima: %d rows, the horizon is %d", len(dst.Steps), m.config.Horizon))
	}
	if m.adopted == nil {
		return m.cold.Forecast(past, tail, dst)
	}
	origin := past.Newest()
	m.filter.Copy(m.ahead)
	top := m.top
	for _, value := range tail {
		origin++
		value = top.admit(value)
		m.ahead.Observe(value - m.adopted.expected(origin))
	}
	points, se := m.points[:len(dst.Steps)], m.errors[:len(dst.Steps)]
	if !m.path(m.ahead, origin, points, se) {
		return false
	}
	m.dresser.Bands(origin, points, se, dst)
	return true
}

// Warm says whether an estimate is in force, or the naive model that stands in
// is warm.
func (m *Model) Warm(past *model.History) bool { return m.adopted != nil || m.cold.Warm(past) }

// Reach gives the horizon, 0 before the first estimate.
func (m *Model) Reach(*model.History) int {
	if m.adopted == nil {
		return 0
	}
	return m.config.Horizon
}

// Alarmed says whether the innovations drifted away from what the parameters in
// force let expect.
func (m *Model) Alarmed() bool { return m.alarm.on() }

// top is the largest load of late, halved in topDays.
type top struct{ value, keep float64 }

const (
	topDays = 14
	// mostLeap is how many times the top a value may be and still count in full.
	mostLeap = 4
)

func newTop(perDay int) top { return top{keep: math.Pow(0.5, 1/float64(topDays*perDay))} }

// admit takes a value in, and gives it as far as it counts.
func (t *top) admit(value float64) float64 {
	if math.IsNaN(value) {
		return value
	}
	t.value *= t.keep
	if t.value > 0 {
		value = min(value, mostLeap*t.value)
	}
	t.value = max(t.value, value)
	return value
}

// alarm is a two-sided CUSUM of the standardised innovations (Page 1954).
type alarm struct{ up, down float64 }

const (
	// alarmSlack is the drift, in standard deviations, that is let pass.
	alarmSlack = 0.75
	// alarmLimit is the sum at which it goes off.
	alarmLimit = 25
	// alarmMost bounds what one innovation adds.
	alarmMost = 5
	// alarmTop bounds the sum, so that the alarm ends a little after its cause.
	alarmTop = 2 * alarmLimit
)

func (a *alarm) add(innovation float64) {
	z := min(max(innovation, -alarmMost), alarmMost)
	a.up = min(max(0, a.up+z-alarmSlack), alarmTop)
	a.down = min(max(0, a.down-z-alarmSlack), alarmTop)
}

func (a *alarm) on() bool { return max(a.up, a.down) > alarmLimit }
