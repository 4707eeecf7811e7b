package lstm

// A network is tried on what was held out of each track: in runs that begin
// before it, so that the network has its bearings, and are charged in it.
const (
	trialRuns     = 8 // of a track
	trialSegments = 4 // of a run that are charged
	warmSegments  = 2 // of a run that are not
)

// trials gives the runs over what is held out of all tracks.
func (c *class) trials() []run {
	var out []run
	for i, t := range c.tracks {
		held := len(t.values) - t.trained
		charged := (held + c.segment - 1) / c.segment // segments
		runs := min(trialRuns, (charged+trialSegments-1)/trialSegments)
		for k := range runs {
			from := t.trained
			if runs > 1 {
				from += (held - trialSegments*c.segment) * k / (runs - 1)
			}
			at, end := max(0, from-warmSegments*c.segment), min(from+trialSegments*c.segment, len(t.values))
			out = append(out, run{track: i, from: at, segments: (end - at + c.segment - 1) / c.segment})
		}
	}
	return out
}

// try gives the mean over the tracks of the mean loss on what is held out of
// each; it leaves the parameters alone.
func (c *class) try(trials []run) float64 {
	// The states of the lanes that learn wait meanwhile.
	waiting := c.batch.Start
	c.batch.Start = make([]float64, len(waiting))
	defer func() { c.batch.Start = waiting }()
	sums, terms := make([]float64, len(c.tracks)), make([]int, len(c.tracks))
	for from := 0; from < len(trials); from += c.most {
		c.tryLanes(c.lanes(trials[from:min(from+c.most, len(trials))]), sums, terms)
	}
	total, tried := 0.0, 0
	for i, n := range terms {
		if n > 0 {
			total += sums[i] / float64(n)
			tried++
		}
	}
	return total / float64(max(tried, 1))
}

func (c *class) lanes(runs []run) []lane {
	lanes := make([]lane, len(runs))
	c.each(len(runs), func(i int) { lanes[i] = c.lane(runs[i]) })
	return lanes
}

// tryLanes adds up the losses of lanes by their tracks.
func (c *class) tryLanes(lanes []lane, sums []float64, terms []int) {
	for running := true; running; {
		c.seat(lanes, c.heldOut)
		c.judge(c.trainer.Forward(c.batch))
		c.carry(lanes)
		running = false
		for i := range lanes {
			l := &lanes[i]
			sums[l.track] += c.sums[i]
			terms[l.track] += c.terms[i]
			running = running || l.done < l.segments
		}
	}
}

// heldOut charges what is held out of a track, for as long as the run lasts.
func (c *class) heldOut(l *lane) (from, end int) {
	if l.done >= l.segments {
		return 0, 0
	}
	t := c.tracks[l.track]
	return t.trained, len(t.values)
}
