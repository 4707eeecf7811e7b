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
	b = append(appendCount(b, len(text)), text...)
	b = appendSingles(appendCount(b, len(w.parameters)), w.parameters)
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
	r := reader{b: b[len(magic):]}
	if got := r.count(); got != weightsFormat {
		return nil, fmt.Errorf("format: want version %d, got %d", weightsFormat, got)
	}
	if len(b) < len(magic)+sha256.Size {
		return nil, errCutOff
	}
	body, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, errors.New("checksum: does not match the bytes: the file is damaged or cut off")
	}
	w := &Weights{binary: bytes.Clone(b)}
	if err := w.read(&reader{b: body[len(magic)+4:]}); err != nil {
		return nil, err
	}
	w.settle()
	return w, nil
}

// read reads what comes after the format.
func (w *Weights) read(r *reader) error {
	if got := r.count(); got != recipe {
		return fmt.Errorf("recipe: want version %d of the inputs, got %d", recipe, got)
	}
	s := network.Shape{Inputs: r.count(), Hidden: r.count(), Layers: r.count(), Skip: r.count()}
	horizon, levels := r.count(), r.count()
	if r.err != nil {
		return r.err
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
	n, want := r.count(), parametersOf(s)
	if r.err == nil && (n != want || len(r.b) != 4*want) {
		return fmt.Errorf("parameters: want %d, got %d in %d bytes", want, n, len(r.b))
	}
	w.parameters = r.singles(n)
	if r.err != nil {
		return r.err
	}
	return finite(w.parameters)
}

// checkLevels reads the levels of the quantiles that the network says.
func checkLevels(r *reader, levels int) error {
	if levels != levelCount {
		return fmt.Errorf("levels: want %d, got %d", levelCount, levels)
	}
	for _, want := range headLevels {
		if got := r.float(); r.err == nil && got != want {
			return fmt.Errorf("levels: want %v, got %v", want, got)
		}
	}
	return r.err
}

// readProvenance wants the text as encode writes it, so that weights have one
// binary form.
func (w *Weights) readProvenance(r *reader) error {
	n := r.count()
	if r.err == nil && n > mostProvenance {
		return fmt.Errorf("provenance: want at most %d bytes, got %d", mostProvenance, n)
	}
	text := r.take(n)
	if r.err != nil {
		return r.err
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

func appendSingles(b []byte, list []float32) []byte {
	for _, x := range list {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func appendFloats(b []byte, list ...float64) []byte {
	for _, x := range list {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

var errCutOff = errors.New("length: cut off")

// reader reads numbers until it runs out of bytes, which it notes.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.b, r.err = nil, errCutOff
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) count() int {
	if b := r.take(4); b != nil {
		return int(binary.LittleEndian.Uint32(b))
	}
	return 0
}

func (r *reader) long() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) float() float64 { return math.Float64frombits(r.long()) }

func (r *reader) floats(list ...*float64) {
	for _, x := range list {
		*x = r.float()
	}
}

func (r *reader) fill(list []float64) {
	for i := range list {
		list[i] = r.float()
	}
}

func (r *reader) singles(n int) []float32 {
	b := r.take(4 * n)
	if b == nil {
		return nil
	}
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return out
}
