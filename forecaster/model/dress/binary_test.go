package dress

import (
	"bytes"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// TestContinuesAfterStorage stores a dresser now and then, and wants the same
// bits from it and from one that was never stored.
func TestContinuesAfterStorage(t *testing.T) {
	at, psi := []float64{0.1, 0.5, 0.99}, []float64{1, 0.5, 0.3}
	a, b := New(at, 30, 48), New(at, 30, 48)
	a.Prior(psi)
	b.Prior(psi)
	first, second := model.NewBands(at, 30), model.NewBands(at, 30)
	forecast := flat(100, 10, 30)
	points, se := forecast(0)
	for i, v := range noise(21, 400, 100, 10) {
		bin := int64(i)
		if i%57 == 3 || i == 1 {
			data := b.AppendBinary([]byte{9})[1:]
			if len(data) != b.Size() {
				t.Fatalf("want %d bytes, got %d", b.Size(), len(data))
			}
			b = New(at, 30, 48)
			b.Prior(psi)
			if err := b.UnmarshalBinary(data); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.AppendBinary(nil), data) {
				t.Fatal("what was read is not what was stored")
			}
		}
		for _, d := range []*Dresser{a, b} {
			d.Judge(bin, v)
			d.Issue(bin, points, se)
		}
		a.Bands(bin, points, se, first)
		b.Bands(bin, points, se, second)
		for h := range first.Steps {
			for j := range at {
				if first.Steps[h][j] != second.Steps[h][j] || first.Peaks[h][j] != second.Peaks[h][j] {
					t.Fatalf("bin %d, step %d: bands differ", i, h+1)
				}
			}
		}
	}
}

// TestBandsChangeNothing draws bands between two copies.
func TestBandsChangeNothing(t *testing.T) {
	at := []float64{0.5, 0.9}
	d, b := New(at, 4, 24), model.NewBands(at, 4)
	forecast := flat(100, 10, 4)
	follow(d, noise(22, 100, 100, 10), forecast, func(int) {})
	before := d.AppendBinary(nil)
	points, se := forecast(0)
	d.Bands(101, points, se, b)
	if !bytes.Equal(before, d.AppendBinary(nil)) {
		t.Error("bands changed what is learned")
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	data := New([]float64{0.5}, 4, 24).AppendBinary(nil)
	for name, bad := range map[string][]byte{"nothing": nil, "cut off": data[1:], "too much": append(data, 0)} {
		if err := New([]float64{0.5}, 4, 24).UnmarshalBinary(bad); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
}
