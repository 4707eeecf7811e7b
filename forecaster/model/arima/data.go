package arima

import (
	"errors"
	"fmt"
	"math"
)

// Data is a series and its regressors. A value that is NaN is missing; the
// columns of X are as long as Y, or longer, and have no missing value.
type Data struct {
	Y []float64
	X [][]float64
}

// Errors that callers branch on.
var (
	// ErrTooShort says that there are fewer observations than the model has
	// parameters.
	ErrTooShort = errors.New("too few observations")
	// ErrConstant says that nothing of the series is left to explain: it is a
	// combination of its regressors and of what differencing takes out.
	ErrConstant = errors.New("no variation is left")
)

func (d Data) check() error {
	for i, y := range d.Y {
		if math.IsInf(y, 0) {
			return fmt.Errorf("value %d is infinite", i)
		}
	}
	for j, x := range d.X {
		if len(x) < len(d.Y) {
			return fmt.Errorf("regressor %d: want %d values, got %d", j, len(d.Y), len(x))
		}
		for i, v := range x[:len(d.Y)] {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("regressor %d: value %d is not finite", j, i)
			}
		}
	}
	return nil
}

func (d Data) complete() bool {
	for _, y := range d.Y {
		if math.IsNaN(y) {
			return false
		}
	}
	return true
}

// there gives the values that are there, and the regressors beside them.
func (d Data) there() Data {
	out := Data{X: make([][]float64, len(d.X))}
	for t, y := range d.Y {
		if math.IsNaN(y) {
			continue
		}
		out.Y = append(out.Y, y)
		for j, x := range d.X {
			out.X[j] = append(out.X[j], x[t])
		}
	}
	return out
}

// Less gives the series less its regression with the given coefficients.
func (d Data) Less(beta []float64) []float64 {
	out := append([]float64(nil), d.Y...)
	for j, b := range beta {
		subtract(out, b, d.X[j])
	}
	return out
}
