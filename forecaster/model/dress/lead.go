package dress

// recentRate is the weight of the newest error in the mean of late.
const recentRate = 0.1

// lead is all that is learned of one step.
type lead struct {
	step int
	days int // the index of the days whose errors it reads
	size size
	lean lean
	// recent is the exponential mean of the model's errors, in load.
	recent float64
	// steps and peaks are the laws of the standardised errors of the step, and
	// of the peak up to it.
	steps, peaks shape
	ring         ring
}

func newLead(step, levels int) lead {
	l := lead{step: step, lean: newLean(), steps: newShape(levels), peaks: newShape(levels), ring: make(ring, step)}
	for k := range l.ring {
		l.ring[k].origin = never
	}
	return l
}
