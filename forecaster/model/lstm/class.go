package lstm

import (
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/network"
)

// mostSlope is the norm that the gradient is clipped to.
const mostSlope = 1

// class is a network and room for a batch that it learns from, or is tried on.
type class struct {
	net     *network.Network
	trainer *network.Trainer
	adam    *network.Adam
	tracks  []*track
	// script is that of the only track, or nil.
	script  *script
	segment int
	each    model.Each
	most    int // lanes
	shape   network.Shape
	width   int // of a state
	batch   network.Batch
	targets []target // segment × lanes
	slopes  []float64
	sums    []float64 // of the losses, a lane each
	terms   []int
	// charge is the number of terms of all lanes.
	charge int
}

func newClass(net *network.Network, tracks []*track, o Options, each model.Each) *class {
	s := net.Shape()
	n, width := o.Batch*o.Segment, s.State()
	return &class{
		net:     net,
		trainer: network.NewTrainer(net, o.Batch, o.Segment, each),
		adam:    network.NewAdam(o.Rate),
		tracks:  tracks,
		segment: o.Segment,
		each:    each,
		most:    o.Batch,
		shape:   s,
		width:   width,
		batch: network.Batch{
			X:     make([]float64, n*s.Inputs),
			Skip:  make([]float64, n*s.Skip),
			Start: make([]float64, o.Batch*width),
		},
		targets: newTargets(n, stepsOf(s)),
		slopes:  make([]float64, n*s.Outputs),
		sums:    make([]float64, o.Batch),
		terms:   make([]int, o.Batch),
	}
}

// charged says which targets of a lane count: those of origins from an index on,
// as far as they come before another.
type charged func(l *lane) (from, end int)

// seat fills the batch with a segment of each lane.
func (c *class) seat(lanes []lane, which charged) {
	n := len(lanes)
	b := &c.batch
	b.Size, b.Steps = n, c.segment
	b.X, b.Skip = b.X[:n*c.segment*c.shape.Inputs], b.Skip[:n*c.segment*c.shape.Skip]
	b.Start = b.Start[:n*c.width]
	c.each(n, func(i int) {
		if lanes[i].fresh() {
			clear(b.Start[i*c.width : (i+1)*c.width])
		}
		c.seatOne(i, n, &lanes[i], which)
	})
	c.charge = 0
	for _, k := range c.terms[:n] {
		c.charge += k
	}
}

func (c *class) seatOne(i, n int, l *lane, which charged) {
	from, end := which(l)
	if l.fresh() && !l.newborn() {
		from = max(from, l.from+freshBins)
	}
	room := newSight(stepsOf(c.shape))
	c.terms[i] = 0
	for step := range c.segment {
		row, at := step*n+i, l.walk.next
		s, to := c.look(l, &room), &c.targets[row]
		copy(c.batch.X[row*c.shape.Inputs:], s.inputs[:])
		copy(c.batch.Skip[row*c.shape.Skip:], s.skip)
		switch {
		case at < from || at >= end:
			to.forget()
			continue
		case c.script != nil:
			c.script.copyTargets(at, end, to)
		default:
			l.walk.targets(end, to)
		}
		c.terms[i] += to.terms()
	}
}

// look takes a lane on by a bin, and gives what the network reads there; beyond
// the end of the track what it read last.
func (c *class) look(l *lane, room *sight) *sight {
	if c.script == nil {
		l.walk.step(room)
		return room
	}
	l.walk.next++
	return &c.script.sights[min(l.walk.next, len(c.script.sights))-1]
}

// judge takes the losses of outputs, and their slopes.
func (c *class) judge(out []float64) {
	n := c.batch.Size
	weight, width := 1/float64(max(c.charge, 1)), c.shape.Outputs
	c.each(n, func(i int) {
		c.sums[i] = 0
		for step := range c.segment {
			row := step*n + i
			from, to := row*width, (row+1)*width
			c.sums[i] += pinball(out[from:to], &c.targets[row], weight, c.slopes[from:to])
		}
	})
}

// learn makes a step from the lanes as they are seated, and gives the mean
// loss.
func (c *class) learn(rate float64) float64 {
	c.judge(c.trainer.Forward(c.batch))
	grads := c.trainer.Backward(c.slopes[:c.batch.Size*c.segment*c.shape.Outputs])
	network.Clip(grads, mostSlope)
	c.adam.Rate = rate
	c.adam.Step(c.net.Parameters(), grads)
	c.net.Refresh()
	loss := 0.0
	for _, x := range c.sums[:c.batch.Size] {
		loss += x
	}
	return loss / float64(max(c.charge, 1))
}

// carry takes the lanes on by a segment, with the states of the newest Forward.
func (c *class) carry(lanes []lane) {
	c.trainer.End(c.batch.Start)
	for i := range lanes {
		lanes[i].done++
	}
}

// learned charges what is not held out.
func (c *class) learned(l *lane) (from, end int) { return 0, c.tracks[l.track].trained }
