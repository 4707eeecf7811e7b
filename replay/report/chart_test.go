package report

import (
	"math"
	"testing"
)

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
