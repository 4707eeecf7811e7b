package lstm

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/network"
)

// Options say how a network is trained.
type Options struct {
	// Hidden is the number of units of a layer, and Layers how many there are.
	Hidden int `json:"hidden"`
	Layers int `json:"layers"`
	// Steps is how many bins ahead the network looks. Weights say it in their
	// shape, not in their provenance.
	Steps int `json:"-"`
	// Epochs is how many times as many bins are learned from, at most, as there
	// are. Patience is the number of epochs without a smaller loss on what was
	// held out after which it ends early.
	Epochs   int `json:"epochs"`
	Patience int `json:"patience"`
	// Batch is the number of stretches that are learned from side by side, and
	// Segment the bins of each that errors are propagated back through.
	Batch   int `json:"batch"`
	Segment int `json:"segment"`
	// Rate is that of Adam at the beginning.
	Rate float64 `json:"rate"`
	// Validation is the share of each series, at its end, that is held out.
	Validation float64 `json:"validation"`
	// Seed is what everything is drawn by.
	Seed uint64 `json:"seed"`
}

// DefaultOptions gives options that suit tens of series of some weeks.
func DefaultOptions() Options {
	return Options{
		Hidden: 64, Layers: 1, Steps: usualSteps, Epochs: 8, Patience: 3, Batch: 32, Segment: 96,
		Rate: 4e-3, Validation: 0.1, Seed: 1,
	}
}

const (
	mostEpochs  = 100_000
	mostBatch   = 4096
	mostSegment = 4096
)

// Validate says which option makes no sense.
func (o Options) Validate() error {
	for _, f := range []struct {
		name       string
		value      int
		least, top int
	}{
		{"hidden", o.Hidden, 1, mostHidden}, {"layers", o.Layers, 1, mostLayers}, {"steps", o.Steps, 1, mostSteps},
		{"epochs", o.Epochs, 1, mostEpochs},
		{"patience", o.Patience, 1, mostEpochs}, {"batch", o.Batch, 1, mostBatch},
		{"segment", o.Segment, 1, mostSegment},
	} {
		if f.value < f.least || f.value > f.top {
			return fmt.Errorf("%s: want %d to %d, got %d", f.name, f.least, f.top, f.value)
		}
	}
	if !(o.Rate > 0 && o.Rate <= 1) {
		return fmt.Errorf("rate: want more than 0 and at most 1, got %v", o.Rate)
	}
	if !(o.Validation > 0 && o.Validation <= 0.5) {
		return fmt.Errorf("validation: want more than 0 and at most 0.5, got %v", o.Validation)
	}
	return nil
}

// Parameters gives the number of parameters of the network.
func (o Options) Parameters() int { return o.shape().Parameters() }

func (o Options) shape() network.Shape { return shapeOf(o.Hidden, o.Layers, o.Steps) }

// CountBins counts the bins of series, coarser versions included.
func CountBins(series []Series) int {
	n := 0
	for _, s := range series {
		bins := len(s.Values)
		n += bins
		if period := s.Grid.Period(); period == fine {
			n += bins / int(usualPeriod/period)
		}
		if period := s.Grid.Period(); period <= usualPeriod {
			n += bins / int(coarse/period)
		}
	}
	return n
}

// Memory estimates what a training needs, in bytes, over series of so many bins
// in all.
func (o Options) Memory(bins int) int64 {
	const number = 8
	s := o.shape()
	// Parameters, gradients (one set for each 16 sequences), both moments, two
	// copies in other layouts, the best.
	parameters := int64(s.Parameters()) * number * int64(7+(o.Batch+15)/16)
	// Of each bin of a batch: inputs twice, outputs and their gradients, and of
	// each unit gates, states and gradients.
	cell := 3*(s.Inputs+s.Skip) + 3*s.Outputs + 16*s.Hidden*s.Layers
	return parameters + int64(o.Batch)*int64(o.Segment)*int64(cell)*number + int64(bins)*bytesPerBin(o.Steps)
}

// bytesPerBin is what a bin of a series takes: its value, twice, and its share of
// a gauge.
func bytesPerBin(steps int) int64 { return 2*8 + gaugeSize(steps)/stride }
