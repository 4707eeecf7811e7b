package dress

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// follow lets a dresser judge and issue bin after bin, from bin 0. The forecast
// gives points and standard errors from an origin.
func follow(d *Dresser, values []float64, forecast func(origin int) (points, se []float64), after func(origin int)) {
	for i, v := range values {
		d.Judge(int64(i), v)
		points, se := forecast(i)
		d.Issue(int64(i), points, se)
		after(i)
	}
}

// flat gives a forecast that is the same from every origin.
func flat(point, se float64, steps int) func(int) ([]float64, []float64) {
	points, ses := slices.Repeat([]float64{point}, steps), slices.Repeat([]float64{se}, steps)
	return func(int) ([]float64, []float64) { return points, ses }
}

func noise(seed uint64, n int, around, by float64) []float64 {
	r := rand.New(rand.NewPCG(seed, seed))
	values := make([]float64, n)
	for i := range values {
		values[i] = around + by*r.NormFloat64()
	}
	return values
}

// TestQuantilesOfNormals wants the standard normal quantiles (NIST handbook
// 1.3.6.7.1), on average over two weeks, of errors twice as large as the model
// says. The size of so few errors as weigh in its means is uncertain, which
// widens the bands a little.
func TestQuantilesOfNormals(t *testing.T) {
	at := []float64{0.025, 0.1, 0.5, 0.9, 0.975, 0.99}
	d, b := New(at, 3, 288), model.NewBands(at, 3)
	sum, n := make([]float64, len(at)), 0.0
	forecast := flat(1000, 5, 3)
	follow(d, noise(1, 28*288, 1000, 10), forecast, func(i int) {
		if i < 14*288 {
			return
		}
		points, se := forecast(i)
		d.Bands(int64(i), points, se, b)
		for j, q := range b.Steps[1] {
			sum[j] += (q - 1000) / 10
		}
		n++
	})
	for j, want := range []float64{-1.960, -1.282, 0, 1.282, 1.960, 2.326} {
		if got := sum[j] / n; math.Abs(got-want) > 0.06+0.08*math.Abs(want) {
			t.Errorf("level %v: want about %v, got %v", at[j], want, got)
		}
	}
}

// TestBeforeTheFirstError wants normal quantiles of the model's own standard
// errors, within the width of a bin of the law.
func TestBeforeTheFirstError(t *testing.T) {
	at := []float64{0.1, 0.5, 0.9, 0.975}
	d, b := New(at, 2, 288), model.NewBands(at, 2)
	d.Prior([]float64{1, 1})
	d.Bands(10, []float64{100, 110}, []float64{3, 3 * math.Sqrt2}, b)
	for j, z := range []float64{-1.282, 0, 1.282, 1.960} {
		if got, want := b.Steps[1][j], 110+3*math.Sqrt2*z; math.Abs(got-want) > 0.8 {
			t.Errorf("level %v: want about %.2f, got %.2f", at[j], want, got)
		}
	}
}

// TestCoverage follows an AR(1) process with its own exact forecasts, on a daily
// wave that rises and falls within a path, and counts how often steps and peaks
// hold, in units of the standard deviation of one judgement. Judgements of twelve
// steps overlap: 0.06 is some three standard errors. Peaks that were raised for
// the sake of order hold a little more often.
func TestCoverage(t *testing.T) {
	const a, s, steps = 0.9, 5.0, 12
	at := []float64{0.1, 0.5, 0.9, 0.95, 0.99}
	r := rand.New(rand.NewPCG(3, 3))
	wave := func(i int) float64 { return 500 + 200*math.Sin(2*math.Pi*float64(i)/288) }
	around := make([]float64, 40*288)
	for i := range around {
		if i > 0 {
			around[i] = a * around[i-1]
		}
		around[i] += s * r.NormFloat64()
	}
	values, psi := make([]float64, len(around)), make([]float64, steps)
	for i, x := range around {
		values[i] = wave(i) + x
	}
	se, power := make([]float64, steps), 0.0
	for h := range psi {
		psi[h] = math.Pow(a, float64(h))
		power += psi[h] * psi[h]
		se[h] = s * math.Sqrt(power)
	}
	points := make([]float64, steps)
	forecast := func(i int) ([]float64, []float64) {
		for h := range points {
			points[h] = wave(i+h+1) + math.Pow(a, float64(h+1))*around[i]
		}
		return points, se
	}
	d, b := New(at, steps, 288), model.NewBands(at, steps)
	d.Prior(psi)
	held, heldPeaks, n := make([]float64, len(at)), make([]float64, len(at)), 0.0
	follow(d, values, forecast, func(i int) {
		if i < 5*288 || i+steps >= len(values) {
			return
		}
		d.Bands(int64(i), points, se, b)
		peak := slices.Max(values[i+1 : i+1+steps])
		for j := range at {
			if values[i+steps] <= b.Steps[steps-1][j] {
				held[j]++
			}
			if peak <= b.Peaks[steps-1][j] {
				heldPeaks[j]++
			}
		}
		n++
	})
	for j, p := range at {
		sd := math.Sqrt(p * (1 - p))
		if got := held[j] / n; math.Abs(got-p) > 0.06*sd {
			t.Errorf("step: level %v held %.4f", p, got)
		}
		if got := heldPeaks[j] / n; got < p-0.06*sd || got > p+0.12*sd {
			t.Errorf("peak: level %v held %.4f", p, got)
		}
	}
}

// TestLearnsTheDay forecasts the mean of a load that jumps in each bin of the
// day: what is left of the errors must be near what cannot be known.
func TestLearnsTheDay(t *testing.T) {
	at := []float64{0.1, 0.5, 0.9}
	r := rand.New(rand.NewPCG(5, 5))
	day := noise(6, 288, 0, 50)
	values := make([]float64, 20*288)
	for i := range values {
		values[i] = 500 + day[i%288] + 5*r.NormFloat64()
	}
	d, b := New(at, 6, 288), model.NewBands(at, 6)
	forecast := flat(500, 50, 6)
	off, n := 0.0, 0.0
	follow(d, values, forecast, func(i int) {
		if i < 14*288 || i+6 >= len(values) {
			return
		}
		points, se := forecast(i)
		d.Bands(int64(i), points, se, b)
		off += math.Abs(values[i+5] - b.Steps[4][1])
		n++
	})
	// The mean size of a normal error is 0.8 of its deviation. What is known of
	// the day is as noisy: to say what yesterday was would give √2 of that, and the
	// model's own errors have ten times it.
	if got := off / n; got > 1.6*0.8*5 {
		t.Errorf("mean error %.2f, the load's own 4", got)
	}
}

// TestWildHours has errors ten times as large from nine to five: the widths must
// know the hour before it begins.
func TestWildHours(t *testing.T) {
	at := []float64{0.1, 0.9}
	values := noise(7, 20*288, 0, 1)
	for i := range values {
		if hour := i % 288 / 12; hour >= 9 && hour < 17 {
			values[i] *= 10
		}
		values[i] += 1000
	}
	d, b := New(at, 1, 288), model.NewBands(at, 1)
	forecast := flat(1000, 5, 1)
	var width [24]float64
	follow(d, values, forecast, func(i int) {
		if points, se := forecast(i); i >= 10*288 {
			d.Bands(int64(i), points, se, b)
			width[(i+1)%288/12] += (b.Steps[0][1] - b.Steps[0][0]) / 120
		}
	})
	if width[4] > 8 || width[12] < 18 || width[12] > 36 { // 2.56 and 25.6 would be exact
		t.Errorf("width %.1f at four, %.1f at noon", width[4], width[12])
	}
}

// TestNoUnit multiplies everything by powers of two.
func TestNoUnit(t *testing.T) {
	at := []float64{0.1, 0.5, 0.9, 0.99}
	values := noise(8, 3*288, 300, 40)
	for i := range values {
		values[i] += 100 * math.Sin(2*math.Pi*float64(i)/288)
	}
	bands := func(factor float64) *model.Bands {
		scaled := slices.Clone(values)
		for i := range scaled {
			scaled[i] *= factor
		}
		d, b := New(at, 5, 288), model.NewBands(at, 5)
		d.Prior([]float64{1, 0.5, 0.25, 0.125, 0.0625})
		forecast := flat(300*factor, 30*factor, 5)
		follow(d, scaled, forecast, func(int) {})
		points, se := forecast(0)
		d.Bands(int64(len(values)-1), points, se, b)
		return b
	}
	one := bands(1)
	for _, factor := range []float64{math.Exp2(-20), 1024} {
		other := bands(factor)
		for h := range one.Steps {
			for j := range at {
				if other.Steps[h][j] != factor*one.Steps[h][j] || other.Peaks[h][j] != factor*one.Peaks[h][j] {
					t.Fatalf("times %v, step %d, level %v: %v and %v", factor, h+1, at[j], one.Steps[h][j], other.Steps[h][j])
				}
			}
		}
	}
}

// TestFarSteps has bands of a horizon far beyond what is learned.
func TestFarSteps(t *testing.T) {
	at := []float64{0.5, 0.9}
	d, b := New(at, 600, 288), model.NewBands(at, 600)
	if d.Steps() != mostSteps {
		t.Fatalf("steps %d", d.Steps())
	}
	psi, points, se := make([]float64, 600), make([]float64, 600), make([]float64, 600)
	for h := range psi {
		psi[h], points[h], se[h] = 1, 1e4, 10*math.Sqrt(float64(h+1))
	}
	d.Prior(psi)
	r := rand.New(rand.NewPCG(4, 4))
	x := 1e4
	for i := range 10 * 288 {
		x += 10 * r.NormFloat64()
		d.Judge(int64(i), x)
		for h := range points {
			points[h] = x
		}
		d.Issue(int64(i), points, se)
	}
	d.Bands(10*288-1, points, se, b)
	if !b.Sound() {
		t.Fatal("not sound")
	}
	near, far := b.Steps[63][1]-b.Steps[63][0], b.Steps[599][1]-b.Steps[599][0]
	if far < 2.5*near || far > 3.7*near { // √(600/64) = 3.06
		t.Errorf("width %.1f at step 64, %.1f at 600", near, far)
	}
	if b.Peaks[599][0] < b.Steps[599][0]+0.3*se[599] { // its median is 0.67 deviations above (reflection principle)
		t.Errorf("median of the peak %.1f above the step's", b.Peaks[599][0]-b.Steps[599][0])
	}
}

// TestAlwaysSound gives it whatever numbers there are.
func TestAlwaysSound(t *testing.T) {
	at := []float64{0.01, 0.5, 0.9, 0.999}
	wild := []float64{0, -5, 1e12, -1e12, 1e300, -1e300, math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, 1e-30}
	rapid.Check(t, func(t *rapid.T) {
		horizon := rapid.IntRange(1, 30).Draw(t, "horizon")
		number := rapid.OneOf(rapid.SampledFrom(wild), rapid.Float64Range(0, 100), rapid.Just(7.0))
		d, b := New(at, horizon, rapid.SampledFrom([]int{1, 2, 24, 288}).Draw(t, "bins a day")), model.NewBands(at, horizon)
		d.Prior(rapid.SliceOfN(number, 0, 10).Draw(t, "psi"))
		points, se := make([]float64, horizon), make([]float64, horizon)
		bin := int64(rapid.IntRange(-3, 3).Draw(t, "first"))
		for range rapid.IntRange(1, 80).Draw(t, "bins") {
			bin += int64(rapid.SampledFrom([]int{1, 1, 1, 2, 100}).Draw(t, "next"))
			d.Judge(bin, number.Draw(t, "value"))
			for h := range points {
				points[h], se[h] = number.Draw(t, "point"), number.Draw(t, "se")
			}
			d.Issue(bin, points, se)
			if d.Bands(bin, points, se, b); !b.Sound() {
				t.Fatalf("bin %d: %v and %v", bin, b.Steps, b.Peaks)
			}
		}
	})
}

func TestIssuePanicsOnShortPaths(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("want a panic")
		}
	}()
	New([]float64{0.5}, 3, 288).Issue(0, []float64{1, 2, 3}, []float64{1, 1})
}
