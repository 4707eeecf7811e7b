package combine

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
	"github.com/ml-autoscaling/autoscaler/forecaster/score"
)

// TestBeatsBestMixture holds the loss of the median against that of the best fixed
// mixture of two parts, of which one says a third too little and one as much too
// much: about an even mixture, better than both.
func TestBeatsBestMixture(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noisy := func() float64 { return 90 + 10*r.NormFloat64() }
	low, high := always(60), always(120)
	c := combined(t, 1, []float64{0.5}, low, high)
	b, loss, best, part := model.NewBands([]float64{0.5}, 1), 0.0, 0.0, 0.0
	const n = 4000
	for range n {
		y := noisy()
		if c.past.Len() > 0 {
			c.Forecast(c.past, nil, b)
			loss += score.Pinball(0.5, b.Steps[0][0], y) / n
			best += score.Pinball(0.5, 90, y) / n
			part += score.Pinball(0.5, 60, y) / n
		}
		c.see(y)
	}
	if loss > 1.1*best || part < 2*loss {
		t.Errorf("want about %.3f, as the best mixture, got %.3f; a part has %.3f", best, loss, part)
	}
}

// TestLossesAreDelayed lets two parts disagree at one origin: the weights of a lead
// move when that lead's target comes, not before or after.
func TestLossesAreDelayed(t *testing.T) {
	const origin = firstBin + 100
	wrong := &stub{load: func(o int64, _ int) float64 {
		if o == origin {
			return 30
		}
		return 10
	}}
	c := combined(t, 16, []float64{0.5}, always(10), wrong)
	before := make(map[int]float64)
	for range 140 {
		c.see(10 + 1e-9*float64(c.past.Len()%2))
		for _, step := range leadSteps(16) {
			now, was := c.weight(step, 1), before[step]
			if at := c.past.Newest(); (at == origin+int64(step)) != (was-now > 1e-3) && c.past.Len() > 90 {
				t.Errorf("bin %d, step %d: the weight goes from %v to %v", at-origin, step, was, now)
			}
			before[step] = now
		}
	}
}

func TestSleepersCountNothing(t *testing.T) {
	const wakes = firstBin + 200
	late := always(20)
	late.until, late.reach = wakes, 4
	c := combined(t, 8, []float64{0.1, 0.5, 0.9}, always(10), always(14), late)
	b := model.NewBands([]float64{0.1, 0.5, 0.9}, 8)
	for range 300 {
		c.see(10)
		c.Forecast(c.past, nil, b)
		last := c.Weights()[2].Weight
		switch at := c.past.Newest(); {
		case at < wakes:
			if last != 0 || b.Steps[0][2] > 14 {
				t.Fatalf("bin %d: weighs %v asleep, %v", at-wakes, last, b.Steps)
			}
		case at == wakes:
			if got := c.weight(4, 2); math.Abs(got-1.0/3) > 0.01 || c.weight(8, 2) != 0 {
				t.Fatalf("want a third at step 4 and none at step 8, got %v and %v", got, c.weight(8, 2))
			}
		case at == wakes+50:
			if c.weight(1, 2) > 0.05 {
				t.Fatalf("want it known as wrong, got %v", c.weight(1, 2))
			}
		}
		if b.Steps[7][2] > 14+1e-9 && b.Steps[7][0] > 14 {
			t.Fatalf("step 8 is of a part that sleeps there: %v", b.Steps[7])
		}
	}
}

func TestMissingTargetsAreNotCharged(t *testing.T) {
	c := combined(t, 4, []float64{0.5}, always(10), always(20))
	for range 50 {
		c.see(11)
	}
	before := c.Weights()
	state := slices.Clone(c.leads[0].steps.pool.experts)
	for range 50 {
		c.see(math.NaN())
	}
	if !slices.Equal(before, c.Weights()) || !slices.Equal(state, c.leads[0].steps.pool.experts) {
		t.Errorf("want %v, got %v", before, c.Weights())
	}
}

// TestAlarmRaisesShare wants the least weight of the share, and a day after the
// last alarm that of the usual one.
func TestAlarmRaisesShare(t *testing.T) {
	good, bad := always(10), always(30)
	c := combined(t, 1, []float64{0.5}, good, bad)
	for range 400 {
		c.see(10)
	}
	least := func(want float64) {
		t.Helper()
		if got := c.weight(1, 1); math.Abs(got-want) > 1e-3 {
			t.Fatalf("want %v, got %v", want, got)
		}
	}
	least(share / 2)
	good.alarmed = true
	c.see(10)
	least(raisedShare / 2)
	good.alarmed = false
	for range 288 {
		c.see(10)
		least(raisedShare / 2)
	}
	c.see(10)
	least(share / 2)
}

// TestTracksCoverage gives bands of no width that are off, and wants that the
// levels hold; of peaks the upper ones, as the median, which is not moved and too
// low, holds the others down.
func TestTracksCoverage(t *testing.T) {
	levels := []float64{0.1, 0.5, 0.9, 0.95}
	r := rand.New(rand.NewPCG(3, 4))
	c := combined(t, 4, levels, always(100), always(95))
	b := model.NewBands(levels, 4)
	var values []float64
	var said, peaks [][]float64
	const n = 12000
	for range n {
		values = append(values, 100+10*r.NormFloat64())
		c.see(values[len(values)-1])
		c.Forecast(c.past, nil, b)
		said, peaks = append(said, slices.Clone(b.Steps[1])), append(peaks, slices.Clone(b.Peaks[3]))
	}
	for j, p := range levels {
		steps, most, judged := 0.0, 0.0, 0.0
		for o := n / 4; o+4 < n; o++ {
			judged++
			if values[o+2] <= said[o][j] {
				steps++
			}
			if slices.Max(values[o+1:o+5]) <= peaks[o][j] {
				most++
			}
		}
		if p != median && math.Abs(steps/judged-p) > 0.02 || p > median && math.Abs(most/judged-p) > 0.02 {
			t.Errorf("level %v: steps %.3f, peaks %.3f", p, steps/judged, most/judged)
		}
	}
}

func TestHasNoUnit(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	levels := modeltest.Levels()
	var made []combination
	for _, unit := range []float64{1, 1.0 / 1024} {
		wave := &stub{load: func(o int64, step int) float64 {
			return unit * (50 + 40*math.Sin(float64(o+int64(step))/40))
		}}
		made = append(made, combined(t, 24, levels, always(50*unit), wave))
	}
	a, b := model.NewBands(levels, 24), model.NewBands(levels, 24)
	for i := range 500 {
		x := 50 + 40*math.Sin(float64(i)/40) + 3*r.NormFloat64()
		made[0].see(x)
		made[1].see(x / 1024)
		made[0].Forecast(made[0].past, nil, a)
		made[1].Forecast(made[1].past, nil, b)
		for h := range a.Steps {
			for j := range levels {
				if a.Steps[h][j] != 1024*b.Steps[h][j] || a.Peaks[h][j] != 1024*b.Peaks[h][j] {
					t.Fatalf("bin %d, step %d: %v and %v", i, h+1, a.Steps[h][j], b.Steps[h][j])
				}
			}
		}
	}
}

// TestSmallestLoads judges errors by which no slope can be divided, and wants that
// the weights outlive them.
func TestSmallestLoads(t *testing.T) {
	for _, unit := range []float64{5e-324, 1e-310, 1e-300} {
		c := combined(t, 4, modeltest.Levels(), always(0), always(unit))
		b := model.NewBands(modeltest.Levels(), 4)
		for i := range 60 {
			if c.see(unit * float64(i%3)); !c.Forecast(c.past, nil, b) || !b.Sound() {
				t.Fatalf("loads of %v, bin %d: %v, weights %v", unit, i, b.Steps, c.Weights())
			}
		}
	}
}

func TestDoesNotAllocate(t *testing.T) {
	c := combined(t, 12, modeltest.Levels(), always(1), always(2), always(3))
	b := model.NewBands(modeltest.Levels(), 12)
	for range 400 {
		c.see(2)
	}
	bin := c.past.Newest()
	if n := testing.AllocsPerRun(50, func() { c.Observe(c.past); c.Forecast(c.past, nil, b) }); n != 0 || bin != c.past.Newest() {
		t.Errorf("%v allocations", n)
	}
}

// TestSizes bounds what is stored beside the parts.
func TestSizes(t *testing.T) {
	levels := []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95, 0.975, 0.99}
	for horizon, most := range map[int]int{12: 31_000, 64: 110_000, 2016: 110_000} {
		six := []*stub{always(1), always(2), always(3), always(4), always(5), always(6)}
		if n := len(combined(t, horizon, levels, six...).Snapshot(nil)); n > most {
			t.Errorf("horizon %d: want at most %d bytes, got %d", horizon, most, n)
		}
	}
}

// TestFarRows wants rows beyond the last lead, as many as a week has.
func TestFarRows(t *testing.T) {
	c := combined(t, 2016, []float64{0.1, 0.9}, always(10), always(20))
	for range 300 {
		c.see(10)
	}
	b := model.NewBands([]float64{0.1, 0.9}, 2016)
	if !c.Forecast(c.past, nil, b) || !b.Sound() || math.Abs(b.Steps[2015][1]-b.Steps[63][1]) > 1e-9 {
		t.Errorf("got %v and %v", b.Steps[63], b.Steps[2015])
	}
}

func TestWeightsAndParts(t *testing.T) {
	first := always(10)
	c := combined(t, 6, modeltest.Levels(), first, always(20), always(30))
	for range 100 {
		c.see(12)
		sum := 0.0
		for i, w := range c.Weights() {
			sum += w.Weight
			if w.Name != string(rune('a'+i)) {
				t.Fatalf("part %d is %q", i, w.Name)
			}
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("the weights sum to %v", sum)
		}
	}
	if c.Part("a") != model.Model(first) || c.Part("z") != nil {
		t.Error("want the first part by its name, and none of another")
	}
}

func TestNewRefuses(t *testing.T) {
	for name, n := range map[string]int{"no part": 0, "too many": mostParts + 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: want a panic", name)
				}
			}()
			New(model.Config{Horizon: 1, Levels: []float64{0.5}}, make([]Part, n))
		}()
	}
}
