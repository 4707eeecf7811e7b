package arima

import (
	"math"
	"math/cmplx"
)

// number is a real number, or a complex one whose imaginary part carries a
// derivative: for real analytic f, f(x + ih·v) has the imaginary part h·f'(x)v
// up to h², and with h = 1e-100 up to nothing (complex-step differentiation,
// Squire and Trapp 1998). So a function of numbers yields exact derivatives.
type number interface{ float64 | complex128 }

// complexStep is h.
const complexStep = 1e-100

func sqrt[T number](x T) T {
	switch v := any(x).(type) {
	case float64:
		return any(math.Sqrt(v)).(T)
	case complex128:
		return any(cmplx.Sqrt(v)).(T)
	}
	panic("arima: not a number")
}

// lift gives a real number as a number.
func lift[T number](x float64) T {
	var z T
	switch p := any(&z).(type) {
	case *float64:
		*p = x
	case *complex128:
		*p = complex(x, 0)
	}
	return z
}

// atLeast says whether a number is no smaller than a bound; NaN is not.
func atLeast[T number](x T, bound float64) bool {
	switch v := any(x).(type) {
	case float64:
		return v >= bound
	case complex128:
		return real(v) >= bound
	}
	panic("arima: not a number")
}

// magnitude gives |x|, and of a number with a derivative the larger of both.
func magnitude[T number](x T) float64 {
	switch v := any(x).(type) {
	case float64:
		return math.Abs(v)
	case complex128:
		return max(math.Abs(real(v)), math.Abs(imag(v))/complexStep)
	}
	panic("arima: not a number")
}
