package naive

import (
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Name is the name of the model in policies and requests.
const Name = "naive"

// Last is the name of the model of the last value in combinations.
const Last = "last"

const (
	weekDays = 7
	// mostErrors bounds the errors kept of each horizon: a week of 5-minute
	// bins. Where a bin is shorter, every n-th target counts.
	mostErrors = 2016
)

// Naive is the seasonal naive model. At a horizon of 12 and a period of 300 s
// it holds 26 sorted windows of 2,016 errors and 24 of 288: half a megabyte.
type Naive struct {
	horizon int
	ways    []*way
	last    *way
	day     *way // nil where only the last value counts, as the week
	week    *way
	contest contest
}

// New gives a model that has seen nothing.
func New(c model.Config) model.Model {
	perDay := c.Grid.PerDay()
	steps := model.Leads(min(c.Horizon, weekDays*perDay))
	n := &Naive{
		horizon: c.Horizon,
		last:    newWay(0, perDay, mostErrors/weekDays, steps),
		day:     newWay(perDay, weekDays*perDay, mostErrors, steps),
		week:    newWay(weekDays*perDay, weekDays*perDay, mostErrors, steps),
		contest: contest{perDay: int64(perDay)},
	}
	n.ways = []*way{n.last, n.day, n.week}
	return n
}

// NewLast gives a model that has seen nothing, of which the last value is in
// force for ever. It costs a small part of the other.
func NewLast(c model.Config) model.Model {
	perDay := c.Grid.PerDay()
	last := newWay(0, perDay, mostErrors/weekDays, model.Leads(min(c.Horizon, weekDays*perDay)))
	return &Naive{horizon: c.Horizon, ways: []*way{last}, last: last}
}

// Observe takes the errors that every way made at the newest bin, and forgets
// those that grew too old. Its cost is that of the horizon and of one insertion
// into each sorted window.
func (n *Naive) Observe(past *model.History) {
	newest := past.Newest()
	for _, w := range n.ways {
		w.observe(past, newest)
	}
	if n.day != nil {
		n.contest.observe(past, newest)
	}
}

// Forecast writes the quantiles of the way in force. It reports false only
// where no bin of the window or the tail has a value.
func (n *Naive) Forecast(past *model.History, tail []float64, dst *model.Bands) bool {
	if len(dst.Steps) > n.horizon {
		panic(fmt.Sprintf("naive: %d rows, the horizon is %d", len(dst.Steps), n.horizon))
	}
	from := recent{past, tail}
	lastValue := from.last()
	if math.IsNaN(lastValue) {
		return false
	}
	w := n.inForce()
	peak := math.Inf(-1)
	for h := range dst.Steps {
		point := lastValue
		if w.season > 0 {
			point = from.season(w.season, int64(h+1), lastValue)
		}
		peak = max(peak, point)
		steps, peaks := w.after(h + 1)
		knownSteps, knownPeaks := w.independent(steps, h+1), w.independent(peaks, h+1)
		for j, p := range dst.Levels {
			dst.Steps[h][j] = point + steps.quantile(p) + doubt(p, point, knownSteps)
			dst.Peaks[h][j] = peak + peaks.quantile(p) + doubt(p, peak, knownPeaks)
		}
	}
	dst.Settle()
	return true
}

// Warm says whether a day of bins with values was seen.
func (n *Naive) Warm(past *model.History) bool { return past.Samples() >= past.Grid().PerDay() }

// Snapshot appends nothing: the window says it all.
func (n *Naive) Snapshot(b []byte) []byte { return b }

// Restore takes the errors of the window's bins again. It refuses a snapshot
// that is not empty.
func (n *Naive) Restore(past *model.History, snapshot []byte) error {
	if len(snapshot) > 0 {
		return fmt.Errorf("naive: restore: want an empty snapshot, got %d bytes", len(snapshot))
	}
	if past.Len() == 0 {
		return nil
	}
	for _, w := range n.ways {
		w.rebuild(past)
	}
	if n.day != nil {
		n.contest.rebuild(past)
	}
	return nil
}

func (n *Naive) inForce() *way {
	switch {
	case n.day == nil || !n.day.measured():
		return n.last
	case n.week.measured() && n.contest.weekAhead():
		return n.week
	}
	return n.day
}
