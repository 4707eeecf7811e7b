package combine

// mostLead is the last step that is learned of.
const mostLead = 64

// lead is all that is learned of one step.
type lead struct {
	step int
	// awake are the parts that have something of their own to say of the step.
	awake set
	steps side // of the step
	peaks side // of the peak up to it
	ring  ring
}

func newLead(step int, levels []float64, parts int) lead {
	return lead{
		step:  step,
		steps: newSide(levels, parts),
		peaks: newSide(levels, parts),
		ring:  newRing(step, (parts+1)*len(levels)),
	}
}

// leadSteps gives the steps that there are leads for: the powers of two and the
// last one. What the parts are worth changes slowly from step to step.
func leadSteps(last int) []int {
	var out []int
	for step := 1; step < last; step *= 2 {
		out = append(out, step)
	}
	return append(out, last)
}

// weigh sets the weights of the parts.
func (l *lead) weigh(share float64) {
	l.steps.pool.weigh(l.awake, share)
	l.peaks.pool.weigh(l.awake, share)
}

// rouse takes note of how far a part reaches now.
func (l *lead) rouse(part, reach int) {
	switch {
	case reach < l.step:
		l.awake &^= one(part)
	case !l.awake.has(part):
		l.steps.pool.wake(part, l.awake)
		l.peaks.pool.wake(part, l.awake)
		l.awake |= one(part)
	}
}

// place says between which leads a row lies, and how far it is on the way to the
// higher.
type place struct {
	low, high int
	share     float64
}

// placed gives the place of each row up to the last lead's.
func placed(leads []lead) []place {
	out := []place{{}} // there is a lead of the first step
	for i := range leads[1:] {
		from, to := leads[i].step, leads[i+1].step
		for step := from + 1; step <= to; step++ {
			out = append(out, place{i, i + 1, float64(step-from) / float64(to-from)})
		}
	}
	return out
}
