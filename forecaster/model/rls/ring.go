package rls

// said is what was said at an origin of one step, until its target comes.
type said struct {
	point, peak float64
	// scale is the size of error that was expected; 0 where nothing was said.
	scale float64
	// inputs are those of the scale, divided by it.
	inputs [scaleInputs]float32
}

// ring has what was said of a step from each of the last so many origins.
type ring []said

func (r ring) at(origin int64) *said { return &r[origin%int64(len(r))] }
