package model_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

func TestPoolingIsSound(t *testing.T) {
	levels := []float64{0.1, 0.5, 0.9}
	rapid.Check(t, func(t *rapid.T) {
		b := model.NewBands(levels, rapid.IntRange(1, 20).Draw(t, "steps"))
		for h := range b.Steps {
			for _, row := range [][]float64{b.Steps[h], b.Peaks[h]} {
				copy(row, rapid.SliceOfN(rapid.Float64Range(0, 100), 3, 3).Draw(t, "row"))
				slices.Sort(row)
			}
		}
		p := model.NewPooling(len(b.Steps))
		p.Order(b.Steps, b.Peaks)
		tolerant := model.NewBands(levels, len(b.Steps))
		for h := range b.Steps {
			copy(tolerant.Steps[h], b.Steps[h])
			copy(tolerant.Peaks[h], b.Peaks[h])
		}
		tolerant.Settle()
		for h := range b.Steps {
			for j := range levels {
				if tolerant.Steps[h][j]-b.Steps[h][j] > 1e-9 || tolerant.Peaks[h][j]-b.Peaks[h][j] > 1e-9 {
					t.Fatalf("step %d is raised further: %v, %v", h+1, b.Steps, b.Peaks)
				}
			}
		}
	})
}

// TestPoolingRises pools peaks of one level above steps that do not matter.
func TestPoolingRises(t *testing.T) {
	for _, tc := range []struct{ peaks, want []float64 }{
		{[]float64{1, 2, 3}, []float64{1, 2, 3}},
		{[]float64{3, 1, 2}, []float64{2, 2, 2}},
		{[]float64{1, 4, 2, 5}, []float64{1, 3, 3, 5}},
		{[]float64{4, 3, 2, 9, 8}, []float64{3, 3, 3, 8.5, 8.5}},
	} {
		b := model.NewBands([]float64{0.5}, len(tc.peaks))
		for h, x := range tc.peaks {
			b.Peaks[h][0], b.Steps[h][0] = x, 2.5
		}
		p := model.NewPooling(len(tc.peaks))
		p.Order(b.Steps, b.Peaks)
		for h, want := range tc.want {
			step := min(2.5, want)
			if h == 0 {
				step = want
			}
			if b.Peaks[h][0] != want || b.Steps[h][0] != step {
				t.Errorf("%v: want %v, got %v with steps %v", tc.peaks, tc.want, b.Peaks, b.Steps)
			}
		}
	}
}
