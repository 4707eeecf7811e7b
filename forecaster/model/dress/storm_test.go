package dress

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// TestSpike has one value of 1e12 in a load whose model follows the last value:
// so the bin after it is as wrong. Two hours later, and at the same time of the
// next day, the width of the bands must be near the usual one, and the median
// near the points.
func TestSpike(t *testing.T) {
	const at, steps = 10 * 288, 12
	levels := []float64{0.1, 0.5, 0.9}
	values := noise(11, 12*288, 1000, 10)
	values[at] = 1e12
	d, b := New(levels, steps, 288), model.NewBands(levels, steps)
	points, se := make([]float64, steps), slices.Repeat([]float64{14.0}, steps)
	usual, n := 0.0, 0.0
	follow(d, values, func(i int) ([]float64, []float64) {
		for h := range points {
			points[h] = values[i]
		}
		return points, se
	}, func(i int) {
		if i < 5*288 || i > at-1 && i < at+24 {
			return
		}
		d.Bands(int64(i), points, se, b)
		width := b.Steps[5][2] - b.Steps[5][0]
		if i < at {
			usual += width
			n++
			return
		}
		if width > 3.5*usual/n {
			t.Errorf("%d bins after: width %.1f, usually %.1f", i-at, width, usual/n)
		}
		if i > at+288+steps && width > 2.5*usual/n {
			t.Errorf("%d bins after: width %.1f, usually %.1f", i-at, width, usual/n)
		}
		if off := math.Abs(b.Steps[5][1] - points[5]); off > 100 {
			t.Errorf("%d bins after: median off by %.1f", i-at, off)
		}
	})
}

// TestLevelShift multiplies the errors by a hundred for good: the bands must have
// followed two hours later.
func TestLevelShift(t *testing.T) {
	at := []float64{0.1, 0.9}
	values := noise(12, 6*288, 0, 1)
	for i := range values {
		if i >= 5*288 {
			values[i] *= 100
		}
		values[i] += 1000
	}
	d, b := New(at, 1, 288), model.NewBands(at, 1)
	forecast := flat(1000, 1, 1)
	follow(d, values[:5*288+24], forecast, func(int) {})
	points, se := forecast(0)
	d.Bands(5*288+23, points, se, b)
	if width := b.Steps[0][1] - b.Steps[0][0]; width < 0.25*256 || width > 2*256 {
		t.Errorf("width %.1f, want about 256", width)
	}
}

// TestGapsTeachNothing compares with a dresser that did not see the gaps. Of a
// peak of three steps two bins are not enough.
func TestGapsTeachNothing(t *testing.T) {
	at := []float64{0.1, 0.5, 0.9}
	a, b := New(at, 3, 24), New(at, 3, 24)
	forecast := flat(100, 10, 3)
	for _, d := range []*Dresser{a, b} {
		follow(d, noise(13, 200, 100, 10), forecast, func(int) {})
	}
	for bin := int64(200); bin < 300; bin++ {
		a.Judge(bin, math.NaN())
	}
	b.Judge(299, math.NaN())
	if !bytes.Equal(a.AppendBinary(nil), b.AppendBinary(nil)) {
		t.Error("gaps taught something")
	}
}

// TestNoError has a model that never errs, then a load that begins to vary.
func TestNoError(t *testing.T) {
	at := []float64{0.1, 0.9}
	d, b := New(at, 2, 24), model.NewBands(at, 2)
	forecast := flat(50, 0, 2)
	points, se := forecast(0)
	follow(d, slices.Repeat([]float64{50}, 100), forecast, func(i int) {
		if d.Bands(int64(i), points, se, b); b.Steps[0][0] != 50 || b.Peaks[1][1] != 50 {
			t.Fatalf("got %v and %v", b.Steps, b.Peaks)
		}
	})
	for i, v := range noise(14, 48, 50, 5) {
		d.Judge(int64(100+i), v)
		d.Issue(int64(100+i), points, se)
	}
	d.Bands(147, points, se, b)
	if width := b.Steps[0][1] - b.Steps[0][0]; width < 5 || width > 30 { // 12.8 would be exact
		t.Errorf("width %.1f", width)
	}
}
