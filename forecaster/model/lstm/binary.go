package lstm

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/network"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/numbers"
)

const (
	magic = "lstmweights" // begins every file of weights
	// weightsFormat is the version of the binary form.
	weightsFormat = 1
	// mostProvenance bounds the text of a provenance, in bytes.
	mostProvenance = 1 << 20
)

// encode gives the binary form. All numbers are little-endian:
//
//	"lstmweights"
//	format, recipe, inputs, hidden, layers, head inputs, steps, levels  4 bytes each
//	the levels                                                          8 bytes each
//	the length of the provenance, the provenance as JSON                4 bytes, text
//	the number of parameters, the parameters                            4 bytes each
//	SHA-256 of all before                                               32 bytes
func (w *Weights) encode() []byte {
	b := []byte(magic)
	s := w.shape
	for _, n := range []int{weightsFormat, recipe, s.Inputs, s.Hidden, s.Layers, s.Skip, stepsOf(s), levelCount} {
		b = appendCount(b, n)
	}
	for _, p := range headLevels {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p))
	}
	text, err := json.Marshal(w.provenance)
	if err != nil {
		panic(fmt.Sprintf("lstm: provenance: %v", err)) // numbers that are not finite
	}
	b = numbers.AppendBytes(b, text)
	b = numbers.AppendSingles(appendCount(b, len(w.parameters)), w.parameters)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

// ReadWeights reads the binary form of weights. It refuses what is not whole,
// and weights of another shape than this version of the program wants: the
// error names what differs.
func ReadWeights(b []byte) (*Weights, error) {
	w, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("read weights: %w", err)
	}
	return w, nil
}

func decode(b []byte) (*Weights, error) {
	if !bytes.HasPrefix(b, []byte(magic)) {
		return nil, fmt.Errorf("format: want a file that begins with %q", magic)
	}
	r := numbers.NewReader(b[len(magic):])
	if got := int(r.Half()); got != weightsFormat {
		return nil, fmt.Errorf("format: want version %d, got %d", weightsFormat, got)
	}
	if len(b) < len(magic)+sha256.Size {
		return nil, numbers.ErrCutOff
	}
	body, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, errors.New("checksum: does not match the bytes: the file is damaged or cut off")
	}
	w := &Weights{binary: bytes.Clone(b)}
	if err := w.read(numbers.NewReader(body[len(magic)+4:])); err != nil {
		return nil, err
	}
	w.settle()
	return w, nil
}

// read reads what comes after the format.
func (w *Weights) read(r *numbers.Reader) error {
	if got := int(r.Half()); got != recipe {
		return fmt.Errorf("recipe: want version %d of the inputs, got %d", recipe, got)
	}
	s := network.Shape{Inputs: int(r.Half()), Hidden: int(r.Half()), Layers: int(r.Half()), Skip: int(r.Half())}
	horizon, levels := int(r.Half()), int(r.Half())
	if r.Err() != nil {
		return r.Err()
	}
	if horizon > mostSteps {
		return fmt.Errorf("steps: want 1 to %d, got %d", mostSteps, horizon)
	}
	s.Outputs = outputsOf(horizon)
	if err := checkLevels(r, levels); err != nil {
		return err
	}
	if err := checkShape(s); err != nil {
		return err
	}
	w.shape = s
	if err := w.readProvenance(r); err != nil {
		return err
	}
	n, want := int(r.Half()), s.Parameters()
	if r.Err() == nil && (n != want || len(r.Left()) != 4*want) {
		return fmt.Errorf("parameters: want %d, got %d in %d bytes", want, n, len(r.Left()))
	}
	if r.Err() != nil {
		return r.Err()
	}
	w.parameters = make([]float32, n)
	r.FillSingles(w.parameters)
	return finite(w.parameters)
}

// checkLevels reads the levels of the quantiles that the network says.
func checkLevels(r *numbers.Reader, levels int) error {
	if levels != levelCount {
		return fmt.Errorf("levels: want %d, got %d", levelCount, levels)
	}
	for _, want := range headLevels {
		if got := r.Float(); r.Err() == nil && got != want {
			return fmt.Errorf("levels: want %v, got %v", want, got)
		}
	}
	return r.Err()
}

// readProvenance wants the text as encode writes it, so that weights have one
// binary form.
func (w *Weights) readProvenance(r *numbers.Reader) error {
	n := int(r.Half())
	if r.Err() == nil && n > mostProvenance {
		return fmt.Errorf("provenance: want at most %d bytes, got %d", mostProvenance, n)
	}
	text := r.Take(n)
	if r.Err() != nil {
		return r.Err()
	}
	if err := json.Unmarshal(text, &w.provenance); err != nil {
		return fmt.Errorf("provenance: %w", err)
	}
	if again, err := json.Marshal(w.provenance); err != nil || !bytes.Equal(again, text) {
		return errors.New("provenance: has other fields than this version writes")
	}
	if w.provenance.Options.Hidden > 0 { // it was trained
		w.provenance.Options.Steps = stepsOf(w.shape)
	}
	return nil
}

func appendCount(b []byte, n int) []byte { return binary.LittleEndian.AppendUint32(b, uint32(n)) }

func appendLong(b []byte, n int64) []byte { return binary.LittleEndian.AppendUint64(b, uint64(n)) }
