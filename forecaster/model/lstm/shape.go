package lstm

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/network"
)

const (
	mostHidden = 512
	mostLayers = 4
	levelCount = 9
	// usualSteps is how far ahead a network looks, in bins, where nothing else is
	// asked for. Of more than mostSteps it is not noted which were said.
	usualSteps, mostSteps = 12, 64
)

// headLevels are the quantile levels that the network says.
//
//nolint:gochecknoglobals // read only
var headLevels = [levelCount]float64{0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99}

// shapeOf gives the shape of a network of this package.
func shapeOf(hidden, layers, steps int) network.Shape {
	return network.Shape{Inputs: inputCount, Hidden: hidden, Layers: layers, Skip: skipsOf(steps), Outputs: outputsOf(steps)}
}

// skipsOf gives the number of inputs that only the head has.
func skipsOf(steps int) int { return recents + 2 + 7*steps }

// outputsOf gives the number of outputs: a quantile for each step, level and kind,
// that of the step and that of the peak up to it.
func outputsOf(steps int) int { return 2 * steps * levelCount }

// stepsOf gives how far ahead a network looks.
func stepsOf(s network.Shape) int { return s.Outputs / (2 * levelCount) }

// checkShape says what of a shape is not as this package wants it.
func checkShape(s network.Shape) error {
	steps := stepsOf(s)
	if steps < 1 || steps > mostSteps {
		return fmt.Errorf("steps: want 1 to %d, got %d", mostSteps, steps)
	}
	for _, f := range []struct {
		name      string
		got, want int
	}{{"inputs", s.Inputs, inputCount}, {"head inputs", s.Skip, skipsOf(steps)}, {"outputs", s.Outputs, outputsOf(steps)}} {
		if f.got != f.want {
			return fmt.Errorf("%s: want %d, got %d", f.name, f.want, f.got)
		}
	}
	if s.Hidden < 1 || s.Hidden > mostHidden {
		return fmt.Errorf("hidden: want 1 to %d, got %d", mostHidden, s.Hidden)
	}
	if s.Layers < 1 || s.Layers > mostLayers {
		return fmt.Errorf("layers: want 1 to %d, got %d", mostLayers, s.Layers)
	}
	return nil
}
