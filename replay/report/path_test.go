package report

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Marks end up apart and inside, unless there is no room at all.
func TestMarksDoNotOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var placed []box
		for range rapid.IntRange(1, 18).Draw(t, "marks") {
			own := box{rapid.Float64Range(0, phoneWide).Draw(t, "x"), rapid.Float64Range(0, phoneHigh).Draw(t, "y"), markWide(rapid.SampledFrom([]string{"1", "12", "ours", "perfect"}).Draw(t, "text"))}
			at := settle(placed, own)
			for _, other := range placed {
				if at.overlaps(other) {
					t.Fatalf("%+v lies on %+v", at, other)
				}
			}
			placed = append(placed, at)
		}
	})
}

func TestColumns(t *testing.T) {
	nan := math.NaN()
	values := []float64{1, 5, nan, nan, 3, nan, 2}
	for _, test := range []struct {
		name      string
		got, want []float64
	}{
		{"most", fold(values, 2, math.Max), []float64{5, nan, 3, 2}},
		{"mean", mean(values, 2), []float64{3, nan, 3, 2}},
	} {
		for x := range test.want {
			if test.got[x] != test.want[x] && !(math.IsNaN(test.got[x]) && math.IsNaN(test.want[x])) {
				t.Errorf("%s: got %v, want %v", test.name, test.got, test.want)
			}
		}
	}
}
