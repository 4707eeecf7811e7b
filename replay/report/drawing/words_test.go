package drawing

import (
	"math"
	"testing"
)

func TestNumber(t *testing.T) {
	for x, want := range map[float64]string{
		0: "0", 12: "12", 1870.4: "1,870", 99.96: "100", 42.35: "42.4", 9.999: "10.0", 1.5: "1.50", -3.25: "−3.25", 1e6: "1,000,000", -1234: "−1,234",
		math.Inf(1): "–",
	} {
		if got := Number(x); got != want {
			t.Errorf("Number(%v) = %q, want %q", x, got, want)
		}
	}
}
