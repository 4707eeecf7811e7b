package lstm

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWeightsReadBack(t *testing.T) {
	p := Provenance{DataSets: []string{"one", "two"}, Series: 3, Bins: 400, Batches: 5, Options: DefaultOptions(), Validation: 0.25}
	want := newWeights(tiny(t).shape, tiny(t).parameters, p)
	got, err := ReadWeights(want.Binary())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, got.Provenance()); diff != "" {
		t.Errorf("provenance (-want +got):\n%s", diff)
	}
	if !slices.Equal(want.parameters, got.parameters) || want.shape != got.shape || !bytes.Equal(want.Binary(), got.Binary()) {
		t.Error("they differ")
	}
	sum := sha256.Sum256(want.Binary())
	if got.Sum() != hex.EncodeToString(sum[:]) || got.Sum() != want.Sum() {
		t.Errorf("want the SHA-256 of the bytes, got %s", got.Sum())
	}
}

// TestStepsAreInTheShape reads weights of heads of other lengths back.
func TestStepsAreInTheShape(t *testing.T) {
	for _, n := range []int{1, 3, 12, 48, mostSteps} {
		o := DefaultOptions()
		o.Steps = n
		given := looking(t, n)
		w := newWeights(given.shape, given.parameters, Provenance{Options: o})
		got, err := ReadWeights(w.Binary())
		if err != nil {
			t.Fatal(err)
		}
		if got.Steps() != n || got.Provenance().Options != o || got.shape != w.shape {
			t.Errorf("want %d steps, got %d of a training with %+v", n, got.Steps(), got.Provenance().Options)
		}
	}
}

func TestWeightsAreTheCallersOwn(t *testing.T) {
	given := slices.Clone(tiny(t).Binary())
	w, err := ReadWeights(given)
	if err != nil {
		t.Fatal(err)
	}
	clear(given)
	if !bytes.Equal(w.Binary(), tiny(t).Binary()) {
		t.Error("they changed with the bytes that they were read from")
	}
}

// resealed gives the bytes with a number of the head replaced and the checksum
// as it should be.
func resealed(b []byte, field int, value uint32) []byte {
	b = slices.Clone(b)
	binary.LittleEndian.PutUint32(b[len(magic)+4*field:], value)
	return sealed(b[:len(b)-sha256.Size])
}

func sealed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(slices.Clone(body), sum[:]...)
}

func TestReadWeightsRefuses(t *testing.T) {
	good := tiny(t).Binary()
	damaged := slices.Clone(good)
	damaged[200] ^= 1
	infinite := slices.Clone(tiny(t).parameters)
	infinite[5] = float32(math.Inf(1))
	for name, tc := range map[string]struct {
		b    []byte
		want string
	}{
		"nothing":           {nil, "format: want a file that begins with"},
		"something else":    {[]byte("timestamp,value\n"), "format: want a file that begins with"},
		"the magic only":    {[]byte(magic), "format: want version 1, got 0"},
		"another format":    {resealed(good, 0, 9), "format: want version 1, got 9"},
		"another recipe":    {resealed(good, 1, 9), "recipe: want version 4 of the inputs, got 9"},
		"other inputs":      {resealed(good, 2, 9), "inputs: want 55, got 9"},
		"no hidden unit":    {resealed(good, 3, 0), "hidden: want 1 to 512, got 0"},
		"many hidden units": {resealed(good, 3, math.MaxUint32), "hidden: want 1 to 512, got 4294967295"},
		"another hidden":    {resealed(good, 3, 4), "parameters: want "},
		"many layers":       {resealed(good, 4, 99), "layers: want 1 to 4, got 99"},
		"other head inputs": {resealed(good, 5, 9), "head inputs: want 98, got 9"},
		"another horizon":   {resealed(good, 6, 48), "head inputs: want 350, got 98"},
		"no step":           {resealed(good, 6, 0), "steps: want 1 to 64, got 0"},
		"many steps":        {resealed(good, 6, 65), "steps: want 1 to 64, got 65"},
		"steps at random":   {resealed(good, 6, math.MaxUint32), "steps: want 1 to 64, got 4294967295"},
		"other levels":      {resealed(good, 7, 7), "levels: want 9, got 7"},
		"another level":     {resealed(good, 9, 7), "levels: want 0.025, got "},
		"damaged":           {damaged, "checksum: does not match the bytes"},
		"cut off":           {good[:len(good)-1], "checksum: does not match the bytes"},
		"cut off, resealed": {sealed(good[:len(good)-sha256.Size-4]), "parameters: want "},
		"more, resealed":    {sealed(append(slices.Clone(good[:len(good)-sha256.Size]), 0, 0, 0, 0)), "parameters: want "},
		"head only":         {sealed(good[:len(magic)+20]), "length: cut off"},
		"not finite":        {newWeights(tiny(t).shape, infinite, Provenance{}).Binary(), "parameter 5: want a finite number, got +Inf"},
		"other provenance":  {sealed(bytes.Replace(good[:len(good)-sha256.Size], []byte(`"series"`), []byte(`"serien"`), 1)), "provenance: has other fields"},
	} {
		_, err := ReadWeights(tc.b)
		if err == nil || !strings.HasPrefix(err.Error(), "read weights: "+tc.want) {
			t.Errorf("%s: want %q, got %v", name, tc.want, err)
		}
	}
}

// FuzzReadWeights reads bytes that bear a checksum as they should: no panic, and
// what is read has the same bytes again.
func FuzzReadWeights(f *testing.F) {
	good := tiny(f).Binary()
	f.Add(good[:len(good)-sha256.Size])
	f.Add([]byte(magic + "\x01\x00\x00\x00\x01\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		w, err := ReadWeights(sealed(body))
		if err == nil && !bytes.Equal(w.encode(), sealed(body)) {
			t.Error("written again they differ")
		}
	})
}

func TestEmbedded(t *testing.T) {
	w := Embedded()
	p := w.Provenance()
	if p.Series == 0 || p.Bins == 0 || len(p.DataSets) == 0 || w.Parameters() != w.shape.Parameters() {
		t.Errorf("want weights that say where they are from, got %+v", p)
	}
}
