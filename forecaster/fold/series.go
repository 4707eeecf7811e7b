package fold

import (
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// series is one series of a group: what came of it, its settled window, its
// young bins, and the outlook where the policy names it.
type series struct {
	id     streams.SeriesID
	kit    kit
	inputs fingerprint // of all that came
	// grid and unit are the policy's where it named the series, else those of
	// the first metric that had any; the grid is zero until then.
	grid model.Grid
	unit streams.Unit
	past *model.History
	// young are the bins after the newest of past that arrived, rising.
	young []young
	// clock is the now of the newest round in which something came, in seconds
	// since 1970; 0 before the first round.
	clock int64
	// held are the bins beyond the clock's reach, as they came: the next round
	// tells whether the clock went on or they are of the future.
	held []held
	// outlooks are the one whose forecast is published and those of the
	// members behind it; none where the policy names another series.
	outlooks []*outlook
	// epochs counts the outlooks that there were, so that what an earlier one
	// left in store is known for it.
	epochs uint64

	changed bool
	days    map[int64]bool // UTC days of the window that changed
	awaited map[int]bool   // indices at which an outlook's waiting changed
	left    map[int]bool   // slots that outlooks left which have ended
}

// young is a bin that has not settled, or a gap at the end of the window.
type young struct {
	bin      int64
	value    float64 // NaN is a gap
	revision int
}

// held is what arrived of a bin and waits for the next round.
type held struct {
	young
	settled bool
}

func newSeries(id streams.SeriesID, k kit) *series {
	return &series{id: id, kit: k, inputs: noInputs, past: model.NewHistory(model.Grid{}, 0),
		days: make(map[int64]bool), awaited: make(map[int]bool), left: make(map[int]bool), changed: true}
}

// count adds a metric to the fingerprint.
func (s *series) count(m streams.Metric) {
	if s.inputs.add(m) {
		s.changed = true
	}
}

// fingerprint gives that of what came, which is nothing where there is no
// series.
func (s *series) fingerprint() string {
	if s == nil {
		return noInputs.String()
	}
	return s.inputs.String()
}

// fits says whether a metric is of the series' period and unit. A series that
// has none takes them over.
func (s *series) fits(m streams.Metric) bool {
	if s.grid == (model.Grid{}) {
		grid, err := model.NewGrid(m.Period.Std())
		if err != nil {
			return false
		}
		s.become(grid, m.Unit)
	}
	return s.grid.Period() == m.Period.Std() && s.unit == m.Unit
}

// take keeps what arrived of a bin; a settled value folds at once.
func (s *series) take(y young, settled bool) {
	if s.past.Len() > 0 && y.bin <= s.past.Newest() {
		if s.past.Revise(y.bin, y.value, y.revision) {
			s.days[s.grid.Day(y.bin)] = true
		}
		return
	}
	if !s.near(y.bin) {
		return
	}
	i, found := slices.BinarySearchFunc(s.young, y.bin, func(have young, bin int64) int { return int(have.bin - bin) })
	switch {
	case !found:
		s.young = slices.Insert(s.young, i, y)
	case s.young[i].revision >= y.revision:
		return
	default:
		s.young[i] = y
	}
	s.changed = true
	if settled && !math.IsNaN(y.value) {
		s.settle(y.bin)
	}
	s.bound()
}

// near says whether a bin is to be kept. One more than a window ahead of all
// that is known makes the series begin anew with it; one as far behind the
// newest is of no use.
func (s *series) near(bin int64) bool {
	window := int64(s.past.Window())
	if len(s.young) > 0 && s.young[len(s.young)-1].bin-bin > window {
		return false
	}
	known := bin
	if s.past.Len() > 0 {
		known = s.past.Newest()
	} else if len(s.young) > 0 {
		known = s.young[0].bin
	}
	if bin-known > window {
		s.become(s.grid, s.unit)
	}
	return true
}

// bound settles the oldest young bins where they are more than a day has, so
// that a series without group events stays small.
func (s *series) bound() {
	over := len(s.young) - max(16, s.grid.PerDay())
	if over <= 0 {
		return
	}
	s.settle(s.young[over-1].bin)
	if over = len(s.young) - max(16, s.grid.PerDay()); over > 0 {
		s.young = slices.Delete(s.young, 0, over)
	}
}

// settle folds in the young bins up to one, and gaps where bins are missing
// between. Gaps after the last value wait for the next.
func (s *series) settle(through int64) {
	end := 0
	for i, y := range s.young {
		if y.bin > through {
			break
		}
		if !math.IsNaN(y.value) {
			end = i + 1
		}
	}
	if end == 0 {
		return
	}
	s.changed = true
	for _, y := range s.young[:end] {
		s.reach(y)
	}
	s.young = slices.Delete(s.young, 0, end)
}

// reach folds in a bin and the gaps before it. A series begins with a value.
func (s *series) reach(y young) {
	if s.past.Len() == 0 {
		if !math.IsNaN(y.value) {
			s.fold(y)
		}
		return
	}
	for bin := s.past.Newest() + 1; bin < y.bin; bin++ {
		s.fold(young{bin, math.NaN(), 0})
	}
	s.fold(y)
}

func (s *series) fold(y young) {
	s.past.Append(y.bin, y.value, y.revision)
	s.days[s.grid.Day(y.bin)] = true
	for _, o := range s.outlooks {
		o.observe(s.past)
	}
}

// become forgets all bins and begins with none, on a grid.
func (s *series) become(grid model.Grid, unit streams.Unit) {
	s.grid, s.unit, s.young, s.held = grid, unit, nil, nil
	s.past = model.NewHistory(grid, 0)
	s.days = make(map[int64]bool)
	s.changed = true
	s.restart()
}

// origin gives the newest bin that has a value; false where none has.
func (s *series) origin() (int64, bool) {
	for i := len(s.young) - 1; i >= 0; i-- {
		if !math.IsNaN(s.young[i].value) {
			return s.young[i].bin, true
		}
	}
	if s.past.Len() == 0 {
		return 0, false
	}
	return s.past.Newest(), true // never a gap: see settle
}

// tail gives the bins after the window up to the newest value.
func (s *series) tail() []float64 {
	origin, ok := s.origin()
	if !ok || len(s.young) == 0 {
		return nil
	}
	from := s.young[0].bin
	if s.past.Len() > 0 {
		from = s.past.Newest() + 1
	}
	tail := make([]float64, max(0, origin-from+1))
	for i := range tail {
		tail[i] = math.NaN()
	}
	for _, y := range s.young {
		if y.bin >= from && y.bin <= origin {
			tail[y.bin-from] = y.value
		}
	}
	return tail
}
