package stl

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// load is a series with two seasons, a drift and something irregular.
func load(n, short, long int) []float64 {
	y := make([]float64, n)
	for i := range y {
		x := float64(i)
		_, noise := math.Modf(x * 0.6180339887498949)
		y[i] = 100 + x/float64(n)*20 + 10*math.Sin(2*math.Pi*x/float64(short)) + 5*math.Cos(2*math.Pi*x/float64(long)) + 4*noise
	}
	return y
}

// decomposed draws a series and decomposes it: by STL with any options, or by
// MSTL.
func decomposed(t *rapid.T) (values []float64, by func([]float64) Decomposition) {
	period := rapid.IntRange(2, 12).Draw(t, "period")
	n := rapid.IntRange(2*period+1, 90).Draw(t, "n")
	values = rapid.SliceOfN(rapid.Float64Range(-100, 100), n, n).Draw(t, "values")
	if rapid.Bool().Draw(t, "mstl") {
		long := rapid.IntRange(2, 30).Draw(t, "long")
		return values, func(y []float64) Decomposition { return Decompose(y, []int{period, long}) }
	}
	o := Defaults(period, rapid.IntRange(3, 21).Draw(t, "cycles"))
	if rapid.Bool().Draw(t, "periodic") {
		o = Periodic(period)
	}
	o.Trend.Window = rapid.IntRange(3, 120).Draw(t, "trend")
	o.Trend.Jump = rapid.IntRange(1, 120).Draw(t, "jump")
	o.Seasonal.Degree = rapid.IntRange(0, 1).Draw(t, "degree")
	o.Inner = rapid.IntRange(1, 3).Draw(t, "inner")
	return values, func(y []float64) Decomposition {
		d, err := STL(y, period, o)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

// TestAddsUp also holds that missing values spoil nothing but their remainder.
func TestAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values, by := decomposed(t)
		for i := range values {
			switch rapid.IntRange(0, 9).Draw(t, "gap") {
			case 0:
				values[i] = math.NaN()
			case 1:
				values[i] = math.Inf(1)
			}
		}
		values[rapid.IntRange(0, len(values)-1).Draw(t, "there")] = 7
		before := slices.Clone(values)
		d := by(values)
		adjusted := d.Adjusted()
		for i, v := range values {
			fit := d.Trend[i]
			for _, s := range d.Seasonal {
				fit += s[i]
			}
			if math.IsNaN(fit) || math.IsInf(fit, 0) {
				t.Fatalf("components %v at %d", fit, i)
			}
			if missing(v) {
				if !math.IsNaN(d.Remainder[i]) || !math.IsNaN(adjusted[i]) {
					t.Fatalf("missing at %d: remainder %v, adjusted %v", i, d.Remainder[i], adjusted[i])
				}
				continue
			}
			if math.Abs(fit+d.Remainder[i]-v) > 1e-9 || math.Abs(adjusted[i]-(d.Trend[i]+d.Remainder[i])) > 1e-9 {
				t.Fatalf("at %d: %v and %v do not add up to %v", i, fit, d.Remainder[i], v)
			}
		}
		if !cmp.Equal(values, before, cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b })) {
			t.Fatal("the input was changed")
		}
	})
}

// TestEquivariant: what is linear without an outer loop moves with the series.
func TestEquivariant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values, by := decomposed(t)
		shift, scale := rapid.Float64Range(-1000, 1000).Draw(t, "shift"), rapid.Float64Range(-50, 50).Draw(t, "scale")
		moved := slices.Clone(values)
		for i := range moved {
			moved[i] = moved[i]*scale + shift
		}
		was, is := by(values), by(moved)
		for i := range values {
			if math.Abs(was.Trend[i]*scale+shift-is.Trend[i]) > 1e-7 {
				t.Fatalf("trend at %d: %v became %v", i, was.Trend[i], is.Trend[i])
			}
			for k := range was.Seasonal {
				if math.Abs(was.Seasonal[k][i]*scale-is.Seasonal[k][i]) > 1e-7 {
					t.Fatalf("season %d at %d: %v became %v", k, i, was.Seasonal[k][i], is.Seasonal[k][i])
				}
			}
		}
	})
}

// TestPureSeason: a season on a level leaves no remainder; one on a slope does
// not where the subseries are smoothed by lines.
func TestPureSeason(t *testing.T) {
	cycle := []float64{3, -1, 4, -1, 5, -9, 2, -6, 5, -2} // sums to zero
	lines := Defaults(10, 11)
	lines.Seasonal.Degree = 1
	for name, c := range map[string]struct {
		options Options
		slope   float64
	}{
		"fixed":  {Periodic(10), 0},
		"slow":   {Defaults(10, 11), 0},
		"robust": {Defaults(10, 11).Robust(), 0},
		"lines":  {lines, 0.5},
	} {
		values := make([]float64, 95)
		for i := range values {
			values[i] = 20 + cycle[i%10] + c.slope*float64(i)
		}
		d, err := STL(values, 10, c.options)
		if err != nil {
			t.Fatal(err)
		}
		if size(d.Remainder) > 1e-9 {
			t.Errorf("%s: a remainder of up to %v", name, size(d.Remainder))
		}
		for step := 1; step <= 25; step++ {
			if want := cycle[(94+step)%10]; math.Abs(d.Ahead(step)-want) > 1e-9 {
				t.Errorf("%s, step %d: want %v, got %v", name, step, want, d.Ahead(step))
			}
		}
	}
}

// TestOutliers: the weights keep a spike out of the components.
func TestOutliers(t *testing.T) {
	values := load(121, 12, 12)
	calm, err := STL(values, 12, Defaults(12, 11).Robust())
	if err != nil {
		t.Fatal(err)
	}
	values[50] = 500
	struck, err := STL(values, 12, Defaults(12, 11).Robust())
	if err != nil {
		t.Fatal(err)
	}
	if struck.Weights[50] != 0 {
		t.Errorf("weight of the spike: want 0, got %v", struck.Weights[50])
	}
	for i := range values {
		if math.Abs(struck.Trend[i]-calm.Trend[i]) > 1 || math.Abs(struck.Seasonal[0][i]-calm.Seasonal[0][i]) > 3 {
			t.Errorf("at %d: trend %v, season %v; without the spike %v and %v", i, struck.Trend[i], struck.Seasonal[0][i], calm.Trend[i], calm.Seasonal[0][i])
		}
	}
}

func TestConstant(t *testing.T) {
	values := make([]float64, 60)
	for i := range values {
		values[i] = 7
	}
	for name, d := range map[string]Decomposition{
		"mstl": Decompose(values, []int{7, 24}), "none": Decompose(values, nil), "one": Decompose([]float64{7}, nil),
	} {
		for i := range d.Trend {
			if math.Abs(d.Trend[i]-7) > 1e-12 || math.Abs(d.Remainder[i]) > 1e-12 {
				t.Errorf("%s at %d: trend %v, remainder %v", name, i, d.Trend[i], d.Remainder[i])
			}
		}
	}
	d, err := STL(values, 7, Defaults(7, 7).Robust())
	if err != nil || size(d.Remainder) > 1e-12 || size(d.Seasonal[0]) > 1e-12 {
		t.Errorf("robust: remainder %v, season %v, %v", size(d.Remainder), size(d.Seasonal[0]), err)
	}
}

func TestPeriods(t *testing.T) {
	values := load(49, 12, 12)
	for _, c := range []struct{ periods, want []int }{
		{nil, nil},
		{[]int{-3, 0, 1}, nil},
		{[]int{25}, nil},
		{[]int{24, 7, 24}, []int{7, 24}},
	} {
		if d := Decompose(values, c.periods); !cmp.Equal(d.Periods, c.want) || len(d.Seasonal) != len(c.want) {
			t.Errorf("%v: want %v, got %v and %d components", c.periods, c.want, d.Periods, len(d.Seasonal))
		}
	}
	if d := Decompose(values[:48], []int{24}); d.Periods != nil || d.Ahead(1) != 0 {
		t.Errorf("two cycles exactly: want no period, got %v", d.Periods)
	}
	if d := Decompose(nil, []int{24}); len(d.Trend)+len(d.Remainder) != 0 {
		t.Errorf("nothing: got %v", d)
	}
	gone := []float64{math.NaN(), math.NaN(), math.Inf(-1), math.NaN(), math.NaN()}
	if d := Decompose(gone, []int{2}); !math.IsNaN(d.Trend[0]) || !math.IsNaN(d.Remainder[4]) {
		t.Errorf("no value at all: got %v", d)
	}
}

func TestErrors(t *testing.T) {
	values, good := load(49, 12, 12), Defaults(12, 11)
	with := func(change func(o *Options)) Options { o := good; change(&o); return o }
	for _, c := range []struct {
		period  int
		options Options
		want    string
	}{
		{1, good, "got period 1 and 49 values"},
		{25, good, "got period 25 and 49 values"},
		{12, with(func(o *Options) { o.Trend.Jump = 0 }), "trend smoothing: want degree 0 or 1 and a jump of at least 1, got 1 and 0"},
		{12, with(func(o *Options) { o.Seasonal.Degree = 2 }), "seasonal smoothing"},
		{12, with(func(o *Options) { o.LowPass.Degree = -1 }), "low-pass smoothing"},
		{12, with(func(o *Options) { o.Inner = 0 }), "got 0 and 0"},
		{12, with(func(o *Options) { o.Outer = -1 }), "got 2 and -1"},
	} {
		if _, err := STL(values, c.period, c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("period %d, %+v: want %q, got %v", c.period, c.options, c.want, err)
		}
	}
}

func TestFilled(t *testing.T) {
	nan := math.NaN()
	got := filled([]float64{nan, nan, 2, nan, nan, 5, 7, math.Inf(1), nan})
	if want := []float64{2, 2, 2, 3, 4, 5, 7, 7, 7}; !cmp.Equal(got, want) {
		t.Errorf("want %v, got %v", want, got)
	}
}

func BenchmarkDecompose(b *testing.B) {
	for _, c := range []struct {
		name    string
		n       int
		periods []int
	}{
		{"n=8640 m=1440", 8640, []int{1440}},
		{"n=6048 m=288,2016", 6048, []int{288, 2016}},
		{"n=4032 m=288", 4032, []int{288}},
	} {
		values := load(c.n, c.periods[0], c.periods[len(c.periods)-1])
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Decompose(values, c.periods)
			}
		})
	}
}
