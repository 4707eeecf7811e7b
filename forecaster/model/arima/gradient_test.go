package arima

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// wave gives n values that rise and fall, a second regressor.
func wave(n int) []float64 {
	out := make([]float64, n)
	for t := range out {
		out[t] = math.Sin(float64(t))
	}
	return out
}

// drawFitter draws a fitter, with regressors or none.
func drawFitter(t *rapid.T, gaps bool) *fitter {
	o := drawOrder(t, 2)
	n := o.lost() + rapid.IntRange(o.params()+6, 40).Draw(t, "n")
	d := Data{Y: drawSeries(t, n, gaps)}
	if rapid.Bool().Draw(t, "regressors") {
		d.X = [][]float64{ConstantOf(n, o.Diff+o.SDiff), wave(n)}
	}
	g, err := newGround(o, d)
	if err != nil {
		t.Skip(err)
	}
	f, err := newFitter(o, g)
	if err != nil {
		t.Skip(err)
	}
	return f
}

// value evaluates anew.
func value(f *fitter, u []float64) float64 {
	f.at = nil
	f.evaluate(u)
	return f.value
}

// TestGradient holds the gradient against central differences.
func TestGradient(t *testing.T) {
	for name, kind := range map[string]struct{ gaps, conditional bool }{
		"complete": {}, "conditional": {conditional: true}, "gaps": {gaps: true},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				f := drawFitter(t, kind.gaps)
				f.conditional = kind.conditional
				checkGradient(t, f, drawFree(t, f.order))
			})
		})
	}
}

// checkGradient takes steps at which neither rounding nor curvature counts.
func checkGradient(t *rapid.T, f *fitter, u []float64) {
	value(f, u)
	grad := append([]float64(nil), f.grad...)
	const h = 1e-4
	for k := range u {
		at := u[k]
		u[k] = at + h
		above := value(f, u)
		u[k] = at - h
		below := value(f, u)
		u[k] = at
		if want := (above - below) / (2 * h); !(math.Abs(grad[k]-want) < 1e-5*(1+math.Abs(want))) {
			t.Fatalf("%v at %v: want a derivative of %v to parameter %d, got %v", f.order, u, want, k, grad[k])
		}
	}
}

// TestFree leads free parameters to coefficients and back.
func TestFree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Order{AR: rapid.IntRange(0, 6).Draw(t, "p"), MA: rapid.IntRange(0, 6).Draw(t, "q"), SAR: 2, SMA: 1, Period: 12}
		u := rapid.SliceOfN(rapid.Float64Range(-4, 4), o.params(), o.params()).Draw(t, "free")
		back, inside := free(o, coefficients(o, u), 1)
		if !inside {
			t.Fatalf("%v: want roots outside the unit circle", u)
		}
		if diff := cmp.Diff(u, back, cmpopts.EquateApprox(1e-6, 1e-6)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestFreeOutside draws what is not stationary back to the limit.
func TestFreeOutside(t *testing.T) {
	o := Order{AR: 1, MA: 1}
	u, inside := free(o, []float64{1.5, -1.5}, 0.9)
	want := []float64{0.9, -0.9}
	if diff := cmp.Diff(want, coefficients(o, u), cmpopts.EquateApprox(0, 1e-12)); inside || diff != "" {
		t.Errorf("want the limit and a warning, got inside %v, %s", inside, diff)
	}
}

// TestPadded takes a smaller order to be a larger one with nothing new.
func TestPadded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFitter(t, rapid.Bool().Draw(t, "gaps"))
		u := drawFree(t, f.order)
		larger := f.order
		larger.AR += rapid.IntRange(0, 2).Draw(t, "more p")
		larger.MA += rapid.IntRange(0, 2).Draw(t, "more q")
		g, err := newFitter(larger, f.ground)
		if err != nil {
			t.Skip(err)
		}
		want, got := value(f, u), value(g, padded(u, f.order, larger))
		if !(math.Abs(got-want) < 1e-7*(1+math.Abs(want))) {
			t.Fatalf("%v as %v: want %v, got %v", f.order, larger, want, got)
		}
	})
}

// TestTwoFilters passes complete series through the Kalman filter for gaps.
func TestTwoFilters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOrder(t, 2)
		n := o.lost() + rapid.IntRange(o.params()+6, 60).Draw(t, "n")
		d := Data{Y: drawSeries(t, n, false), X: [][]float64{ConstantOf(n, o.Diff+o.SDiff), wave(n)}}
		u := drawFree(t, o)
		var values [2]float64
		for i := range values {
			g, err := newGround(o, d)
			if err != nil {
				t.Skip(err)
			}
			if i == 1 {
				g.gapped = newGapped(o, d, g.design)
				rescale(g.gapped.y, g.scale)
			}
			f, err := newFitter(o, g)
			if err != nil {
				t.Skip(err)
			}
			values[i] = value(f, u)
		}
		if !(math.Abs(values[0]-values[1]) < 1e-7) {
			t.Fatalf("%v at %v: want the same from both filters, got %v", o, u, values)
		}
	})
}
