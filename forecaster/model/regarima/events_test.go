package regarima

import (
	"fmt"
	"math"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// TestAfterEvents lets something happen after ten days, estimates again five days
// later, and wants sound bands of all 600 steps throughout, also after a tail of
// three days without a value; and at the end a median that is not further from the
// load than what it swings by, in bands no wider than four times that. After a fall
// that is a quarter of the swing before: two days are few to forget.
func TestAfterEvents(t *testing.T) {
	c := half(t)
	c.Horizon = 600
	const begin, again, end = 10 * 48, 15 * 48, 17 * 48
	nothing := make([]float64, 3*48)
	for i := range nothing {
		nothing[i] = math.NaN()
	}
	wave := func(i, period int) float64 { return 50 + 40*math.Sin(2*math.Pi*float64(i)/float64(period)) }
	after := func(i int, before, then float64) float64 {
		if i < begin {
			return before
		}
		return then
	}
	for name, event := range map[string]struct {
		swing float64
		load  func(i int) float64
	}{
		"a spike of 1e12": {40, func(i int) float64 {
			if i == begin+7 {
				return 1e12
			}
			return wave(i, 48)
		}},
		"a hundred times the load": {4000, func(i int) float64 { return after(i, 1, 100) * wave(i, 48) }},
		"a hundredth of the load":  {10, func(i int) float64 { return after(i, 1, 0.01) * wave(i, 48) }},
		"another period":           {40, func(i int) float64 { return after(i, wave(i, 48), wave(i, 20)) }},
		"zero":                     {10, func(i int) float64 { return after(i, wave(i, 48), 0) }},
		"three days gone": {40, func(i int) float64 {
			if i >= begin && i < begin+3*48 {
				return math.NaN()
			}
			return wave(i, 48)
		}},
	} {
		noise := arma(14, end+1, 0, 0.5)
		load := func(i int) float64 { return max(0, event.load(i)*(1+noise[i]/50)) }
		for _, k := range []kind{plain, harmonic, decomposed} {
			t.Run(fmt.Sprint(name, ", kind ", k), func(t *testing.T) {
				m, past := newModel(k, c), model.NewHistory(c.Grid, 0)
				m.most = 1
				b := model.NewBands(c.Levels, c.Horizon)
				for i := range end {
					past.Append(int64(20458*48+i), load(i), 1)
					if m.Observe(past); i == begin || i == again {
						if err := m.Adopt(past, m.Estimation(past, past.Newest())(model.InLine)); err != nil {
							t.Fatal(err)
						}
					}
					if i < begin || i%17 > 0 {
						continue
					}
					for _, tail := range [][]float64{nothing, nil} {
						if !m.Forecast(past, tail, b) || !b.Sound() {
							t.Fatalf("bin %d: no sound forecast after a tail of %d", i, len(tail))
						}
					}
				}
				m.Forecast(past, nil, b)
				row := b.Steps[0]
				if want := event.load(end); !(math.Abs(row[2]-want) <= event.swing) || !(row[len(row)-1]-row[0] <= 4*event.swing) {
					t.Errorf("want about %v, got %v", want, row)
				}
			})
		}
	}
}
