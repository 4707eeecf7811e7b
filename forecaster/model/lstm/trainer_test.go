package lstm

import (
	"bytes"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// trained runs a training to its end.
func trained(tb testing.TB, t *Trainer) *Weights {
	tb.Helper()
	for t.Step() {
	}
	w, err := t.Weights()
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

func begun(tb testing.TB, d Data, o Options, each model.Each) *Trainer {
	tb.Helper()
	t, err := NewTrainer(d, o, each)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// TestTrains wants less loss than of a network that was not trained.
func TestTrains(t *testing.T) {
	d, o := school(t), schoolOptions()
	a := begun(t, d, o, model.InLine)
	want := trained(t, a)
	if p := a.Progress(); p.Best > 0.97*p.Start || p.Epoch != o.Epochs || p.BestEpoch == 0 {
		t.Errorf("want less loss, got %+v", p)
	}
	p := want.Provenance()
	if p.Series != 4 || p.Bins != 15*24+20*24-30+8*96 || !slices.Equal(p.DataSets, d.Sets) || p.Options != o {
		t.Errorf("provenance: got %+v", p)
	}
}

// TestTrainsTheSame wants the same bytes however the work is done, and others of
// another seed.
func TestTrainsTheSame(t *testing.T) {
	d, o := school(t), schoolOptions()
	o.Epochs = 1
	want := trained(t, begun(t, d, o, model.InLine))
	if got := trained(t, begun(t, d, o, sideBySide)); !bytes.Equal(want.Binary(), got.Binary()) {
		t.Error("side by side it trains something else")
	}
	o.Seed++
	if got := trained(t, begun(t, d, o, model.InLine)); want.Sum() == got.Sum() {
		t.Error("the seed changes nothing")
	}
}

// TestResumes stops a training every seven mini-batches, goes on from the
// checkpoint, and wants the same bytes.
func TestResumes(t *testing.T) {
	d, o := school(t), schoolOptions()
	o.Epochs, o.Steps = 3, 5
	want := trained(t, begun(t, d, o, model.InLine))
	at := begun(t, d, o, model.InLine)
	for steps := 0; at.Step(); steps++ {
		if steps%7 != 0 {
			continue
		}
		checkpoint := at.Checkpoint()
		again, err := Resume(d, checkpoint, sideBySide)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(checkpoint, again.Checkpoint()) || again.Progress() != at.Progress() {
			t.Fatalf("batch %d: resumed it stands elsewhere", steps)
		}
		at = again
	}
	got, err := at.Weights()
	if err != nil {
		t.Fatal(err)
	}
	if want.Sum() != got.Sum() {
		t.Error("resumed it trains something else")
	}
}

func TestResumeRefuses(t *testing.T) {
	d, o := school(t), schoolOptions()
	at := begun(t, d, o, model.InLine)
	at.Step()
	checkpoint := at.Checkpoint()
	other := school(t)
	other.Series[1].Values[3]++
	fewer := school(t)
	fewer.Series = fewer.Series[1:]
	damaged := slices.Clone(checkpoint)
	damaged[len(damaged)/2] ^= 4
	for name, tc := range map[string]struct {
		d    Data
		b    []byte
		want string
	}{
		"another value":  {other, checkpoint, "series: want the 4 that the checkpoint was made from"},
		"fewer series":   {fewer, checkpoint, "series: want the 4 that the checkpoint was made from, unchanged and in their order, got 3 that differ"},
		"damaged":        {d, damaged, "checksum"},
		"cut off":        {d, checkpoint[:len(checkpoint)-1], "checksum"},
		"weights":        {d, tiny(t).Binary(), `format: want a file that begins with "lstmcheckpoint"`},
		"cut off, whole": {d, sealed(checkpoint[:len(checkpoint)-40]), "length: cut off"},
		"more":           {d, sealed(append(slices.Clone(checkpoint[:len(checkpoint)-32]), 1)), "length: 1 bytes too many"},
		"the magic":      {d, []byte(checkpointMagic), "length: cut off"},
	} {
		_, err := Resume(tc.d, tc.b, model.InLine)
		if err == nil || !strings.HasPrefix(err.Error(), "resume training: "+tc.want) {
			t.Errorf("%s: want %q, got %v", name, tc.want, err)
		}
	}
}

// TestEndsEarly trains at a high rate, and wants it to stop after the first epoch
// that makes the network no better, with the best weights.
func TestEndsEarly(t *testing.T) {
	d, o := school(t), schoolOptions()
	o.Epochs, o.Patience, o.Rate = 200, 1, 0.05
	at := begun(t, d, o, model.InLine)
	trained(t, at)
	if p := at.Progress(); !p.Early || !p.Done || p.Epoch != p.BestEpoch+1 || p.Epoch == o.Epochs {
		t.Errorf("got %+v", p)
	}
	if at.Step() {
		t.Error("it goes on")
	}
}

func TestTrainsOnFromWeights(t *testing.T) {
	d, o := school(t), schoolOptions()
	o.Epochs = 3
	d.Init = trained(t, begun(t, d, o, model.InLine))
	at := begun(t, d, o, model.InLine)
	if p, before := at.Progress(), d.Init.Provenance().Validation; math.Abs(p.Start-before) > 1e-6 {
		t.Errorf("want it to begin at a loss of %v, got %v", before, p.Start)
	}
	for _, change := range []*int{&o.Hidden, &o.Layers, &o.Steps} {
		*change++
		if _, err := NewTrainer(d, o, model.InLine); err == nil {
			t.Errorf("weights of another shape than %+v: want an error", o)
		}
		*change--
	}
}

func TestNewTrainerRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(d *Data, o *Options)
		want   string
	}{
		"no series":     {func(d *Data, _ *Options) { d.Series = nil }, "train: series: want at least one"},
		"short series":  {func(_ *Data, o *Options) { o.Segment = 4000 }, "train: series: want at least one of 8036 bins"},
		"no lanes":      {func(_ *Data, o *Options) { o.Batch = 0 }, "train: batch: want 1 to 4096, got 0"},
		"a wild rate":   {func(_ *Data, o *Options) { o.Rate = math.NaN() }, "train: rate: want more than 0"},
		"all held out":  {func(_ *Data, o *Options) { o.Validation = 1 }, "train: validation: want more than 0"},
		"no step":       {func(_ *Data, o *Options) { o.Steps = 0 }, "train: steps: want 1 to 64, got 0"},
		"many steps":    {func(_ *Data, o *Options) { o.Steps = 65 }, "train: steps: want 1 to 64, got 65"},
		"hidden nobody": {func(_ *Data, o *Options) { o.Hidden = 1 << 40 }, "train: hidden: want 1 to 512"},
	} {
		d, o := school(t), schoolOptions()
		tc.change(&d, &o)
		if _, err := NewTrainer(d, o, model.InLine); err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("%s: want %q, got %v", name, tc.want, err)
		}
	}
}

// TestTrainsOnAnything wants finite weights from loads that break networks.
func TestTrainsOnAnything(t *testing.T) {
	wild := waves(400, 24, 1)
	for i := 3; i < len(wild); i += 40 {
		wild[i] = 1e15
	}
	d := Data{Series: []Series{
		seriesOf(t, "zero", time.Hour, make([]float64, 400)),
		seriesOf(t, "constant", time.Hour, slices.Repeat([]float64{42}, 400)),
		seriesOf(t, "missing", time.Hour, slices.Repeat([]float64{math.NaN()}, 400)),
		seriesOf(t, "wild", time.Hour, wild),
		seriesOf(t, "huge", time.Hour, slices.Repeat([]float64{1e300, 0, math.MaxFloat64}, 140)),
	}}
	o := schoolOptions()
	o.Epochs = 4
	at := begun(t, d, o, model.InLine)
	for at.Step() {
	}
	for i, x := range at.class.net.Parameters() {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			t.Fatalf("parameter %d is %v", i, x)
		}
	}
	if p := at.Progress(); math.IsNaN(p.Loss) || math.IsNaN(p.Validation) {
		t.Errorf("got %+v", p)
	}
}

func TestCoarser(t *testing.T) {
	s := seriesOf(t, "s", time.Minute, []float64{9, 9, 1, 2, 3, 4, 5, math.NaN(), 8, 8, 8, 8, 7})
	s.First -= 2
	got := s.coarser(5 * time.Minute)
	if want := []float64{3, 8}; got.First != monday*288 || !slices.Equal(got.Values, want) || got.Grid.PerDay() != 288 {
		t.Errorf("want %v from bin %d on, got %v from %d on", want, monday*288, got.Values, got.First)
	}
}

// TestMemory holds the estimate to what a training takes hold of: no less, and at
// most twice as much.
func TestMemory(t *testing.T) {
	o := DefaultOptions()
	o.Batch, o.Segment = 20, 60
	d := Data{Series: []Series{seriesOf(t, "s", 5*time.Minute, waves(6000, 288, 1))}}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	at := begun(t, d, o, model.InLine)
	at.Step()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(at)
	took, said := int64(after.HeapAlloc)-int64(before.HeapAlloc), o.Memory(CountBins(d.Series))
	if said < took || said > 2*took {
		t.Errorf("took %d bytes, was to take %d", took, said)
	}
	small, large := o.Memory(1000), o.Memory(1_000_000)
	if large-small != 999_000*bytesPerBin(steps) {
		t.Errorf("a million bins take %d more", large-small)
	}
}
