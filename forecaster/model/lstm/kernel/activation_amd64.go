//go:build !purego

package kernel

// sigmoidFast runs the assembly over whole vectors of four, and once more over
// a padded copy of what is left.
func sigmoidFast(dst, x []float64) {
	whole := len(x) &^ 3
	if whole > 0 {
		sigmoidVectors(&dst[0], &x[0], whole)
	}
	if whole < len(x) {
		var rest [4]float64
		copy(rest[:], x[whole:])
		sigmoidVectors(&rest[0], &rest[0], 4)
		copy(dst[whole:], rest[:])
	}
}

// tanhFast is as sigmoidFast.
func tanhFast(dst, x []float64) {
	whole := len(x) &^ 3
	if whole > 0 {
		tanhVectors(&dst[0], &x[0], whole)
	}
	if whole < len(x) {
		var rest [4]float64
		copy(rest[:], x[whole:])
		tanhVectors(&rest[0], &rest[0], 4)
		copy(dst[whole:], rest[:])
	}
}

// sigmoidVectors takes n > 0 elements, a multiple of 4.
//
//go:noescape
func sigmoidVectors(dst, x *float64, n int)

// tanhVectors takes n > 0 elements, a multiple of 4.
//
//go:noescape
func tanhVectors(dst, x *float64, n int)

// advanceFast does the whole vectors of advanceTwin and says how many units
// these are; so do the other two.
func (c *Cell) advanceFast() int {
	whole := len(c.State) &^ 3
	if whole > 0 {
		advance(c)
	}
	return whole
}

func (c *Cell) outputFast() int {
	whole := len(c.State) &^ 3
	if whole > 0 {
		output(c)
	}
	return whole
}

func (c *Cell) backwardFast(dHidden, dState, dGates []float64) int {
	whole := len(c.State) &^ 3
	if whole > 0 {
		backward(c, &dHidden[0], &dState[0], &dGates[0])
	}
	return whole
}

//go:noescape
func advance(c *Cell)

//go:noescape
func output(c *Cell)

//go:noescape
func backward(c *Cell, dHidden, dState, dGates *float64)
