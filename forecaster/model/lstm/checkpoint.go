package lstm

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/numbers"
)

const (
	checkpointMagic = "lstmcheckpoint"
	// checkpointFormat is the version of a checkpoint.
	checkpointFormat = 1
	// mostText bounds a list or a text of a checkpoint, in bytes.
	mostText = 1 << 24
)

// head is what a checkpoint says of its training.
type head struct {
	Format   int      `json:"format"`
	Recipe   int      `json:"recipe"`
	Options  Options  `json:"options"`
	Steps    int      `json:"steps"`
	Series   int      `json:"series"`
	Data     []byte   `json:"data"` // the fingerprint
	Progress progress `json:"progress"`
}

// progress is a Progress whose numbers survive in text whatever they are.
type progress struct {
	Epoch, Batch, BestEpoch              int
	Done, Early                          bool
	Loss, Validation, Start, Best, Total uint64 // bits
}

// Checkpoint gives all that Resume needs to go on, beside the series: to the
// same bits.
func (t *Trainer) Checkpoint() []byte {
	s := t.state
	text, err := json.Marshal(head{
		Format: checkpointFormat, Recipe: recipe, Options: t.options, Steps: t.options.Steps, Series: t.series, Data: t.print[:],
		Progress: progress{
			Epoch: s.Epoch, Batch: s.Batch, BestEpoch: s.BestEpoch, Done: s.Done, Early: s.Early,
			Loss: math.Float64bits(s.Loss), Validation: math.Float64bits(s.Validation),
			Start: math.Float64bits(s.Start), Best: math.Float64bits(s.Best), Total: math.Float64bits(t.sum),
		},
	})
	if err != nil {
		panic(fmt.Sprintf("lstm: checkpoint: %v", err))
	}
	source, err := t.source.MarshalBinary()
	if err != nil {
		panic(fmt.Sprintf("lstm: checkpoint: %v", err))
	}
	b := numbers.AppendBytes(numbers.AppendBytes([]byte(checkpointMagic), text), source)
	a := t.class.adam
	b = appendLong(b, int64(a.Steps))
	b = numbers.AppendFloats(b, t.class.net.Parameters()...)
	if a.Steps > 0 {
		b = numbers.AppendFloats(numbers.AppendFloats(b, a.Mean...), a.Square...)
	}
	b = numbers.AppendSingles(b, t.perfect)
	for _, l := range t.lanes {
		b = l.encode(b)
	}
	b = numbers.AppendFloats(b, t.class.batch.Start...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

func (l *lane) encode(b []byte) []byte {
	for _, n := range []int{l.track, l.from, l.since, l.segments, l.done} {
		b = appendLong(b, int64(n))
	}
	return b
}

// decodeLane reads where a lane runs, and runs as far again.
func (c *class) decodeLane(r *numbers.Reader) (lane, error) {
	var n [5]int
	for i := range n {
		n[i] = int(r.Word())
	}
	to := run{track: n[0], from: n[1], since: n[2], segments: n[3]}
	if r.Err() != nil {
		return lane{}, r.Err()
	}
	if to.track < 0 || to.track >= len(c.tracks) || to.from < 0 || to.since < 0 || to.since > to.from ||
		to.from > len(c.tracks[to.track].values) || n[4] < 0 || n[4] > to.segments || to.segments > mostRun {
		return lane{}, fmt.Errorf("lane: %v is none", n)
	}
	l := c.lane(to)
	l.done = n[4]
	s := newSight(c.tracks[to.track].steps)
	for range l.done * c.segment {
		l.walk.step(&s)
	}
	return l, nil
}

// Resume goes on with a training from a checkpoint, over the same series. Its
// options are those of the checkpoint.
func Resume(d Data, checkpoint []byte, each model.Each) (*Trainer, error) {
	t, err := resume(d, checkpoint, each)
	if err != nil {
		return nil, fmt.Errorf("resume training: %w", err)
	}
	return t, nil
}

func resume(d Data, checkpoint []byte, each model.Each) (*Trainer, error) {
	h, r, err := openCheckpoint(checkpoint)
	if err != nil {
		return nil, err
	}
	if got := fingerprint(d.Series); !bytes.Equal(got[:], h.Data) {
		return nil, fmt.Errorf("series: want the %d that the checkpoint was made from, unchanged and in their order, got %d that differ", h.Series, len(d.Series))
	}
	t, err := newTrainer(d, h.Options, each)
	if err != nil {
		return nil, err
	}
	t.state = h.Progress.progress(t.state.Batches)
	t.sum = math.Float64frombits(h.Progress.Total)
	if err := t.restore(r); err != nil {
		return nil, err
	}
	return t, nil
}

func (p progress) progress(batches int) Progress {
	return Progress{
		Epoch: p.Epoch, Batch: p.Batch, Batches: batches, BestEpoch: p.BestEpoch, Done: p.Done, Early: p.Early,
		Loss: math.Float64frombits(p.Loss), Validation: math.Float64frombits(p.Validation),
		Start: math.Float64frombits(p.Start), Best: math.Float64frombits(p.Best),
	}
}

// CheckpointOptions gives the options of the training that a checkpoint is of.
func CheckpointOptions(checkpoint []byte) (Options, error) {
	h, _, err := openCheckpoint(checkpoint)
	if err == nil {
		err = h.Options.Validate()
	}
	if err != nil {
		return Options{}, fmt.Errorf("read checkpoint: %w", err)
	}
	return h.Options, nil
}

// openCheckpoint checks a checkpoint and reads its head.
func openCheckpoint(b []byte) (head, *numbers.Reader, error) {
	var h head
	if !bytes.HasPrefix(b, []byte(checkpointMagic)) {
		return h, nil, fmt.Errorf("format: want a file that begins with %q", checkpointMagic)
	}
	if len(b) < len(checkpointMagic)+sha256.Size {
		return h, nil, numbers.ErrCutOff
	}
	body, sum := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return h, nil, errors.New("checksum: does not match the bytes: the file is damaged or cut off")
	}
	r := numbers.NewReader(body[len(checkpointMagic):])
	text := r.Take(min(int(r.Half()), mostText))
	if r.Err() != nil {
		return h, nil, r.Err()
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, nil, fmt.Errorf("head: %w", err)
	}
	h.Options.Steps = h.Steps
	if h.Format != checkpointFormat || h.Recipe != recipe {
		return h, nil, fmt.Errorf("format: want version %d of recipe %d, got %d of %d", checkpointFormat, recipe, h.Format, h.Recipe)
	}
	return h, r, nil
}

// restore reads what comes after the head.
func (t *Trainer) restore(r *numbers.Reader) error {
	if err := t.source.UnmarshalBinary(r.Take(min(int(r.Half()), mostText))); err != nil {
		return fmt.Errorf("random source: %w", err)
	}
	n, a := t.class.net, t.class.adam
	a.Steps = int(r.Word())
	r.Fill(n.Parameters())
	n.Refresh()
	if a.Steps > 0 {
		a.Mean, a.Square = make([]float64, len(n.Parameters())), make([]float64, len(n.Parameters()))
		r.Fill(a.Mean)
		r.Fill(a.Square)
	}
	t.perfect = make([]float32, len(n.Parameters()))
	r.FillSingles(t.perfect)
	for i := range t.lanes {
		l, err := t.class.decodeLane(r)
		if err != nil {
			return err
		}
		t.lanes[i] = l
	}
	r.Fill(t.class.batch.Start)
	return r.End()
}
