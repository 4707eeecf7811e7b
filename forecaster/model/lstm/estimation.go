package lstm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/network"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/numbers"
)

const (
	// tuneDays and tuneValues are how many days of values a training needs at
	// least, and how many values. One of fewer than tuneFull has as much fewer
	// mini-batches: more would learn them by heart.
	tuneDays, tuneValues, tuneFull = 2, 250, 2000
	// mostTuned is the most bins of a window: a week of 60 s.
	mostTuned = 10_080
	// tuneLanes and tuneSegment are the size of a mini-batch; a short window has
	// shorter segments, so that there are at least tuneSegments.
	tuneLanes, tuneSegment, tuneLeast, tuneSegments = 32, 96, 24, 4
	// tuneRate is the rate of Adam, of which tuneFloor is left at the end; it rises
	// over tuneRising mini-batches.
	tuneRate, tuneFloor, tuneRising = 2e-3, 0.1, 3
	// tuneForget is Adam's second constant: there are few mini-batches.
	tuneForget = 0.99
	// tuneHeldOut is the share of the window, its newest, that decides whether the
	// training was worth it; of at most mostHeldOut bins.
	tuneHeldOut, mostHeldOut = 0.1, 1024
)

// window is what an estimation reads.
type window struct {
	series Series
	// The training begins with the global weights, and must be better than those
	// in force.
	global, inForce *Weights
	batches         int
	seed            uint64
}

// Estimation trains the global weights on the bins up to through. It gives no
// bytes where the configuration has no training, or where what comes of it does
// not forecast the newest part of the window, which it does not learn from, any
// better than the weights in force.
func (m *Model) Estimation(past *model.History, through int64) model.Estimation {
	first := max(past.First(), through-min(model.FitDays*m.day, mostTuned)+1)
	w := window{
		series:  Series{Grid: m.config.Grid, First: first},
		global:  m.global,
		inForce: m.inForce(),
		batches: m.config.Training,
		seed:    m.config.Seed ^ uint64(through),
	}
	if w.batches > 0 && m.day >= fewestPerDay {
		for bin := first; bin <= through; bin++ {
			w.series.Values = append(w.series.Values, past.Folded(bin))
		}
	}
	if len(w.series.Values) == 0 {
		return func(model.Each) []byte { return nil }
	}
	return w.estimate
}

// estimate trains, and gives the parameters where they are better.
func (w *window) estimate(each model.Each) []byte {
	n := len(w.series.Values)
	t := newTrack(w.series, min(int(tuneHeldOut*float64(n)), mostHeldOut), stepsOf(w.global.shape))
	if t.there < max(tuneDays*int(t.day), tuneValues) {
		return nil
	}
	segment := min(tuneSegment, max(tuneLeast, t.trained/tuneSegments))
	net := w.inForce.network()
	c := newClass(net, []*track{t}, Options{Batch: tuneLanes, Segment: segment, Rate: tuneRate}, each)
	c.script = t.write()
	c.adam.Beta2 = tuneForget
	trials := c.trials()
	before := c.try(trials)
	load(net, w.global.parameters)
	w.tune(c, max(1, w.batches*min(t.there, tuneFull)/tuneFull))
	tuned := singles(net.Parameters())
	if finite(tuned) != nil {
		return nil
	}
	load(net, tuned)
	if after := c.try(trials); !(after < before) {
		return nil
	}
	return encodeEstimate(tuned)
}

// tune runs the mini-batches, each over segments that are drawn until all were
// seen, and then anew. The states that they begin with are those that the
// weights as they were before give.
func (w *window) tune(c *class, batches int) {
	r := rand.New(rand.NewPCG(w.seed, streamLanes))
	places := c.places(r.IntN(c.segment))
	if len(places) == 0 {
		return
	}
	var order []int
	// No place twice in a mini-batch: that would be work for nothing.
	lanes := make([]lane, min(tuneLanes, len(places)))
	for k := range batches {
		for len(order) < len(lanes) {
			order = append(order, r.Perm(len(places))...)
		}
		c.batch.Start = c.batch.Start[:len(lanes)*c.width]
		for i := range lanes {
			p := &places[order[i]]
			lanes[i] = p.lane
			copy(c.batch.Start[i*c.width:], p.state)
		}
		order = order[len(lanes):]
		c.seat(lanes, c.learned)
		rate := network.Cosine(k, batches, 1)*(1-tuneFloor) + tuneFloor
		c.learn(tuneRate * rate * min(1, float64(k+1)/tuneRising))
	}
}

// place is where a segment begins.
type place struct {
	lane  lane
	state []float64
}

// places gives where the segments of the first track begin that are learned
// from, the first at a phase.
func (c *class) places(phase int) []place {
	state := c.net.NewState()
	var out []place
	for at := range c.tracks[0].trained - c.segment + 1 {
		if at >= phase && (at-phase)%c.segment == 0 {
			l := c.lane(run{from: at})
			l.done = 1 // there is a state
			out = append(out, place{l, slices.Clone(state.Values())})
		}
		c.net.Step(state, c.script.sights[at].inputs[:])
	}
	return out
}

// estimateFormat is the version of an estimate.
const estimateFormat = 1

// encodeEstimate gives a format, the number of parameters, the parameters, and a
// checksum of all before.
func encodeEstimate(parameters []float32) []byte {
	b := numbers.AppendSingles(appendCount([]byte{estimateFormat}, len(parameters)), parameters)
	return appendCount(b, int(crc32.ChecksumIEEE(b)))
}

// decodeEstimate reads an estimate of so many parameters.
func decodeEstimate(b []byte, want int) ([]float32, error) {
	if len(b) == 0 || b[0] != estimateFormat {
		return nil, fmt.Errorf("format: want version %d", estimateFormat)
	}
	if len(b) != estimateSize(want) {
		return nil, fmt.Errorf("parameters: want %d bytes for %d, got %d", estimateSize(want), want, len(b))
	}
	body := b[:len(b)-4]
	if binary.LittleEndian.Uint32(b[len(body):]) != crc32.ChecksumIEEE(body) {
		return nil, errors.New("checksum: does not match the bytes")
	}
	r := numbers.NewReader(body[1:])
	if n := int(r.Half()); n != want {
		return nil, fmt.Errorf("parameters: want %d, got %d", want, n)
	}
	parameters := make([]float32, want)
	r.FillSingles(parameters)
	return parameters, finite(parameters)
}

func estimateSize(parameters int) int { return 1 + 4 + 4*parameters + 4 }
