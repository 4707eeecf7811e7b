package stl

import "fmt"

// Loess says how a curve is smoothed: by a local polynomial at every Jump-th
// place, and straight lines between these.
type Loess struct {
	// Window is the span in places. It is raised to an odd number of at least
	// 3; a span beyond the series flattens the weights.
	Window int
	// Degree of the local polynomial: 0 or 1.
	Degree int
	// Jump is the distance between two places that are computed, at least 1.
	Jump int
}

// over gives the smoothing with a span and the distance that the paper
// suggests: a tenth of it.
func over(window, degree int) Loess {
	return Loess{Window: window, Degree: degree, Jump: (window + 9) / 10}
}

// Options are the parameters of STL. Defaults, Periodic and Robust give sound
// ones.
type Options struct {
	// Seasonal smooths each cycle-subseries: Window counts cycles.
	Seasonal Loess
	// Periodic makes every cycle of the seasonal component the same. Seasonal
	// is then without effect.
	Periodic bool
	// Trend and LowPass smooth along the series.
	Trend, LowPass Loess
	// Inner is the number of passes of the inner loop, at least 1.
	Inner int
	// Outer is the number of times that robustness weights are computed, each
	// followed by an inner loop; 0 for none.
	Outer int
}

// Defaults gives the options that the paper recommends for a period and the
// span of the seasonal smoothing, in cycles: the trend's span is then the
// least that leaves the seasonal variation alone (section 4.5).
func Defaults(period, cycles int) Options {
	trend := 1.5 * float64(period) / (1 - 1.5/float64(max(cycles, 3)))
	return options(period, over(cycles, 0), odd(ceil(trend)))
}

// Periodic gives the options for a season that never changes.
func Periodic(period int) Options {
	o := options(period, Loess{}, odd(period*3/2+1))
	o.Periodic = true
	return o
}

func options(period int, seasonal Loess, trend int) Options {
	return Options{
		Seasonal: seasonal,
		Trend:    over(trend, 1),
		LowPass:  over(odd(period), 1),
		Inner:    2,
	}
}

// Robust gives the options with fifteen rounds of robustness weights, which
// keep outliers out of trend and season.
func (o Options) Robust() Options {
	o.Inner, o.Outer = 1, 15
	return o
}

func (o Options) check() error {
	smoothings := []struct {
		name  string
		loess Loess
	}{{"seasonal", o.Seasonal}, {"trend", o.Trend}, {"low-pass", o.LowPass}}
	if o.Periodic {
		smoothings = smoothings[1:]
	}
	for _, s := range smoothings {
		if s.loess.Degree != 0 && s.loess.Degree != 1 || s.loess.Jump < 1 {
			return fmt.Errorf("%s smoothing: want degree 0 or 1 and a jump of at least 1, got %d and %d", s.name, s.loess.Degree, s.loess.Jump)
		}
	}
	if o.Inner < 1 || o.Outer < 0 {
		return fmt.Errorf("passes: want at least 1 inner and 0 outer, got %d and %d", o.Inner, o.Outer)
	}
	return nil
}

// settled gives the options as they are carried out on n places.
func (o Options) settled(n int) Options {
	if o.Periodic {
		// A span this long makes the subseries' weights all but equal; what
		// is left of the difference is averaged away afterwards.
		o.Seasonal = over(10*n+1, 0)
	}
	for _, l := range []*Loess{&o.Seasonal, &o.Trend, &o.LowPass} {
		l.Window = max(3, odd(l.Window))
	}
	return o
}

func odd(n int) int { return n + 1 - n&1 }

func ceil(x float64) int {
	n := int(x)
	if float64(n) < x {
		n++
	}
	return n
}
