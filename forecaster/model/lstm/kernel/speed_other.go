//go:build !amd64 || purego

package kernel

// machine says that there is no assembly here: the twins do the work.
const machine = plain

func (p product) addFast(_ speed) { p.addTwin() }

func sigmoidFast(dst, x []float64) { sigmoidTwin(dst, x) }

func tanhFast(dst, x []float64) { tanhTwin(dst, x) }

func (c *Cell) advanceFast() int { return 0 }

func (c *Cell) outputFast() int { return 0 }

func (c *Cell) backwardFast(_, _, _ []float64) int { return 0 }
