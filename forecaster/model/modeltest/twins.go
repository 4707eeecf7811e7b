package modeltest

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// bin is a settled bin and what happens after it.
type bin struct {
	value float64
	// back is how many bins back a revision comes, 0 for none.
	back    int
	revised float64
	tail    []float64 // of the forecast that is asked for
	restore bool      // one twin is stored and loaded
}

func bins() *rapid.Generator[[]bin] {
	load := rapid.Custom(func(t *rapid.T) float64 {
		switch rapid.IntRange(0, 20).Draw(t, "kind") {
		case 0, 1:
			return math.NaN()
		case 2:
			return rapid.Float64Range(0, 1e12).Draw(t, "wild")
		case 3:
			return 0
		}
		return rapid.Float64Range(0, 100).Draw(t, "load")
	})
	one := rapid.Custom(func(t *rapid.T) bin {
		return bin{
			value:   load.Draw(t, "value"),
			back:    max(0, rapid.IntRange(-200, 100).Draw(t, "back")),
			revised: load.Draw(t, "revised"),
			tail:    rapid.SliceOfN(load, 0, 3).Draw(t, "tail"),
			restore: rapid.IntRange(0, 40).Draw(t, "restore") == 0,
		}
	})
	return rapid.SliceOfN(one, 1, 60)
}

// twins folds the same bins in two models. One is asked for forecasts all the
// time and is stored and loaded now and then; both must say the same.
func twins(t *testing.T, mk Make, c model.Config) {
	rapid.Check(t, func(t *rapid.T) {
		calm, busy := mk(c), mk(c)
		past := model.NewHistory(c.Grid, 0)
		base := Series()[rapid.SampledFrom([]string{"weekly", "noisy with holes", "two observations"}).Draw(t, "base")]
		keep := rapid.IntRange(1, len(base)).Draw(t, "length")
		drive(calm, past, base[:keep], func(int) { busy.Observe(past) })
		revision := 1
		for i, b := range bins().Draw(t, "bins") {
			past.Append(past.Newest()+1, b.value, 1)
			calm.Observe(past)
			busy.Observe(past)
			if b.back > 0 {
				revision++
				past.Revise(past.Newest()-int64(b.back), b.revised, revision)
			}
			if b.restore {
				past, busy = restored(t, mk(c), busy, past)
			}
			if busy.Warm(past) != calm.Warm(past) {
				t.Fatalf("bin %d: one twin is warm", i)
			}
			agree(t, c, calm, busy, past, b.tail)
			busy.Forecast(past, []float64{b.revised}, unwritten(c))
		}
	})
}

// restored gives a copy of a history as it would be loaded, and a model
// restored over it.
func restored(t *rapid.T, fresh, from model.Model, past *model.History) (*model.History, model.Model) {
	loaded := copied(past)
	if err := fresh.Restore(loaded, from.Snapshot(nil)); err != nil {
		t.Fatalf("restore: %v", err)
	}
	return loaded, fresh
}

// copied gives a history as it would be loaded.
func copied(past *model.History) *model.History {
	samples := past.Samples()
	for n := past.First(); n <= past.Newest(); n++ {
		if !math.IsNaN(past.Folded(n)) {
			samples--
		}
	}
	loaded := model.NewHistory(past.Grid(), samples)
	for n := past.First(); n <= past.Newest(); n++ {
		loaded.Append(n, past.Folded(n), 0)
		loaded.Revise(n, past.Revised(n), past.Revision(n))
	}
	return loaded
}

func agree(t *rapid.T, c model.Config, a, b model.Model, past *model.History, tail []float64) {
	x, y := unwritten(c), unwritten(c)
	saidX, saidY := a.Forecast(past, tail, x), b.Forecast(past, tail, y)
	if saidX != saidY {
		t.Fatalf("only one twin says something")
	}
	if p, ok := a.(model.Refitter); ok && p.Alarmed() != b.(model.Refitter).Alarmed() {
		t.Fatalf("only one twin is alarmed")
	}
	if reach(a, past, c.Horizon) != reach(b, past, c.Horizon) {
		t.Fatalf("one twin reaches further")
	}
	if !saidX {
		return
	}
	for h := range x.Steps {
		if !equal(x.Steps[h], y.Steps[h]) || !equal(x.Peaks[h], y.Peaks[h]) {
			t.Fatalf("step %d: %v and %v, peaks %v and %v", h+1, x.Steps[h], y.Steps[h], x.Peaks[h], y.Peaks[h])
		}
	}
}

// noLookAhead folds two series that part at a bin: until then the models must
// say the same.
func noLookAhead(t *testing.T, mk Make, c model.Config) {
	one := Series()["noisy with holes"]
	for _, cut := range []int{1, 30, 200, 400, len(one) - 1} {
		other := append(append([]float64{}, one[:cut]...), Series()["level shift"][cut:]...)
		a, b := saidUntil(mk, c, one, cut), saidUntil(mk, c, other, cut)
		for i := range a {
			if !equal(a[i], b[i]) {
				t.Fatalf("row %d before the cut at bin %d: %v and %v", i, cut, a[i], b[i])
			}
		}
	}
}

// saidUntil folds the whole series and gives the forecasts of the last bins
// before the cut.
func saidUntil(mk Make, c model.Config, values []float64, cut int) [][]float64 {
	m, past := mk(c), model.NewHistory(c.Grid, 0)
	var said [][]float64
	drive(m, past, values, func(i int) {
		if i >= cut || i < cut-30 {
			return
		}
		bands := model.NewBands(c.Levels, c.Horizon)
		m.Forecast(past, nil, bands)
		for h := range bands.Steps {
			said = append(said, bands.Steps[h], bands.Peaks[h])
		}
	})
	return said
}
