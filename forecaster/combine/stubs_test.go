package combine

import (
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// stub says what a function of the origin and the step gives, at all levels
// alike, and sleeps until a bin.
type stub struct {
	load    func(origin int64, step int) float64
	until   int64 // the first origin at which it is awake
	reach   int   // once awake; 0 for all steps
	alarmed bool
}

func always(x float64) *stub {
	return &stub{load: func(int64, int) float64 { return x }}
}

func (s *stub) Observe(*model.History) {}

func (s *stub) Forecast(past *model.History, tail []float64, dst *model.Bands) bool {
	peak := 0.0
	for h := range dst.Steps {
		x := s.load(past.Newest()+int64(len(tail)), h+1)
		peak = max(peak, x)
		for j := range dst.Levels {
			dst.Steps[h][j], dst.Peaks[h][j] = x, peak
		}
	}
	return true
}

func (s *stub) Reach(past *model.History) int {
	switch {
	case past.Newest() < s.until:
		return 0
	case s.reach > 0:
		return s.reach
	}
	return 1 << 20
}

func (s *stub) Warm(*model.History) bool             { return true }
func (s *stub) Snapshot(b []byte) []byte             { return b }
func (s *stub) Restore(*model.History, []byte) error { return nil }
func (s *stub) Estimation(*model.History, int64) model.Estimation {
	return func(model.Each) []byte { return nil }
}
func (s *stub) Adopt(*model.History, []byte) error { return nil }
func (s *stub) Alarmed() bool                      { return s.alarmed }
func (s *stub) Fixed() int                         { return 0 }

// combination is a combination of stubs with the history that it is shown.
type combination struct {
	*Model
	past *model.History
}

const firstBin = 20458 * 288

func combined(tb testing.TB, horizon int, levels []float64, stubs ...*stub) combination {
	c := model.Config{Grid: modeltest.Grid(tb, 5*time.Minute), Horizon: horizon, Levels: levels}
	var parts []Part
	for i, s := range stubs {
		parts = append(parts, Part{Name: string(rune('a' + i)), Model: s})
	}
	return combination{New(c, parts), model.NewHistory(c.Grid, 0)}
}

func (c combination) see(value float64) {
	bin := int64(firstBin)
	if c.past.Len() > 0 {
		bin = c.past.Newest() + 1
	}
	c.past.Append(bin, value, 1)
	c.Observe(c.past)
}

// weight gives the weight of a part at the first level of the first lead from a
// step on.
func (c combination) weight(step, part int) float64 {
	for i := range c.leads {
		if c.leads[i].step >= step {
			return c.leads[i].steps.pool.at(0)[part]
		}
	}
	return -1
}
