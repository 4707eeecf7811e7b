package numbers

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestReadsWhatWasAppended reads numbers of any bits back, and wants an error of
// every shorter and of a longer text.
func TestReadsWhatWasAppended(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.SliceOf(rapid.Uint64()).Draw(t, "bits")
		body := rapid.SliceOf(rapid.Byte()).Draw(t, "body")
		var b []byte
		for _, x := range bits {
			b = AppendFloats(b, math.Float64frombits(x))
			b = AppendSingles(b, []float32{math.Float32frombits(uint32(x))})
		}
		b = AppendBytes(b, body)
		if want := 12*len(bits) + 4 + len(body); len(b) != want {
			t.Fatalf("want %d bytes, got %d", want, len(b))
		}
		read := func(r *Reader) bool {
			same := true
			for _, x := range bits {
				same = r.Word() == x && r.Half() == uint32(x) && same
			}
			return bytes.Equal(r.Bytes(), body) && same
		}
		r := NewReader(b)
		if !read(r) || r.End() != nil {
			t.Fatalf("what was read differs: %v", r.End())
		}
		short := NewReader(b[:rapid.IntRange(0, len(b)-1).Draw(t, "length")])
		read(short)
		if !errors.Is(short.End(), ErrCutOff) || short.Word() != 0 || len(short.Left()) > 0 {
			t.Errorf("want it cut off, and zeros from there, got %v", short.End())
		}
		long := NewReader(append(b, 1))
		if read(long); long.Err() != nil || long.End() == nil {
			t.Errorf("want one byte too many, got %v", long.End())
		}
	})
}

// TestLists reads lists into what they were.
func TestLists(t *testing.T) {
	b := AppendSingles(AppendFloats(nil, 1, -2, 3, 4), []float32{5, 6})
	r := NewReader(b)
	var x, y float64
	list, singles := make([]float64, 2), make([]float32, 2)
	r.Floats(&x, &y)
	r.Fill(list)
	r.FillSingles(singles)
	if r.End() != nil || x != 1 || y != -2 || list[0] != 3 || list[1] != 4 || singles[0] != 5 || singles[1] != 6 {
		t.Errorf("got %v %v %v %v, %v", x, y, list, singles, r.End())
	}
	if r.Take(-1) != nil || r.Err() == nil {
		t.Error("fewer than no bytes were taken")
	}
}
