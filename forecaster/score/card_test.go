package score

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/streams"
)

func TestPinball(t *testing.T) {
	for _, tc := range []struct{ p, quantile, value, want float64 }{
		{0.9, 10, 10, 0},
		{0.9, 10, 12, 1.8}, // 0.9 × 2
		{0.9, 10, 8, 0.2},  // 0.1 × 2
		{0.5, 10, 7, 1.5},  // half the absolute error
	} {
		if got := Pinball(tc.p, tc.quantile, tc.value); math.Abs(got-tc.want) > 1e-12 {
			t.Errorf("Pinball(%v, %v, %v): want %v, got %v", tc.p, tc.quantile, tc.value, tc.want, got)
		}
	}
}

func TestScore(t *testing.T) {
	c := NewCard([]float64{0.5, 0.9})
	if c.Score() != nil {
		t.Fatal("a score of nothing")
	}
	c.Judge(100, []float64{10, 20}, 14, 10) // covered by both; losses 0 and 1; naive 2 and 0.4
	c.Judge(101, []float64{10, 20}, 14, 16) // covered by the upper; 3 and 0.4; naive 1 and 1.8
	want := &streams.Score{Judged: 2, Coverage: []float64{0.5, 1}, Pinball: 4.4 / 4, Naive: 5.2 / 4}
	approximately := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })
	if diff := cmp.Diff(want, c.Score(), approximately); diff != "" {
		t.Error(diff)
	}
	c.Judge(107, []float64{10, 20}, 14, 100) // day 100 is left behind
	if got := c.Score(); got.Judged != 2 || got.Coverage[1] != 0.5 {
		t.Errorf("after a week: got %+v", got)
	}
	c.Judge(100, []float64{10, 20}, 14, 1)
	if got := c.Score(); got.Judged != 2 {
		t.Errorf("a day left behind was judged: %+v", got)
	}
}

// TestCardContinuesAfterStorage judges at random and reads one of two cards
// back now and then; the scores must be the same bits.
func TestCardContinuesAfterStorage(t *testing.T) {
	levels := []float64{0.1, 0.5, 0.9}
	load := rapid.Float64Range(0, 1e15)
	rapid.Check(t, func(t *rapid.T) {
		calm, moved := NewCard(levels), NewCard(levels)
		day := int64(rapid.IntRange(0, 30000).Draw(t, "day"))
		for range rapid.IntRange(0, 40).Draw(t, "judgements") {
			day += int64(rapid.IntRange(-1, 3).Draw(t, "days on"))
			q, naive, value := []float64{load.Draw(t, "low"), load.Draw(t, "middle"), load.Draw(t, "high")}, load.Draw(t, "naive"), load.Draw(t, "value")
			calm.Judge(day, q, naive, value)
			moved.Judge(day, q, naive, value)
			if rapid.Bool().Draw(t, "move") {
				data := moved.AppendBinary(nil)
				moved = NewCard(levels)
				if err := moved.UnmarshalBinary(data); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(calm.Score(), moved.Score()); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestUnmarshalRefuses(t *testing.T) {
	data := NewCard([]float64{0.5}).AppendBinary(nil)
	for name, bad := range map[string][]byte{"nothing": nil, "cut off": data[:len(data)-1], "too much": append(data, 0)} {
		if err := NewCard([]float64{0.5}).UnmarshalBinary(bad); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	if err := NewCard([]float64{0.5, 0.9}).UnmarshalBinary(data); err == nil {
		t.Error("of other levels: want an error")
	}
}
