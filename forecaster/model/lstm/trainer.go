package lstm

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/network"
)

const (
	// streamInit and streamLanes tell the draws of the first parameters from those
	// of the lanes.
	streamInit, streamLanes = 1, 2
	// risingBatches is the number of mini-batches over which the rate rises.
	risingBatches = 20
	// leastRate is what is left of the rate at the end.
	leastRate = 0.02
)

// Trainer trains one network on many series. It runs a mini-batch at a time; the
// same series and options give the same weights, on any number of workers and
// whether it was interrupted and resumed or not. It is not safe for concurrent
// use.
type Trainer struct {
	options Options
	class   *class
	course  course
	trials  []run
	lanes   []lane
	source  *rand.PCG
	random  *rand.Rand
	series  int // that were given
	bins    int
	sets    []string
	print   [32]byte // of the series
	perfect []float32
	state   Progress
	sum     float64 // of the losses of the epoch
}

// Progress is how far a training is.
type Progress struct {
	// Epoch counts those that ended, Batch the mini-batches of all, and Batches
	// those of an epoch.
	Epoch, Batch, Batches int
	// Loss is the mean of the newest epoch that ended, Validation the loss after
	// it on what is held out; Start is that before the first.
	Loss, Validation, Start float64
	// Best is the smallest validation, after the epoch BestEpoch.
	Best      float64
	BestEpoch int
	// Done says that all epochs ran, or that it ended early.
	Done, Early bool
}

// Data is what a training reads.
type Data struct {
	Series []Series
	// Sets are the names of the data sets, for the provenance.
	Sets []string
	// Init are the weights to begin with, nil to draw them.
	Init *Weights
}

// NewTrainer begins a training. The tasks of a mini-batch are handed to each.
func NewTrainer(d Data, o Options, each model.Each) (*Trainer, error) {
	t, err := newTrainer(d, o, each)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	if d.Init != nil && d.Init.shape != o.shape() {
		s := d.Init.shape
		return nil, fmt.Errorf("train: initial weights: want %d hidden units in %d layers and %d steps, got %d in %d and %d",
			o.Hidden, o.Layers, o.Steps, s.Hidden, s.Layers, stepsOf(s))
	}
	t.begin(d.Init)
	return t, nil
}

// newTrainer gives a trainer whose network is zeros.
func newTrainer(d Data, o Options, each model.Each) (*Trainer, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	t := &Trainer{options: o, series: len(d.Series), sets: d.Sets, print: fingerprint(d.Series)}
	tracks := t.tracks(d.Series, each)
	if len(tracks) == 0 {
		return nil, fmt.Errorf("series: want at least one of %d bins beside what is held out, got none among %d", o.leastTrained(), len(d.Series))
	}
	t.class = newClass(network.New(o.shape()), tracks, o, each)
	t.course = newCourse(tracks, o.Segment)
	t.trials = t.class.trials()
	t.lanes = make([]lane, o.Batch)
	t.source = rand.NewPCG(o.Seed, streamLanes)
	t.random = rand.New(t.source)
	t.state.Batches = max(1, t.bins/(o.Batch*o.Segment))
	return t, nil
}

// begin sets the parameters that the training begins with, and tries them.
func (t *Trainer) begin(init *Weights) {
	n := t.class.net
	if init != nil {
		load(n, init.parameters)
	} else {
		draw(n, t.options.Seed)
	}
	t.perfect = singles(n.Parameters())
	t.state.Start = t.class.try(t.trials)
	t.state.Best = t.state.Start
}

// tracks lays out the series that are long enough, at their own bins and at
// coarser ones.
func (t *Trainer) tracks(series []Series, each model.Each) []*track {
	all := make([][]*track, len(series))
	each(len(series), func(i int) {
		for _, s := range series[i].versions() {
			tr := newTrack(s, int(t.options.Validation*float64(len(s.Values))), t.options.Steps)
			if tr.trained >= t.options.leastTrained() && tr.there > 0 {
				tr.measure()
				all[i] = append(all[i], tr)
			}
		}
	})
	var out []*track
	for _, list := range all {
		out = append(out, list...)
	}
	for _, tr := range out {
		t.bins += tr.there
	}
	return out
}

// leastTrained is how many bins of a track must be there to learn from.
func (o Options) leastTrained() int { return 2*o.Segment + freshBins + o.Steps }

// Step runs a mini-batch and, where it ends an epoch, tries the network on what
// is held out. It reports whether there is more to do.
func (t *Trainer) Step() bool {
	s := &t.state
	if s.Done {
		return false
	}
	t.jump()
	t.class.seat(t.lanes, t.class.learned)
	t.sum += t.class.learn(t.rate())
	t.class.carry(t.lanes)
	s.Batch++
	if s.Batch%s.Batches == 0 {
		t.endEpoch()
	}
	return !s.Done
}

// jump draws new runs for the lanes whose run has ended.
func (t *Trainer) jump() {
	var jumped []int
	for i := range t.lanes {
		if l := &t.lanes[i]; t.course.ended(l) {
			*l = lane{run: t.course.draw(t.random)}
			jumped = append(jumped, i)
		}
	}
	t.class.each(len(jumped), func(k int) {
		l := &t.lanes[jumped[k]]
		*l = t.class.lane(l.run)
	})
}

func (t *Trainer) rate() float64 {
	total := t.options.Epochs * t.state.Batches
	rate := network.Cosine(t.state.Batch, total, 1)*(1-leastRate) + leastRate
	return t.options.Rate * rate * min(1, float64(t.state.Batch+1)/risingBatches)
}

func (t *Trainer) endEpoch() {
	s := &t.state
	s.Epoch++
	s.Loss, t.sum = t.sum/float64(s.Batches), 0
	s.Validation = t.class.try(t.trials)
	if s.Validation < s.Best {
		s.Best, s.BestEpoch = s.Validation, s.Epoch
		t.perfect = singles(t.class.net.Parameters())
	}
	s.Early = s.Epoch-s.BestEpoch >= t.options.Patience && s.Epoch < t.options.Epochs
	s.Done = s.Epoch >= t.options.Epochs || s.Early
}

// Progress says how far the training is.
func (t *Trainer) Progress() Progress { return t.state }

// Options gives the options of the training.
func (t *Trainer) Options() Options { return t.options }

// Tracks counts the series that are long enough to learn from, at coarser bins
// too.
func (t *Trainer) Tracks() int { return len(t.class.tracks) }

// Bins counts the values that are learned from or held out.
func (t *Trainer) Bins() int { return t.bins }

// Weights gives the best weights so far. It is an error where no epoch made
// the network any better.
func (t *Trainer) Weights() (*Weights, error) {
	s := t.state
	if s.BestEpoch == 0 {
		return nil, errors.New("train: no epoch made the loss on what is held out smaller")
	}
	if err := finite(t.perfect); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	return newWeights(t.class.net.Shape(), t.perfect, Provenance{
		DataSets: t.sets, Series: t.series, Bins: t.bins,
		Batches: s.BestEpoch * s.Batches, Options: t.options, Validation: math.Round(s.Best*1e6) / 1e6,
	}), nil
}
