package stl

import "math"

// smooth writes the smoothed y to dst. The weights multiply those of the
// distance; nil weighs all places alike. Spans are odd.
func (l Loess) smooth(dst, y, weights []float64) {
	n := len(y)
	if n < 2 {
		copy(dst, y)
		return
	}
	jump := min(l.Jump, n-1)
	for i := 0; ; i = min(i+jump, n-1) {
		left, right := l.span(i, n)
		fit, ok := l.fit(y[left:right], tail(weights, left), i-left, n)
		if !ok {
			fit = y[i]
		}
		dst[i] = fit
		if i == n-1 {
			break
		}
	}
	for i := 0; i < n-1; i += jump {
		bridge(dst[i : min(i+jump, n-1)+1])
	}
}

// span gives the places that the fit at place i of n reads: [left, right). It
// is as long as the window, so lopsided at the ends.
func (l Loess) span(i, n int) (left, right int) {
	if l.Window >= n {
		return 0, n
	}
	left = min(max(i-l.Window/2, 0), n-l.Window)
	return left, left + l.Window
}

// fit gives the local polynomial at the place at, which may lie outside of y
// (Cleveland et al. 1990, section 2): tricube weights of the distance, times
// weights. It reports false where these are all zero. y is what the span holds
// of a series of n places.
func (l Loess) fit(y, weights []float64, at, n int) (float64, bool) {
	reach := float64(max(at, len(y)-1-at))
	if l.Window > n {
		reach += float64((l.Window - n) / 2)
	}
	weigh := newTricube(reach)
	var mass, first, second, sum, slope float64
	for j, v := range y {
		x := float64(j - at)
		w := weigh.at(math.Abs(x))
		if weights != nil {
			w *= weights[j]
		}
		mass += w
		first += w * x
		second += w * x * x
		sum += w * v
		slope += w * x * v
	}
	if mass <= 0 {
		return 0, false
	}
	mean := sum / mass
	if l.Degree == 0 {
		return mean, true
	}
	centre := first / mass
	variance := second/mass - centre*centre
	// Where the weight sits at almost one place there is no slope to tell.
	if least := 0.001 * float64(n-1); !(variance > least*least) {
		return mean, true
	}
	return mean - centre/variance*(slope/mass-centre*mean), true
}

// tricube weighs distances. As in the paper's own program a weight is exactly 1
// and 0 just before the ends of its reach.
type tricube struct{ near, far, share float64 }

func newTricube(reach float64) tricube {
	return tricube{0.001 * reach, 0.999 * reach, 1 / reach}
}

func (t tricube) at(distance float64) float64 {
	if distance <= t.near {
		return 1
	}
	if distance > t.far {
		return 0
	}
	q := distance * t.share
	q = 1 - q*q*q
	return q * q * q
}

// bridge puts a straight line between the first and the last.
func bridge(dst []float64) {
	last := len(dst) - 1
	step := (dst[last] - dst[0]) / float64(last)
	for i := 1; i < last; i++ {
		dst[i] = dst[0] + step*float64(i)
	}
}

// tail gives the weights from a place on, nil for nil.
func tail(weights []float64, from int) []float64 {
	if weights == nil {
		return nil
	}
	return weights[from:]
}
