package modeltest

import (
	"math"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Make makes a model that has seen nothing.
type Make func(model.Config) model.Model

// Run checks everything that a model of the kind that mk makes promises.
func Run(t *testing.T, mk Make) {
	grid, err := model.NewGrid(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	config := model.Config{Grid: grid, Horizon: 12, Levels: []float64{0.025, 0.1, 0.5, 0.9, 0.95, 0.975, 0.99}}
	for name, values := range Series() {
		t.Run(name, func(t *testing.T) { soundThroughout(t, mk, config, values) })
	}
	for name, c := range configs(grid) {
		t.Run(name, func(t *testing.T) {
			soundThroughout(t, mk, c, Series()["noisy with holes"][:16*24])
		})
	}
	t.Run("silent until a value", func(t *testing.T) { silent(t, mk, config) })
	t.Run("fewer rows are the first rows", func(t *testing.T) { fewerRows(t, mk, config) })
	t.Run("more rows than the horizon panic", func(t *testing.T) { tooManyRows(t, mk, config) })
	t.Run("restored and undisturbed twins agree", func(t *testing.T) { twins(t, mk, config) })
	t.Run("nothing is known before it came", func(t *testing.T) { noLookAhead(t, mk, config) })
	t.Run("a snapshot of nonsense is refused", func(t *testing.T) { nonsense(t, mk, config) })
	if _, ok := mk(config).(model.Refitter); ok {
		refits(t, mk, config)
	}
}

// configs are the corners of what may be asked for.
func configs(hour model.Grid) map[string]model.Config {
	day, err := model.NewGrid(24 * time.Hour)
	if err != nil {
		panic(err)
	}
	return map[string]model.Config{
		"one step, one level":     {Grid: hour, Horizon: 1, Levels: []float64{0.5}},
		"longer than a day":       {Grid: hour, Horizon: 60, Levels: []float64{0.001, 0.5, 0.999}},
		"longer than the window":  {Grid: hour, Horizon: 600, Levels: []float64{0.9}},
		"a bin is a day":          {Grid: day, Horizon: 12, Levels: []float64{0.1, 0.5, 0.9}},
		"levels close to 0 and 1": {Grid: hour, Horizon: 12, Levels: []float64{1e-9, 1 - 1e-9}},
	}
}

// drive appends the values from a bin in the middle of a day on, each observed,
// and calls each after each.
func drive(m model.Model, past *model.History, values []float64, each func(i int)) {
	const first = 20000*24 + 5
	for i, v := range values {
		past.Append(first+int64(i), v, 1)
		m.Observe(past)
		each(i)
	}
}

func soundThroughout(t *testing.T, mk Make, c model.Config, values []float64) {
	m, past := mk(c), model.NewHistory(c.Grid, 0)
	seen, warm := false, false
	drive(m, past, values, func(i int) {
		seen = seen || !math.IsNaN(values[i])
		for _, tail := range [][]float64{nil, {3}, {math.NaN(), 1e12}, {5, math.NaN()}} {
			bands := unwritten(c)
			said := m.Forecast(past, tail, bands)
			if said && !bands.Sound() {
				t.Fatalf("bin %d, tail %v: want finite, sorted quantiles, none above that of its peak, got\n%v\n%v", i, tail, bands.Steps, bands.Peaks)
			}
			if !said && m.Warm(past) && seen {
				t.Fatalf("bin %d, tail %v: warm, but without a forecast", i, tail)
			}
		}
		if n := reach(m, past, c.Horizon); n < 0 || n > c.Horizon {
			t.Fatalf("bin %d: it reaches %d of %d steps", i, n, c.Horizon)
		}
		if warm = warm || m.Warm(past); warm != m.Warm(past) {
			t.Fatalf("bin %d: no longer warm", i)
		}
	})
}

// unwritten gives bands that a model has to overwrite to be sound.
func unwritten(c model.Config) *model.Bands {
	bands := model.NewBands(c.Levels, c.Horizon)
	for h := range bands.Steps {
		for j := range bands.Steps[h] {
			bands.Steps[h][j], bands.Peaks[h][j] = math.NaN(), math.NaN()
		}
	}
	return bands
}

func silent(t *testing.T, mk Make, c model.Config) {
	m, past := mk(c), model.NewHistory(c.Grid, 0)
	if m.Forecast(past, nil, unwritten(c)) || m.Warm(past) {
		t.Error("a forecast, or warm, before any bin")
	}
	drive(m, past, Series()["all missing"], func(i int) {
		if m.Forecast(past, []float64{math.NaN()}, unwritten(c)) || m.Warm(past) {
			t.Fatalf("bin %d: a forecast, or warm, without any value", i)
		}
	})
}

func fewerRows(t *testing.T, mk Make, c model.Config) {
	m, past := mk(c), model.NewHistory(c.Grid, 0)
	drive(m, past, Series()["noisy with holes"], func(int) {})
	full := unwritten(c)
	m.Forecast(past, nil, full)
	for rows := range c.Horizon {
		few := model.NewBands(c.Levels, rows)
		m.Forecast(past, nil, few)
		for h := range rows {
			if !equal(few.Steps[h], full.Steps[h]) || !equal(few.Peaks[h], full.Peaks[h]) {
				t.Fatalf("%d rows: step %d differs from that of all rows", rows, h+1)
			}
		}
	}
}

func tooManyRows(t *testing.T, mk Make, c model.Config) {
	m, past := mk(c), model.NewHistory(c.Grid, 0)
	drive(m, past, Series()["daily"], func(int) {})
	defer func() {
		if recover() == nil {
			t.Error("want a panic")
		}
	}()
	m.Forecast(past, nil, model.NewBands(c.Levels, c.Horizon+1))
}

func nonsense(t *testing.T, mk Make, c model.Config) {
	past := model.NewHistory(c.Grid, 0)
	drive(mk(c), past, Series()["daily"], func(int) {})
	if mk(c).Restore(past, []byte("\xff\x00 nonsense")) == nil {
		t.Error("want an error")
	}
}

func equal(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			return false
		}
	}
	return true
}
