package lstm

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// followed gives the gauge after values, and the source that it followed.
func followed(tb testing.TB, perDay int, values []float64) (*gauge, *track, calendar) {
	tb.Helper()
	only := newTrack(seriesOf(tb, "s", 24*time.Hour/time.Duration(perDay), values), 0, steps)
	g := newGauge(steps)
	for i := range values {
		g.follow(only.calendar, only, only.first+int64(i))
	}
	return &g, only, only.calendar
}

// TestBlendFindsTheSeason wants the mixture to be yesterday, where a load repeats
// itself day by day, and a week ago where it does so by weeks only.
func TestBlendFindsTheSeason(t *testing.T) {
	week := make([]float64, 7*24)
	for i := range week {
		week[i] = 50 + 7*float64(i%24) + 31*float64(i/24*i/24%5)
	}
	for name, tc := range map[string]struct {
		values []float64
		season int
	}{
		"by days":  {slices.Repeat(week[24:48], 6), 24},
		"by weeks": {slices.Repeat(week, 3), 7 * 24},
	} {
		g, only, _ := followed(t, 24, tc.values)
		n := len(tc.values)
		o := g.blend.origin(only.first + int64(n) - 1)
		for h := range steps {
			if want := tc.values[n+h-tc.season]; math.Abs(o.centers[h]-want) > 0.02*want {
				t.Errorf("%s: step %d: want about %v, got %v", name, h+1, want, o.centers[h])
			}
		}
	}
}

// TestBlendFollowsALevel shifts a constant load, and wants the mixtures to be
// there two days later.
func TestBlendFollowsALevel(t *testing.T) {
	values := append(slices.Repeat([]float64{10}, 200), slices.Repeat([]float64{40}, 48)...)
	g, only, _ := followed(t, 24, values)
	o := g.blend.origin(only.first + int64(len(values)) - 1)
	for h, c := range o.centers {
		if math.Abs(c-40) > 1 {
			t.Errorf("step %d: want about 40, got %v", h+1, c)
		}
	}
}

// TestBlendAgainstDefinition compares the means of a random load with sums over
// all of it (the weights of exponential means; no memory of how they were).
func TestBlendAgainstDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(50, 150), 20, 80).Draw(rt, "values")
		g, _, c := followed(t, 24, values)
		level, weight := 0.0, 0.0
		for i, x := range values {
			w := math.Pow(c.keep, float64(len(values)-1-i))
			level += w * x
			weight += w
		}
		if got, want := g.level, level/weight; math.Abs(got-want) > 1e-9*want {
			rt.Fatalf("level: want %v, got %v", want, got)
		}
		// The candidate of the last value, a step ahead: errors are differences.
		miss, weight := 0.0, 0.0
		for i := 1; i < len(values); i++ {
			w := math.Pow(c.keepErrors, float64(len(values)-1-i))
			miss += w * math.Abs(values[i]-values[i-1])
			weight += w
		}
		if got, want := g.blend.errors[0][ofLast].mean, miss/weight; math.Abs(got-want) > 1e-9*want {
			rt.Fatalf("error of the last value: want %v, got %v", want, got)
		}
	})
}

// TestGapsTeachNothing wants a gap to leave the means as they were.
func TestGapsTeachNothing(t *testing.T) {
	values := waves(60, 24, 1)
	before, _, _ := followed(t, 24, values)
	after, _, _ := followed(t, 24, append(slices.Clone(values), math.NaN(), math.NaN()))
	if before.level != after.level || before.middle != after.middle || !slices.Equal(before.blend.errors, after.blend.errors) || after.missing != 2 {
		t.Errorf("before %+v, after %+v", before.level, after.level)
	}
}

func TestAsinh(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-1e90, 1e90).Draw(t, "x")
		if rapid.Bool().Draw(t, "small") {
			x = rapid.Float64Range(-3, 3).Draw(t, "x")
		}
		if got, want := asinh(x), math.Asinh(x); math.Abs(got-want) > 1e-14*math.Abs(want) || asinh(-x) != -got {
			t.Fatalf("%v: want %v, got %v", x, want, got)
		}
	})
}

// TestNewborn wants a walk that begins with its load to see what a walk over the
// rest of the load alone sees.
func TestNewborn(t *testing.T) {
	values := waves(300, 24, 1)
	whole := newTrack(seriesOf(t, "s", time.Hour, values), 0, steps)
	whole.measure()
	rest := newTrack(seriesOf(t, "s", time.Hour, values[100:]), 0, steps)
	rest.first += 100
	a, b := whole.walkFrom(100, 100), walk{track: rest, gauge: newGauge(steps)}
	x, y := newSight(steps), newSight(steps)
	for i := range 150 {
		a.step(&x)
		b.step(&y)
		if !x.equal(y) {
			t.Fatalf("bin %d: want %v, got %v", i, y.inputs, x.inputs)
		}
	}
}

// TestWalksFromAnywhere wants a walk that begins in the middle to see what one
// from the beginning sees.
func TestWalksFromAnywhere(t *testing.T) {
	only := newTrack(seriesOf(t, "s", time.Hour, waves(300, 24, 1)), 0, steps)
	only.measure()
	script := only.write()
	for _, at := range []int{1, 63, 64, 65, 130, 299} {
		w := only.walkFrom(at, 0)
		s := newSight(steps)
		if w.step(&s); !s.equal(script.sights[at]) {
			t.Errorf("from bin %d: want %v, got %v", at, script.sights[at].inputs, s.inputs)
		}
	}
}
