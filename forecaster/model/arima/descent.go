package arima

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Bounds of a descent.
const (
	// flat is the slope below which a point counts as an optimum.
	flat = 1e-7
	// settledFall is the fall of the objective below which two steps in a row end
	// a descent, wee that which a step must promise to be taken.
	settledFall, wee = 1e-11, 1e-13
	// longest bounds the change of a free parameter in a step, as a share of 1 and
	// the largest.
	longest = 2.0
	// enough and still are the constants of the line search (Nocedal and Wright
	// 2006, 3.7): a step must yield that share of what the slope promises, and
	// leave at most that share of the slope.
	enough, still = 1e-4, 0.9
	// mostTries bounds the evaluations of a line search.
	mostTries = 20
	// ridge is what the metric gets on its diagonal, as a share of its mean.
	ridge = 1e-3
)

// optimum is a point and the objective there.
type optimum struct {
	at    []float64
	value float64
}

// descent is a quasi-Newton descent (Nocedal and Wright 2006, algorithm 6.1)
// whose first metric is the information that the series has on the parameters.
// Near the optimum that is the Hessian up to O(n^-½), so that the first step
// nearly arrives.
type descent struct {
	f         *fitter
	at, grad  []float64
	value     float64
	inverse   *mat.SymDense // of the metric
	direction []float64
	turn, gap []float64 // change of the gradient, and what the metric makes of it
}

// descend minimises the objective from a point, in so many iterations at most.
func (f *fitter) descend(u []float64, most int) optimum {
	k := len(u)
	d := &descent{f: f, at: slices.Clone(u),
		inverse: mat.NewSymDense(k, nil), direction: make([]float64, k), turn: make([]float64, k), gap: make([]float64, k)}
	d.begin()
	if math.IsInf(d.value, 1) {
		return optimum{d.at, d.value}
	}
	d.measure()
	small := 0
	for range most {
		if floats.Norm(d.grad, math.Inf(1)) < flat {
			break
		}
		fall, moved := d.step()
		if !moved {
			break
		}
		if small++; fall > settledFall {
			small = 0
		}
		if small == 2 {
			break
		}
	}
	f.at = nil
	return optimum{d.at, d.value}
}

// begin evaluates where the descent begins. Where roots lie so close to the unit
// circle that the likelihood is lost in rounding, it draws them in, and leaves the
// other parameters as they are.
func (d *descent) begin() {
	f := d.f
	f.at = nil
	f.evaluate(d.at)
	most := min(floats.Norm(d.at, math.Inf(1)), farthest)
	for range mostTries {
		if !math.IsInf(f.value, 1) {
			break
		}
		most /= 2
		for i, x := range d.at {
			d.at[i] = bounded(x, most)
		}
		f.evaluate(d.at)
	}
	d.value, d.grad = f.value, slices.Clone(f.grad)
}

// measure sets the metric to the information at the point.
func (d *descent) measure() {
	k := len(d.at)
	information := d.f.information(d.at)
	if mean := mat.Trace(information) / float64(k); mean > 0 && !math.IsInf(mean, 1) {
		for i := range k {
			information.SetSym(i, i, information.At(i, i)+ridge*mean)
		}
		var chol mat.Cholesky
		if chol.Factorize(information) && chol.InverseTo(d.inverse) == nil {
			return
		}
	}
	d.plain()
}

// information gives that at the point that was evaluated last; of a series with
// gaps that of the one with straight lines over them, which is near enough to
// begin with.
func (f *fitter) information(u []float64) *mat.SymDense {
	if f.gapped == nil {
		return f.score.information(f.rest)
	}
	f.score.begin(u, true)
	return f.score.information(f.order.Differenced(Bridged(f.rest)))
}

// plain sets the metric to that of a step of length 1 along the gradient.
func (d *descent) plain() {
	d.inverse.Zero()
	by := 1 / max(floats.Norm(d.grad, 2), flat)
	for i := range d.at {
		d.inverse.SetSym(i, i, by)
	}
}

// step moves along the direction of the metric, and gives by how much the
// objective fell.
func (d *descent) step() (fall float64, moved bool) {
	k := len(d.at)
	direction := mat.NewVecDense(k, d.direction)
	direction.MulVec(d.inverse, mat.NewVecDense(k, d.grad))
	floats.Scale(-1, d.direction)
	slope := floats.Dot(d.grad, d.direction)
	if !(slope < 0) {
		d.plain()
		direction.MulVec(d.inverse, mat.NewVecDense(k, d.grad))
		floats.Scale(-1, d.direction)
		slope = floats.Dot(d.grad, d.direction)
	}
	longest := longest * (1 + floats.Norm(d.at, math.Inf(1)))
	if top := floats.Norm(d.direction, math.Inf(1)); top > longest {
		floats.Scale(longest/top, d.direction)
		slope *= longest / top
	}
	if -slope < wee {
		return 0, false
	}
	at, share := d.search(slope)
	if at == nil {
		return 0, false
	}
	floats.SubTo(d.turn, d.f.grad, d.grad)
	fall = d.value - d.f.value
	d.at, d.value = at, d.f.value
	copy(d.grad, d.f.grad)
	floats.Scale(share, d.direction)
	d.learn()
	return fall, true
}

// search gives the point that a line search ends at, where f was evaluated last,
// nil where no step makes the objective fall.
func (d *descent) search(slope float64) (at []float64, share float64) {
	share = 1
	low, high := 0.0, math.Inf(1)
	for range mostTries {
		at = slices.Clone(d.at)
		floats.AddScaled(at, share, d.direction)
		d.f.evaluate(at)
		value := d.f.value
		if !(value <= d.value+enough*share*slope) {
			high = share
			best := share / 4
			if bend := value - d.value - slope*share; bend > 0 && !math.IsInf(bend, 1) {
				best = -slope * share * share / (2 * bend)
			}
			share = min(max(best, low+(high-low)/10), low+(high-low)/2)
			continue
		}
		if s := floats.Dot(d.f.grad, d.direction); s < still*slope && math.IsInf(high, 1) && share < 8 {
			low, share = share, 3*share
			continue
		}
		return at, share
	}
	return nil, 0
}

// learn brings the metric in line with the gradient's change over the step that
// direction holds.
func (d *descent) learn() {
	curvature := floats.Dot(d.direction, d.turn)
	if !(curvature > 1e-16) {
		return
	}
	k := len(d.at)
	mat.NewVecDense(k, d.gap).MulVec(d.inverse, mat.NewVecDense(k, d.turn))
	both := (1 + floats.Dot(d.turn, d.gap)/curvature) / curvature
	for i, s := range d.direction {
		for j := i; j < k; j++ {
			t := d.direction[j]
			d.inverse.SetSym(i, j, d.inverse.At(i, j)+both*s*t-(s*d.gap[j]+d.gap[i]*t)/curvature)
		}
	}
}
