package lstm

import (
	"crypto/sha256"
	_ "embed" // the weights that the binary ships with
	"encoding/hex"
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/network"
)

// Weights are the parameters of a network and where they come from. They are
// never changed once made, so they may be shared.
type Weights struct {
	shape      network.Shape
	parameters []float32
	provenance Provenance
	binary     []byte
	sum        string
	// ready is a network of them, which nobody writes to.
	ready *network.Network
}

// Provenance says what weights were trained on.
type Provenance struct {
	// DataSets are the names of the data sets, rising.
	DataSets []string `json:"data_sets"`
	// Series and Bins count what was trained on; a bin counts where it has a
	// value.
	Series int `json:"series"`
	Bins   int `json:"bins"`
	// Batches is the number of mini-batches after which the weights stood so.
	Batches int `json:"batches"`
	// Options are those of the training.
	Options Options `json:"options"`
	// Validation is the loss on what was held out, in bent scales.
	Validation float64 `json:"validation"`
}

//go:embed weights.bin
var embedded string

// Embedded gives the weights that the binary ships with. It reads them anew
// each time, which takes a millisecond: keep them.
func Embedded() *Weights {
	w, err := ReadWeights([]byte(embedded))
	if err != nil {
		panic(fmt.Sprintf("lstm: embedded: %v", err)) // a test reads them
	}
	return w
}

// NewWeights gives the weights of a network of one layer that was not trained,
// drawn by a seed. It looks twelve steps ahead.
func NewWeights(hidden int, seed uint64) (*Weights, error) { return drawn(hidden, usualSteps, seed) }

func drawn(hidden, steps int, seed uint64) (*Weights, error) {
	shape := shapeOf(hidden, 1, steps)
	if err := checkShape(shape); err != nil {
		return nil, fmt.Errorf("lstm: %w", err)
	}
	n := network.New(shape)
	draw(n, seed)
	return newWeights(shape, singles(n.Parameters()), Provenance{}), nil
}

func newWeights(s network.Shape, parameters []float32, p Provenance) *Weights {
	w := &Weights{shape: s, parameters: parameters, provenance: p}
	w.binary = w.encode()
	w.settle()
	return w
}

// settle derives what follows from the binary form.
func (w *Weights) settle() {
	w.ready = w.network()
	sum := sha256.Sum256(w.binary)
	w.sum = hex.EncodeToString(sum[:])
}

// Sum gives the checksum that names the weights: SHA-256 of their binary form,
// in lower-case hex.
func (w *Weights) Sum() string { return w.sum }

// Binary gives the binary form, which the caller must not change.
func (w *Weights) Binary() []byte { return w.binary }

// Provenance says what the weights were trained on; zero where they were not.
func (w *Weights) Provenance() Provenance { return w.provenance }

// Hidden gives the number of hidden units of a layer.
func (w *Weights) Hidden() int { return w.shape.Hidden }

// Steps gives how many bins ahead the network looks.
func (w *Weights) Steps() int { return stepsOf(w.shape) }

// Parameters gives the number of parameters.
func (w *Weights) Parameters() int { return len(w.parameters) }

// network makes a network of the weights, which may be trained.
func (w *Weights) network() *network.Network {
	n := network.New(w.shape)
	load(n, w.parameters)
	return n
}

// load puts parameters into a network.
func load(n *network.Network, parameters []float32) {
	to := n.Parameters()
	for i, p := range parameters {
		to[i] = float64(p)
	}
	n.Refresh()
}

// singles rounds parameters to single precision, as they are stored.
func singles(parameters []float64) []float32 {
	out := make([]float32, len(parameters))
	for i, p := range parameters {
		out[i] = float32(p)
	}
	return out
}

func finite(parameters []float32) error {
	for i, p := range parameters {
		if x := float64(p); math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("parameter %d: want a finite number, got %v", i, p)
		}
	}
	return nil
}
