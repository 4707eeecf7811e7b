package drawing

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// readPath reads a line back, as script.js does.
func readPath(t *rapid.T, path string, columns int, top float64) []float64 {
	out := slices.Repeat([]float64{math.NaN()}, columns)
	x, y := 0, 0
	for path != "" {
		end := 1 + strings.IndexAny(path[1:]+"M", "Mhv")
		op, args := path[0], strings.Fields(path[1:end])
		path = path[end:]
		a, err := strconv.Atoi(args[0])
		if err != nil {
			t.Fatal(err)
		}
		switch op {
		case 'M':
			x = a
			if y, err = strconv.Atoi(args[1]); err != nil {
				t.Fatal(err)
			}
		case 'v':
			y += a
		case 'h':
			for range a {
				out[x] = top * (1 - float64(y)/Grid)
				x++
			}
		}
	}
	return out
}

// A line gives its values back to a thousandth of the height, gaps included.
func TestLineReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 50), rapid.Just(7.0), rapid.Just(math.NaN())), 1, 60).Draw(t, "values")
		p := Plane{Top: 50}
		for x, got := range readPath(t, p.Line(values), len(values), p.Top) {
			if want := values[x]; math.IsNaN(want) != math.IsNaN(got) || math.Abs(want-got) > p.Top/Grid {
				t.Fatalf("column %d of %s: got %v, want %v", x, p.Line(values), got, want)
			}
		}
	})
}

func TestPaths(t *testing.T) {
	p := Plane{Top: 10}
	nan := math.NaN()
	for _, test := range []struct{ got, want string }{
		{p.Line([]float64{0, 0, 5, 5, 5}), "M0 1000h2v-500h3"},
		{p.Line([]float64{nan, 20, nan, -1}), "M1 0h1M3 1000h1"},
		{p.Area([]float64{5, nan, 10}), "M0 1000V500h1V1000zM2 1000V0h1V1000z"},
		{p.Between([]float64{1}, []float64{2}), "M0 1000V800h1V1000zM0 1000V900h1V1000z"},
		{p.Line(nil), ""},
		{Strips([]bool{true, true, false, true}), "M0 0h2v1h-2zM3 0h1v1h-1z"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}
