package network

import "math"

// Adam is the optimiser of Kingma and Ba 2015, algorithm 1, with the corrected
// rate and the Eps beside the corrected root as PyTorch has them. All of it is
// exported, so that a checkpoint can have it.
type Adam struct {
	// Rate may be changed from step to step.
	Rate, Beta1, Beta2, Eps float64
	// Steps counts the steps that were made.
	Steps int
	// Mean and Square are the moving means of the gradients and of their
	// squares, before their correction; nil before the first step.
	Mean, Square []float64
}

// NewAdam gives the optimiser with the constants of the paper: .9, .999, 1e-8.
func NewAdam(rate float64) *Adam { return &Adam{Rate: rate, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8} }

// Step moves the parameters against their gradients.
func (a *Adam) Step(params, grads []float64) {
	if a.Mean == nil {
		a.Mean, a.Square = make([]float64, len(params)), make([]float64, len(params))
	}
	fits("gradients", len(grads), len(params))
	fits("means", len(a.Mean), len(params))
	fits("squares", len(a.Square), len(params))
	a.Steps++
	rate := a.Rate / (1 - math.Pow(a.Beta1, float64(a.Steps)))
	root := math.Sqrt(1 - math.Pow(a.Beta2, float64(a.Steps)))
	fresh1, fresh2 := 1-a.Beta1, 1-a.Beta2
	mean, square := a.Mean[:len(params)], a.Square[:len(params)]
	for i, g := range grads[:len(params)] {
		m := mean[i] + float64(fresh1*(g-mean[i]))
		v := float64(a.Beta2*square[i]) + float64(fresh2*float64(g*g))
		mean[i], square[i] = m, v
		params[i] -= float64(rate * (m / (math.Sqrt(v)/root + a.Eps)))
	}
}

// Clip scales gradients so that their Euclidean norm is most where it is more,
// and gives the norm that they had. The factor is most / (norm + 1e-6), as
// PyTorch has it. Gradients whose norm is no number, or infinite, say nothing:
// they become zeros.
func Clip(grads []float64, most float64) float64 {
	var squares float64
	for _, g := range grads {
		squares += float64(g * g)
	}
	norm := math.Sqrt(squares)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		clear(grads)
		return norm
	}
	if factor := most / (norm + 1e-6); factor < 1 {
		for i := range grads {
			grads[i] *= factor
		}
	}
	return norm
}

// Cosine gives the rate of a step, counted from 0, out of a total: it falls from
// rate to 0 along half a wave (Loshchilov and Hutter 2017, equation 5), and stays
// there.
func Cosine(step, total int, rate float64) float64 {
	if step >= total {
		return 0
	}
	return rate * (1 + math.Cos(math.Pi*float64(step)/float64(total))) / 2
}
