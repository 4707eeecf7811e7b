package network

import "fmt"

// Shape is the size of a network.
type Shape struct {
	// Inputs is the number of inputs of a step, at least 1.
	Inputs int
	// Hidden is the width of each layer, at least 1.
	Hidden int
	// Layers is the number of layers, at least 1.
	Layers int
	// Skip is the number of inputs that only the head has, beside the hidden
	// state of the last layer.
	Skip int
	// Outputs is the number of outputs of the head, at least 1.
	Outputs int
}

// check says what is wrong with the shape.
func (s Shape) check() error {
	for _, f := range []struct {
		name         string
		value, least int
	}{{"inputs", s.Inputs, 1}, {"hidden", s.Hidden, 1}, {"layers", s.Layers, 1}, {"skip", s.Skip, 0}, {"outputs", s.Outputs, 1}} {
		if f.value < f.least {
			return fmt.Errorf("%s: want at least %d, got %d", f.name, f.least, f.value)
		}
	}
	return nil
}

// Parameters is the number of parameters.
func (s Shape) Parameters() int {
	head := s.Outputs * (s.Hidden + s.Skip + 1)
	for l := range s.Layers {
		head += 4 * s.Hidden * (s.into(l) + s.Hidden + 2)
	}
	return head
}

// into is the number of inputs of a layer.
func (s Shape) into(layer int) int {
	if layer == 0 {
		return s.Inputs
	}
	return s.Hidden
}

// State is the number of values of a State.
func (s Shape) State() int { return 2 * s.Layers * s.Hidden }

// part gives the extent of parameters of the layer, or of the head behind the
// last layer.
func (s Shape) part(layer int) (from, to int) {
	for l := range layer {
		from += 4 * s.Hidden * (s.into(l) + s.Hidden + 2)
	}
	if layer == s.Layers {
		return from, s.Parameters()
	}
	return from, from + 4*s.Hidden*(s.into(layer)+s.Hidden+2)
}

func fits(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("network: want %d %s, got %d", want, what, got))
	}
}
