package arima

import (
	"errors"
	"math"
	"testing"
)

// TestConstantWithGaps wants it said that nothing is left where regressors
// explain all values that are there, whatever lines over the gaps would say.
func TestConstantWithGaps(t *testing.T) {
	y := wave(90)
	for i := range y {
		y[i] = 5 + 3*y[i]
		if i%7 == 3 {
			y[i] = math.NaN()
		}
	}
	d := Data{Y: y, X: [][]float64{wave(90), ConstantOf(90, 0)}}
	for diff := range 2 {
		if m, err := Fit(Order{AR: 1, Diff: diff}, d); !errors.Is(err, ErrConstant) {
			t.Errorf("fit, d %d: want ErrConstant, got %+v, %v", diff, m, err)
		}
		if found, err := Select(d, Search{Diff: diff}, inTurn); !errors.Is(err, ErrConstant) {
			t.Errorf("select, d %d: want ErrConstant, got %+v, %v", diff, found, err)
		}
	}
}
