package dress

import "math"

const (
	// leanKeep is what an error weighs of the one after it.
	leanKeep = 0.9995
	// leanPrior is the variance of a weight before anything was seen, where that
	// of an error is 1.
	leanPrior = 0.01
	// mostCorrection is the most that an error counts, and that a point is moved
	// by, in scales.
	mostCorrection = 8
	// mostInput is the most that an input counts, in scales.
	mostInput   = 20
	inputsCount = 3
)

// inputs are what an error may lean on, in load: the model's newest error at the
// same time of day, its mean error at that time over days, and its mean error of
// late.
type inputs [inputsCount]float64

func (x inputs) bounded(most float64) inputs {
	for i := range x {
		x[i] = bounded(x[i], most)
	}
	return x
}

// lean is what errors lean on: recursive least squares, with exponential
// forgetting, of the model's error at one step on its inputs, all in scales
// (Ljung 1999, eq. 11.13). The trace of the covariance is held to what it began
// with. The model's points are moved by what it expects.
type lean struct {
	weights inputs
	cov     [inputsCount]inputs // symmetric
}

func newLean() (l lean) {
	l.doubt()
	return l
}

// doubt begins the covariance anew.
func (l *lean) doubt() {
	l.cov = [inputsCount]inputs{}
	for i := range l.cov {
		l.cov[i][i] = leanPrior
	}
}

func (l *lean) expect(x inputs) float64 {
	y := 0.0
	for i, w := range l.weights {
		y += w * x[i]
	}
	return y
}

// learn takes in an error of the model in load, of which such a size was
// expected; none where that is 0.
func (l *lean) learn(x inputs, err, scale float64) {
	if scale == 0 {
		return
	}
	for i := range x {
		x[i] /= scale
	}
	var gain inputs
	denominator := leanKeep
	for i := range gain {
		for j, c := range l.cov[i] {
			gain[i] += c * x[j]
		}
		denominator += gain[i] * x[i]
	}
	off := err/scale - l.expect(x)
	if !(denominator > 0) || math.IsInf(denominator, 0) || math.IsNaN(off) || math.IsInf(off, 0) {
		l.doubt()
		return
	}
	trace := 0.0
	for i := range gain {
		l.weights[i] += gain[i] / denominator * off
		for j := range gain {
			l.cov[i][j] = (l.cov[i][j] - gain[i]*gain[j]/denominator) / leanKeep
		}
		trace += l.cov[i][i]
	}
	l.hold(trace)
}

// hold scales the covariance down where its trace is above what it began with.
func (l *lean) hold(trace float64) {
	const most = inputsCount * leanPrior
	if !(trace > 0) || math.IsInf(trace, 0) {
		l.doubt()
		return
	}
	if trace <= most {
		return
	}
	for i := range l.cov {
		for j := range l.cov[i] {
			l.cov[i][j] *= most / trace
		}
	}
}
