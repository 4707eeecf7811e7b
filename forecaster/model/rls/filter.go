package rls

import "math"

const (
	// forgetting is what an observation weighs of the one after it: half of
	// the weight lies in the newest 1,386.
	forgetting = 0.9995
	// prior is the variance of a weight before anything was seen, where the
	// variance of the noise is 1 in the unit of the targets.
	prior = 10
)

// filter is recursive least squares with exponential forgetting (Ljung 1999,
// eq. 11.13; Haykin 2002, table 9.1): the weights minimise
//
//	Σ forgetting^(n-i) × (y_i - w·x_i)² + forgetting^n × |w|² / prior
//
// over all observations i = 1 to n, in O(d²) an observation.
//
// Where inputs do not vary, forgetting would let their covariance grow without
// bound. So its trace is held to what it began with: beyond that it is scaled
// down, and the sum above then forgets more slowly.
type filter struct {
	weights []float64
	// cov is the lower triangle of the covariance, row after row: symmetric by
	// construction.
	cov     []float64
	updates int
	gain    []float64 // scratch
}

func newFilter(inputs int) filter {
	f := filter{
		weights: make([]float64, inputs),
		cov:     make([]float64, inputs*(inputs+1)/2),
		gain:    make([]float64, inputs),
	}
	f.doubt()
	return f
}

// doubt begins the covariance anew.
func (f *filter) doubt() {
	clear(f.cov)
	for i := range f.weights {
		f.cov[i*(i+1)/2+i] = prior
	}
}

func (f *filter) predict(x []float64) float64 {
	y := 0.0
	for i, w := range f.weights {
		y += w * x[i]
	}
	return y
}

// update takes in the target y of the inputs x. One whose numbers leave the
// finite is passed over, and the covariance begins anew.
func (f *filter) update(x []float64, y float64) {
	power := f.project(x)
	err := y - f.predict(x)
	denominator := forgetting + power
	if !(power >= 0) || math.IsInf(power, 0) || math.IsNaN(err) {
		f.doubt()
		return
	}
	for i, g := range f.gain {
		f.weights[i] += g / denominator * err
	}
	f.shrink(denominator)
	f.updates++
}

// project sets the gain to the covariance times x, and gives x times that.
func (f *filter) project(x []float64) float64 {
	clear(f.gain)
	at := 0
	for i, xi := range x {
		row := f.cov[at : at+i+1]
		sum := row[i] * xi
		for j, c := range row[:i] {
			sum += c * x[j]
			f.gain[j] += c * xi
		}
		f.gain[i] += sum
		at += i + 1
	}
	power := 0.0
	for i, g := range f.gain {
		power += g * x[i]
	}
	return power
}

// shrink takes out of the covariance what the observation told, forgets, and
// holds the trace.
func (f *filter) shrink(denominator float64) {
	at, trace := 0, 0.0
	for i, g := range f.gain {
		row := f.cov[at : at+i+1]
		share := g / denominator
		for j := range row {
			row[j] = (row[j] - share*f.gain[j]) / forgetting
		}
		trace += row[i]
		at += i + 1
	}
	most := prior * float64(len(f.weights))
	switch {
	case !(trace > 0) || math.IsInf(trace, 0):
		f.doubt()
	case trace > most:
		for i := range f.cov {
			f.cov[i] *= most / trace
		}
	}
}
