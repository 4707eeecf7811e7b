package rls

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
)

func TestModel(t *testing.T) { modeltest.Run(t, New) }

// TestRoots compares the model of roots with the model, given the roots.
func TestRoots(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	c := model.Config{Grid: g, Horizon: 4, Levels: modeltest.Levels()}
	loads, roots := NewRoot(c), New(c)
	load := noisyDay(g, 1)
	values := make([]float64, 3*288)
	for i := range values {
		values[i] = max(0, load(i))
	}
	past := modeltest.Fold(loads, g, len(values), func(i int) float64 { return values[i] })
	rooted := modeltest.Fold(roots, g, len(values), func(i int) float64 { return math.Sqrt(values[i]) })
	got, want := model.NewBands(c.Levels, 4), model.NewBands(c.Levels, 4)
	if !loads.Forecast(past, []float64{81, 64}, got) || !roots.Forecast(rooted, []float64{9, 8}, want) || !loads.(*Model).ready {
		t.Fatal("want both to be ready")
	}
	for h := range want.Steps {
		for j := range c.Levels {
			want.Steps[h][j] *= want.Steps[h][j]
			want.Peaks[h][j] *= want.Peaks[h][j]
		}
	}
	if !same(got, want) {
		t.Errorf("want the squares %v, got %v", want.Steps, got.Steps)
	}
}

// TestRootsAreSound wants finite quantiles in order of every series, and the same
// of a model that was stored: the rest of what a model promises follows from
// TestRoots.
func TestRootsAreSound(t *testing.T) {
	g := modeltest.Grid(t, time.Hour)
	c := model.Config{Grid: g, Horizon: 12, Levels: modeltest.Levels()}
	got, want := model.NewBands(c.Levels, 12), model.NewBands(c.Levels, 12)
	for name, values := range modeltest.Series() {
		m, past := NewRoot(c), model.NewHistory(g, 0)
		for i, v := range values {
			past.Append(20000*24+int64(i), v, 1)
			m.Observe(past)
			if m.Forecast(past, []float64{math.NaN(), 1e12}, want) && !want.Sound() {
				t.Fatalf("%s, bin %d: %v, peaks %v", name, i, want.Steps, want.Peaks)
			}
		}
		twin := NewRoot(c)
		if err := twin.Restore(past, m.Snapshot(nil)); err != nil {
			t.Fatalf("%s: restore: %v", name, err)
		}
		tail := []float64{5} // with which there is a forecast of every series
		if !m.Forecast(past, tail, want) || !twin.Forecast(past, tail, got) || !same(got, want) {
			t.Errorf("%s: want %v of a restored model, got %v", name, want.Steps, got.Steps)
		}
	}
}

// TestNaiveUntilReady compares every row with the naive model's, and sees it
// change hands once, after two days at the earliest.
func TestNaiveUntilReady(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	c := model.Config{Grid: g, Horizon: 4, Levels: modeltest.Levels()}
	m, stand := New(c).(*Model), naive.New(c)
	load := noisyDay(g, 1)
	past := model.NewHistory(g, 0)
	got, want := model.NewBands(modeltest.Levels(), 4), model.NewBands(modeltest.Levels(), 4)
	for i := range 3 * 288 {
		past.Append(int64(20458*288+i), load(i), 1)
		m.Observe(past)
		stand.Observe(past)
		tail := []float64{load(i), load(i)}
		said, wanted := m.Forecast(past, tail, got), stand.Forecast(past, tail, want)
		if m.ready && i+1 < 2*288 {
			t.Fatalf("ready after %d bins", i+1)
		}
		if !m.ready && (said != wanted || m.Warm(past) != stand.Warm(past) || !same(got, want)) {
			t.Fatalf("bin %d: differs from naive", i)
		}
	}
	if !m.ready || m.cold != nil || !m.Warm(past) || same(got, want) {
		t.Errorf("after three days: ready %v, naive still there %v", m.ready, m.cold != nil)
	}
}

func same(a, b *model.Bands) bool {
	for h := range a.Steps {
		for j := range a.Levels {
			if a.Steps[h][j] != b.Steps[h][j] || a.Peaks[h][j] != b.Peaks[h][j] {
				return false
			}
		}
	}
	return true
}

// noisyDay gives a daily wave with noise.
func noisyDay(g model.Grid, seed uint64) func(i int) float64 {
	r := rand.New(rand.NewPCG(seed, seed))
	return func(i int) float64 {
		return 100 + 50*math.Sin(2*math.Pi*float64(i)/float64(g.PerDay())) + 5*r.NormFloat64()
	}
}

// TestFarStepsAreNaive asks for more steps than there are leads.
func TestFarStepsAreNaive(t *testing.T) {
	g := modeltest.Grid(t, time.Hour)
	c := model.Config{Grid: g, Horizon: 80, Levels: []float64{0.5}}
	m, stand := New(c).(*Model), naive.New(c)
	past := modeltest.Fold(m, g, 20*24, noisyDay(g, 2))
	past.Replay(stand.Observe)
	got, want := model.NewBands(c.Levels, 80), model.NewBands(c.Levels, 80)
	m.Forecast(past, nil, got)
	stand.Forecast(past, nil, want)
	if !m.ready || m.cold == nil {
		t.Fatalf("ready %v, naive there %v", m.ready, m.cold != nil)
	}
	for h := range want.Steps {
		if own := h < mostSteps; own == (got.Steps[h][0] == want.Steps[h][0]) {
			t.Errorf("step %d: own %v, got %v, naive %v", h+1, own, got.Steps[h][0], want.Steps[h][0])
		}
	}
}

// TestNoUnit multiplies the load.
func TestNoUnit(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	forecast := func(factor float64) *model.Bands {
		m := New(model.Config{Grid: g, Horizon: 6, Levels: modeltest.Levels()})
		load := noisyDay(g, 3)
		past := modeltest.Fold(m, g, 6*288, func(i int) float64 { return factor * load(i) })
		b := model.NewBands(modeltest.Levels(), 6)
		m.Forecast(past, []float64{factor * 120, factor * 130}, b)
		return b
	}
	one := forecast(1)
	for factor, tolerance := range map[float64]float64{math.Exp2(-30): 0, 1024: 0, 3: 1e-4, 1e-7: 1e-4, 1e9: 1e-4} {
		other := forecast(factor)
		for h := range one.Steps {
			for j := range modeltest.Levels() {
				for _, pair := range [][2]float64{{one.Steps[h][j], other.Steps[h][j]}, {one.Peaks[h][j], other.Peaks[h][j]}} {
					if got := pair[1] / factor; math.Abs(got-pair[0]) > tolerance*pair[0] {
						t.Errorf("times %v, step %d, level %v: want %v, got %v", factor, h+1, modeltest.Levels()[j], pair[0], got)
					}
				}
			}
		}
	}
}

// TestLearns measures the errors of the medians against what cannot be known:
// for AR(1) with coefficient a and noise s, h steps ahead, the standard
// deviation s × sqrt((1 - a^2h) / (1 - a²)) (Box and Jenkins, 5.1.2).
func TestLearns(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	const a, s = 0.8, 5.0
	r := rand.New(rand.NewPCG(9, 9))
	x := 0.0
	values := make([]float64, 16*288)
	for i := range values {
		x = a*x + s*r.NormFloat64()
		values[i] = 200 + 80*math.Sin(2*math.Pi*float64(i)/288) + x
	}
	square, n := [6]float64{}, 0.0
	follow(New(model.Config{Grid: g, Horizon: 6, Levels: []float64{0.5}}), g, values, func(i int, b *model.Bands) {
		if i < 8*288 {
			return
		}
		n++
		for h := range b.Steps {
			off := values[i+1+h] - b.Steps[h][0]
			square[h] += off * off
		}
	})
	for h := range square {
		floor := s * math.Sqrt((1-math.Pow(a, 2*float64(h+1)))/(1-a*a))
		if got := math.Sqrt(square[h] / n); got > 1.1*floor {
			t.Errorf("step %d: error %.2f, the noise is %.2f", h+1, got, floor)
		}
	}
}

// follow drives a model bin by bin with a tail of two bins, as a group's rounds
// do, and calls each with the forecast from bin i.
func follow(m model.Model, g model.Grid, values []float64, each func(i int, b *model.Bands)) {
	const tail = 2
	horizon := 6
	past := model.NewHistory(g, 0)
	b := model.NewBands(levelsOf(m), horizon)
	for i := range len(values) - horizon {
		if i < tail {
			continue
		}
		past.Append(int64(20458*g.PerDay()+i-tail), values[i-tail], 1)
		m.Observe(past)
		if m.Forecast(past, values[i-tail+1:i+1], b) {
			each(i, b)
		}
	}
}

func levelsOf(m model.Model) []float64 { return m.(*Model).levels }

// TestObserveDoesNotAllocate observes the same bin over and over.
func TestObserveDoesNotAllocate(t *testing.T) {
	m, past, _ := grown(t, 5*time.Minute, 12)
	if n := testing.AllocsPerRun(20, func() { m.Observe(past) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestRestoreOfNothing learns from the window where there is no snapshot.
func TestRestoreOfNothing(t *testing.T) {
	g := modeltest.Grid(t, 5*time.Minute)
	c := model.Config{Grid: g, Horizon: 6, Levels: modeltest.Levels()}
	m := New(c)
	past := modeltest.Fold(m, g, 5*288, noisyDay(g, 6))
	again := New(c)
	if err := again.Restore(past, nil); err != nil {
		t.Fatal(err)
	}
	a, b := model.NewBands(modeltest.Levels(), 6), model.NewBands(modeltest.Levels(), 6)
	if !m.Forecast(past, nil, a) || !again.Forecast(past, nil, b) || !same(a, b) {
		t.Errorf("%v and %v", a.Steps, b.Steps)
	}
}

// TestRestoreRefuses gives a snapshot of other terms, or a part of one.
func TestRestoreRefuses(t *testing.T) {
	m, past, _ := grown(t, 5*time.Minute, 6)
	data := m.Snapshot(nil)
	newer := append([]byte{format + 1}, data[1:]...)
	for name, bad := range map[string][]byte{"cut off": data[:len(data)-1], "too much": append(data, 0), "another format": newer} {
		if New(model.Config{Grid: past.Grid(), Horizon: 6, Levels: m.levels}).Restore(past, bad) == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	if New(model.Config{Grid: past.Grid(), Horizon: 7, Levels: m.levels}).Restore(past, data) == nil {
		t.Error("of another horizon: want an error")
	}
}
