package kernel

import "math"

// Cell is one step of one sequence through an LSTM layer of H = len(State)
// units: the part that works unit by unit (S. Hochreiter and J. Schmidhuber,
// Long Short-Term Memory, Neural Computation 9(8), 1997, with the forget gate of
// F. Gers et al., 2000). Slices may be windows of larger arrays.
type Cell struct {
	// Gates holds 4·H numbers in the order input, forget, candidate, output
	// (the order of PyTorch). Forward takes them before their activation and
	// leaves them after it.
	Gates []float64
	// Previous is the cell state before the step (H). It may be State in
	// Forward, if Backward is never called.
	Previous []float64
	// State is the cell state after the step (H).
	State []float64
	// Squashed is the hyperbolic tangent of State (H).
	Squashed []float64
	// Hidden is the output of the layer (H).
	Hidden []float64
}

// Forward activates the gates i, f, g, o and writes State = f·Previous + i·g,
// Squashed = tanh(State) and Hidden = o·Squashed.
func (c Cell) Forward() {
	h := len(c.State)
	c.check()
	sigmoid(c.Gates[:2*h], c.Gates[:2*h])
	tanh(c.Gates[2*h:3*h], c.Gates[2*h:3*h])
	sigmoid(c.Gates[3*h:], c.Gates[3*h:])
	done := 0
	if machine >= avx2 {
		done = c.advanceFast()
	}
	c.advanceTwin(done)
	tanh(c.Squashed, c.State)
	done = 0
	if machine >= avx2 {
		done = c.outputFast()
	}
	c.outputTwin(done)
}

// Backward takes the gradients of the loss with respect to Hidden (dHidden, H)
// and, from the step after, to State (dState, H). It writes the gradient with
// respect to the gates before their activation to dGates (4·H), and replaces
// dState by the gradient with respect to Previous. It needs what Forward left.
// dGates may be Gates, whose values it then replaces.
func (c Cell) Backward(dHidden, dState, dGates []float64) {
	h := len(c.State)
	c.check()
	sameLength("dHidden", dHidden, h)
	sameLength("dState", dState, h)
	sameLength("dGates", dGates, 4*h)
	done := 0
	if machine >= avx2 {
		done = c.backwardFast(dHidden, dState, dGates)
	}
	c.backwardTwin(done, dHidden, dState, dGates)
}

func (c Cell) check() {
	h := len(c.State)
	sameLength("Gates", c.Gates, 4*h)
	sameLength("Previous", c.Previous, h)
	sameLength("Squashed", c.Squashed, h)
	sameLength("Hidden", c.Hidden, h)
}

// gates gives the four gates, H numbers each.
func gates(all []float64) (i, f, g, o []float64) {
	h := len(all) / 4
	return all[:h], all[h : 2*h], all[2*h : 3*h], all[3*h:]
}

// advanceTwin computes State from unit from on.
func (c Cell) advanceTwin(from int) {
	i, f, g, _ := gates(c.Gates)
	for u := from; u < len(c.State); u++ {
		c.State[u] = math.FMA(f[u], c.Previous[u], float64(i[u]*g[u]))
	}
}

// outputTwin computes Hidden from unit from on.
func (c Cell) outputTwin(from int) {
	_, _, _, o := gates(c.Gates)
	for u := from; u < len(c.State); u++ {
		c.Hidden[u] = o[u] * c.Squashed[u]
	}
}

// backwardTwin is Backward from unit from on. The products are grouped as the
// assembly groups them; the conversions keep compilers from fusing them.
func (c Cell) backwardTwin(from int, dHidden, dState, dGates []float64) {
	i, f, g, o := gates(c.Gates)
	di, df, dg, do := gates(dGates)
	for u := from; u < len(c.State); u++ {
		iv, fv, gv, ov, tv := i[u], f[u], g[u], o[u], c.Squashed[u]
		dh := dHidden[u]
		dc := math.FMA(float64(dh*ov), math.FMA(-tv, tv, 1), dState[u])
		di[u] = float64(dc*gv) * math.FMA(-iv, iv, iv)
		df[u] = float64(dc*c.Previous[u]) * math.FMA(-fv, fv, fv)
		dg[u] = float64(dc*iv) * math.FMA(-gv, gv, 1)
		do[u] = float64(dh*tv) * math.FMA(-ov, ov, ov)
		dState[u] = dc * fv
	}
}
