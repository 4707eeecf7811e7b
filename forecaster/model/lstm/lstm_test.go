package lstm

import (
	"bytes"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// TestModel checks the model as it is made and as estimates make it, most of
// whose rows the naive model says: three steps are quick to learn.
func TestModel(t *testing.T) {
	w := looking(t, 3)
	modeltest.Run(t, func(c model.Config) model.Model {
		c.Training = 1
		return New(c, w)
	})
}

// TestUntrained wants no estimate where the configuration has no training, and
// where there is too little to train on.
func TestUntrained(t *testing.T) {
	for name, tc := range map[string]struct {
		training, bins int
		period         time.Duration
	}{"no training": {0, 20 * 24, time.Hour}, "a short load": {9, 200, time.Hour}, "bins of a day": {9, 300, 24 * time.Hour}} {
		c := config(t, tc.period, steps)
		c.Training = tc.training
		m := New(c, tiny(t)).(*Model)
		past := grow(m, c.Grid, waves(tc.bins, c.Grid.PerDay(), 1), func(*model.History) {})
		if estimate := m.Estimation(past, past.Newest())(model.InLine); len(estimate) > 0 {
			t.Errorf("%s: want no estimate, got %d bytes", name, len(estimate))
		}
	}
}

// TestNoUnit multiplies loads by a power of two, and wants the forecasts
// multiplied bit by bit.
func TestNoUnit(t *testing.T) {
	w := tiny(t)
	rapid.Check(t, func(rt *rapid.T) {
		factor := math.Exp2(float64(rapid.IntRange(-30, 30).Draw(rt, "power")))
		values := waves(rapid.IntRange(1, 300).Draw(rt, "bins"), 24, rapid.Uint64().Draw(rt, "seed"))
		for i := range values {
			switch rapid.IntRange(0, 30).Draw(rt, "kind") {
			case 0:
				values[i] = math.NaN()
			case 1:
				values[i] = rapid.SampledFrom([]float64{0, 1e6, 1e15}).Draw(rt, "wild")
			}
		}
		scaled := slices.Clone(values)
		for i := range scaled {
			scaled[i] *= factor
		}
		one, other := lastSaid(t, w, values), lastSaid(t, w, scaled)
		for h := range one.Steps {
			for j := range one.Levels {
				if one.Steps[h][j]*factor != other.Steps[h][j] || one.Peaks[h][j]*factor != other.Peaks[h][j] {
					rt.Fatalf("step %d: %v times %v is not %v", h+1, one.Steps[h], factor, other.Steps[h])
				}
			}
		}
	})
}

// lastSaid gives what a model says after values, the last two of which are the
// tail.
func lastSaid(t *testing.T, w *Weights, values []float64) *model.Bands {
	c := config(t, time.Hour, steps)
	m := New(c, w)
	bands := model.NewBands(c.Levels, c.Horizon)
	settled := max(1, len(values)-2)
	past := grow(m, c.Grid, values[:settled], func(*model.History) {})
	m.Forecast(past, values[settled:], bands)
	return bands
}

// TestWild lets one value be a million million times too large, first or later,
// and wants the quantiles of a day and a half later as if it had not been.
func TestWild(t *testing.T) {
	w := Embedded()
	c := config(t, 5*time.Minute, steps)
	values := waves(5*288, 288, 3)
	want := model.NewBands(c.Levels, steps)
	calm := New(c, w)
	calm.Forecast(grow(calm, c.Grid, values, func(*model.History) {}), nil, want)
	for _, at := range []int{0, 1, 7, 100, 3 * 288} {
		spoilt := slices.Clone(values)
		spoilt[at] = 1e15
		m, got := New(c, w), model.NewBands(c.Levels, steps)
		m.Forecast(grow(m, c.Grid, spoilt, func(*model.History) {}), nil, got)
		for h := range got.Steps {
			width := want.Steps[h][5] - want.Steps[h][0]
			for j := range got.Levels {
				if diff := math.Abs(got.Steps[h][j] - want.Steps[h][j]); diff > width/2 {
					t.Errorf("wild at bin %d: step %d: want %.4v, got %.4v", at, h+1, want.Steps[h], got.Steps[h])
					break
				}
			}
		}
	}
}

// TestStreams wants of the model, bin by bin, the bits that training sees.
func TestStreams(t *testing.T) {
	w := tiny(t)
	values := waves(120, 24, 9)
	values[30], values[31] = math.NaN(), math.NaN()
	s := seriesOf(t, "s", time.Hour, values)
	only := newTrack(s, 0, steps)
	only.measure()
	c := newClass(w.network(), []*track{only}, Options{Batch: 1, Segment: len(values)}, model.InLine)
	c.seat([]lane{c.lane(run{segments: 1})}, c.learned)
	out := c.trainer.Forward(c.batch)
	m := New(config(t, time.Hour, steps), w).(*Model)
	i := 0
	grow(m, s.Grid, values, func(*model.History) {
		want := slices.Clone(out[i*outputsOf(steps) : (i+1)*outputsOf(steps)])
		sortHead(want)
		if m.ready() && !slices.Equal(want, m.newest) {
			t.Fatalf("bin %d: want %v, got %v", i, want[:levelCount], m.newest[:levelCount])
		}
		i++
	})
}

// TestFixed wants the first bytes of a snapshot to be changed by Adopt only.
func TestFixed(t *testing.T) {
	c := config(t, time.Hour, steps)
	c.Training = 2
	m := New(c, tiny(t)).(*Model)
	past := grow(m, c.Grid, waves(10*24, 24, 1), func(*model.History) {
		if m.Fixed() != 0 {
			t.Fatal("something is fixed before there is an estimate")
		}
	})
	adopt := func(seed uint64) []byte {
		w, err := NewWeights(3, seed)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Adopt(past, encodeEstimate(w.parameters)); err != nil {
			t.Fatal(err)
		}
		return m.Snapshot(nil)[:m.Fixed()]
	}
	one := adopt(1)
	if len(one) < 4*m.global.Parameters() {
		t.Fatalf("want all parameters, got %d bytes", len(one))
	}
	for i := range 30 {
		past.Append(past.Newest()+1, float64(i), 1)
		m.Observe(past)
		if !bytes.Equal(one, m.Snapshot(nil)[:m.Fixed()]) {
			t.Fatal("observing changed what is fixed")
		}
	}
	if bytes.Equal(one, adopt(2)) {
		t.Error("another estimate changed nothing")
	}
}

// TestEstimationHelps lets every second value be half, which the weights that
// ship do not know, and wants less loss on the next two days after an estimate.
func TestEstimationHelps(t *testing.T) {
	c := config(t, 15*time.Minute, steps)
	c.Training = 20
	values := saws(15*96+steps, 96, 5)
	loss := func(adopt bool) float64 {
		m, bands := New(c, Embedded()).(*Model), model.NewBands(c.Levels, steps)
		i, sum := 0, 0.0
		grow(m, c.Grid, values[:15*96], func(past *model.History) {
			i++
			if i == 13*96 && adopt {
				if err := m.Adopt(past, m.Estimation(past, past.Newest())(model.InLine)); err != nil {
					t.Fatal(err)
				}
			}
			if i < 13*96 {
				return
			}
			m.Forecast(past, nil, bands)
			for h, y := range values[i : i+steps] {
				for j, p := range c.Levels {
					sum += max(p*(y-bands.Steps[h][j]), (p-1)*(y-bands.Steps[h][j]))
				}
			}
		})
		return sum
	}
	if before, after := loss(false), loss(true); after > 0.95*before {
		t.Errorf("want less loss than %.0f, got %.0f", before, after)
	}
}

// TestRestoreKnowsItsWeights refuses a state that other weights made.
func TestRestoreKnowsItsWeights(t *testing.T) {
	c := config(t, time.Hour, steps)
	m := New(c, tiny(t))
	past := grow(m, c.Grid, waves(48, 24, 1), func(*model.History) {})
	other, err := NewWeights(3, 8)
	if err != nil {
		t.Fatal(err)
	}
	if New(c, other).Restore(past, m.Snapshot(nil)) == nil {
		t.Error("want an error")
	}
}

// TestReach wants the network to speak after an hour, and of bins of a day
// never.
func TestReach(t *testing.T) {
	for _, tc := range []struct {
		period        time.Duration
		horizon, want int
		from          int // values
	}{
		{time.Minute, 30, 12, 60}, {5 * time.Minute, 12, 12, 12}, {time.Hour, 5, 5, leastSamples}, {24 * time.Hour, 12, 0, 1},
	} {
		c := config(t, tc.period, tc.horizon)
		m := New(c, tiny(t)).(*Model)
		n := 0
		grow(m, c.Grid, waves(100, c.Grid.PerDay(), 1), func(past *model.History) {
			n++
			want := tc.want
			if n < tc.from {
				want = 0
			}
			if got := m.Reach(past); got != want {
				t.Fatalf("bins of %v, %d values: want %d steps, got %d", tc.period, n, want, got)
			}
		})
	}
}

// TestEmbeddedCovers holds the weights that ship to what their quantiles say
// of a daily wave, from its third day on.
func TestEmbeddedCovers(t *testing.T) {
	c := config(t, 5*time.Minute, steps)
	m := New(c, Embedded()).(*Model)
	values := waves(6*288+steps, 288, 11)
	bands := model.NewBands(c.Levels, steps)
	covered, said := 0.0, 0.0
	i := 0
	grow(m, c.Grid, values[:6*288], func(past *model.History) {
		i++
		if i < 2*288 {
			return
		}
		m.Forecast(past, nil, bands)
		for h, y := range values[i : i+steps] {
			said++
			if y >= bands.Steps[h][1] && y <= bands.Steps[h][3] {
				covered++
			}
		}
	})
	if share := covered / said; share < 0.74 || share > 0.86 {
		t.Errorf("want about 0.8 within the central 80 %%, got %.3f", share)
	}
}

func TestDoesNotAllocate(t *testing.T) {
	c := config(t, time.Hour, steps)
	m := New(c, tiny(t))
	values := waves(30*24, 24, 1)
	past := grow(m, c.Grid, values, func(*model.History) {})
	bands := model.NewBands(c.Levels, steps)
	tail := []float64{3, math.NaN()}
	if n := testing.AllocsPerRun(100, func() {
		past.Append(past.Newest()+1, 50, 1)
		m.Observe(past)
		m.Forecast(past, nil, bands)
		m.Forecast(past, tail, bands)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
