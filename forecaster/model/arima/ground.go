package arima

import (
	"fmt"
	"math"
)

// ground is what the fits of all orders of the same differences share.
type ground struct {
	data   Data
	design *design
	gapped *gapped // nil where no value is missing
	n      int     // values that the likelihood is of
	// scale is what the series is divided by.
	scale float64
}

func newGround(o Order, d Data) (*ground, error) {
	g := &ground{data: d, design: newDesign(o, d)}
	g.n = len(g.design.y)
	if !d.complete() {
		g.gapped = newGapped(o, d, g.design)
		g.n = g.gapped.told
	}
	if g.n < len(g.design.basis)+2 {
		return nil, fmt.Errorf("%w: %d are left of %d", ErrTooShort, max(g.n, 0), len(d.Y))
	}
	g.scale = g.spread()
	if square := g.scale * g.scale; !(square <= math.MaxFloat64) || square == 0 && g.scale > 0 {
		return nil, fmt.Errorf("the values vary by %v, whose square is out of range", g.scale)
	}
	if !(g.scale > constant*size(d.Y)) {
		return nil, ErrConstant
	}
	rescale(g.design.y, g.scale)
	if g.gapped != nil {
		rescale(g.gapped.y, g.scale)
	}
	return g, nil
}

// constant is the spread, as a share of the size of the values, below which
// what is left of a series counts as rounding.
const constant = 1e-12

// spread gives the root mean square of the differenced series less its
// regression.
func (g *ground) spread() float64 {
	if g.gapped != nil {
		return g.gapped.spread()
	}
	return g.design.spread()
}

// size gives the root mean square of the values that are there.
func size(y []float64) float64 {
	top := 0.0
	for _, v := range y {
		if math.Abs(v) > top {
			top = math.Abs(v)
		}
	}
	if top == 0 {
		return 0
	}
	sum, n := 0.0, 0.0
	for _, v := range y {
		if !math.IsNaN(v) {
			sum += v / top * (v / top)
			n++
		}
	}
	return top * math.Sqrt(sum/n)
}

func rescale(y []float64, by float64) {
	for i := range y {
		y[i] /= by
	}
}
