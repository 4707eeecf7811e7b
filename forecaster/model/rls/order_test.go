package rls

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

func TestOrderIsSound(t *testing.T) {
	levels := []float64{0.1, 0.5, 0.9}
	rapid.Check(t, func(t *rapid.T) {
		b := model.NewBands(levels, rapid.IntRange(1, 20).Draw(t, "steps"))
		for h := range b.Steps {
			for _, row := range [][]float64{b.Steps[h], b.Peaks[h]} {
				copy(row, rapid.SliceOfN(rapid.Float64Range(0, 100), 3, 3).Draw(t, "row"))
				slices.Sort(row)
			}
		}
		s := scratch{}
		s.order(b.Steps, b.Peaks)
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

func TestRise(t *testing.T) {
	for _, tc := range []struct{ rows, want []float64 }{
		{[]float64{1, 2, 3}, []float64{1, 2, 3}},
		{[]float64{3, 1, 2}, []float64{2, 2, 2}},
		{[]float64{1, 4, 2, 5}, []float64{1, 3, 3, 5}},
		{[]float64{4, 3, 2, 9, 8}, []float64{3, 3, 3, 8.5, 8.5}},
	} {
		rows := make([][]float64, len(tc.rows))
		for h, x := range tc.rows {
			rows[h] = []float64{x}
		}
		new(scratch).rise(rows, 0)
		for h, want := range tc.want {
			if rows[h][0] != want {
				t.Errorf("%v: want %v, got %v", tc.rows, tc.want, rows)
			}
		}
	}
}
