package report

import (
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
