package dress

import (
	"math"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// TestRevisit follows a model that is off by 50 for ten days, then one that is
// right: what it is moved by must be gone once the days were revisited, and not
// before.
func TestRevisit(t *testing.T) {
	at := []float64{0.1, 0.5, 0.9}
	values := noise(41, 10*288, 1000, 2)
	d, b := New(at, 6, 288), model.NewBands(at, 6)
	follow(d, values, flat(1050, 2, 6), func(int) {})
	right := flat(1000, 2, 6)
	last := int64(len(values) - 1)
	points, se := right(0)
	d.Bands(last, points, se, b)
	if got := b.Steps[0][1]; math.Abs(got-950) > 10 {
		t.Errorf("before: want about 950, got %v", got)
	}
	for i, v := range values {
		d.Revisit(int64(i), v)
		d.Issue(int64(i), points, se)
	}
	d.Bands(last, points, se, b)
	if got := b.Steps[0][1]; math.Abs(got-1000) > 3 {
		t.Errorf("revisited: want about 1000, got %v", got)
	}
	if width := b.Steps[0][2] - b.Steps[0][0]; width < 3 || width > 12 {
		t.Errorf("want the width that errors had, about 5, got %v", width)
	}
}
