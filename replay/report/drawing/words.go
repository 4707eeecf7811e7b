package drawing

import (
	"math"
	"strconv"
	"strings"
)

// Thousands writes a whole number with commas.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Number writes x with three digits or more, and without digits that nobody
// reads.
func Number(x float64) string {
	switch a := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "–"
	case a >= 99.95 || x == math.Trunc(x):
		return Thousands(int64(math.Round(x)))
	case a >= 9.995:
		return strings.Replace(strconv.FormatFloat(x, 'f', 1, 64), "-", "−", 1)
	}
	return strings.Replace(strconv.FormatFloat(x, 'f', 2, 64), "-", "−", 1)
}

// Count writes a number of things.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1" + "\u00a0" + one
	}
	return Thousands(int64(n)) + "\u00a0" + many
}

// DayForm is the form of a day on an axis.
const DayForm = "2 Jan"
