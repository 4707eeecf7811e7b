package rls

import "math"

const (
	// sizesStep is the step whose errors are kept by the time at which they were
	// made, or the last one where there are fewer.
	sizesStep  = 2
	sizesHours = 12 // that are looked back on
)

// sizes are the sizes of the errors that the peak of one step had, over the
// last seven days: the mean of each slot, which is a bin or as many as make
// five minutes.
type sizes struct {
	calendar
	slots []float32 // NaN where there is none, at the slot's number mod len
	// newest is the newest origin whose error is known.
	newest int64
}

func newSizes(c calendar) sizes {
	s := sizes{calendar: c, slots: make([]float32, weekDays*c.day/c.slack+2), newest: -1}
	for i := range s.slots {
		s.slots[i] = float32(math.NaN())
	}
	return s
}

// add takes the size of the error from an origin, the one after the newest,
// NaN where it cannot be told.
func (s *sizes) add(origin int64, size float64) {
	s.newest = origin
	slot := &s.slots[origin/s.slack%int64(len(s.slots))]
	nth := origin%s.slack + 1
	if nth == 1 {
		*slot = float32(math.NaN())
	}
	switch mean := float64(*slot); {
	case math.IsNaN(size):
	case math.IsNaN(mean):
		*slot = float32(size)
	default:
		*slot = float32(mean + (size-mean)/float64(nth))
	}
}

// at gives the mean of the slot of an origin, NaN where it is not known.
func (s *sizes) at(origin int64) float64 {
	if origin < 0 || origin/s.slack > s.newest/s.slack || s.newest < 0 {
		return math.NaN()
	}
	return float64(s.slots[origin/s.slack%int64(len(s.slots))])
}

// before gives the mean over 1 to n seasons before an origin, of those that are
// known.
func (s *sizes) before(origin, season int64, n int) float64 {
	sum, known := 0.0, 0.0
	for range n {
		origin -= season
		if x := s.at(origin); !math.IsNaN(x) {
			sum += x
			known++
		}
	}
	return sum / known
}

// habits are how large errors were at the same time of other days and hours,
// NaN where that is not known, and how far the load went just now.
type habits struct {
	view                         *view
	yesterday, days, week, hours float64
	recent                       float64
}

func newHabits(v *view, s *sizes) habits {
	lo, hi := v.last, v.last
	for lag := range int64(lags) {
		x := v.at(v.origin - lag)
		lo, hi = min(lo, x), max(hi, x)
	}
	return habits{
		view:      v,
		yesterday: s.at(v.origin - v.day),
		days:      s.before(v.origin, v.day, weekDays),
		week:      s.at(v.origin - weekDays*v.day),
		hours:     s.before(v.origin, v.hour, sizesHours),
		recent:    hi - lo,
	}
}

// inputs writes the inputs of the scale for a peak that is expected, in load.
// The factors bring them to about the size of the means.
func (h *habits) inputs(m *means, peak, unit float64, x []float64) {
	slow := m[slowest]
	x = append(append(x[:0], 0.1*unit), m[:]...)
	x = append(x,
		known(h.yesterday, slow),
		known(h.days, slow),
		known(h.week, slow),
		known(h.hours, slow),
		0.1*h.view.last,
		0.3*h.recent,
		0.3*math.Abs(peak-h.view.last))
	for i := range x {
		x[i] = h.view.bounded(x[i])
	}
}

func known(x, otherwise float64) float64 {
	if math.IsNaN(x) {
		return otherwise
	}
	return x
}
