package stl

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
)

// table reads one of R's answers: columns by case and name, those that are
// empty left out. What made it stands in testdata/SOURCES.md.
func table(t *testing.T, file string) map[string]map[string][]float64 {
	t.Helper()
	f, err := os.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]map[string][]float64{}
	for _, row := range rows[1:] {
		columns := cases[row[0]]
		if columns == nil {
			columns = map[string][]float64{}
			cases[row[0]] = columns
		}
		for j, cell := range row[1:] {
			if cell == "" {
				continue
			}
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			columns[rows[0][j+1]] = append(columns[rows[0][j+1]], v)
		}
	}
	return cases
}

// near holds that got is want to 1e-8 of the series' largest value.
func near(t *testing.T, name string, got, want []float64, size float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: want %d values, got %d", name, len(want), len(got))
	}
	worst := 0.0
	for i, w := range want {
		worst = max(worst, math.Abs(got[i]-w)/size)
		if !(math.Abs(got[i]-w) <= 1e-8*size) {
			t.Fatalf("%s at %d: want %v, got %v", name, i, w, got[i])
		}
	}
	t.Logf("%s: at most %.1e away", name, worst)
}

func size(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		most = max(most, math.Abs(v))
	}
	return most
}

func TestSTLAgainstR(t *testing.T) {
	degrees := Options{Seasonal: Loess{13, 1, 2}, Trend: Loess{15, 0, 2}, LowPass: Loess{9, 1, 1}, Inner: 2}
	slow := Defaults(10, 7)
	slow.Seasonal.Jump, slow.Trend.Jump, slow.LowPass.Jump, slow.Inner, slow.Outer = 1, 1, 1, 3, 2
	golden := table(t, "stl.csv")
	for name, c := range map[string]struct {
		period  int
		options Options
	}{
		"seven cycles":       {12, Defaults(12, 7)},
		"eleven cycles":      {7, Defaults(7, 11)},
		"robust":             {12, Defaults(12, 9).Robust()},
		"periodic":           {12, Periodic(12)},
		"periodic odd":       {7, Periodic(7).Robust()},
		"degrees":            {6, degrees},
		"no jumps":           {10, slow},
		"two cycles and one": {24, Defaults(24, 11)},
		"nottem":             {12, Defaults(12, 11)},
	} {
		t.Run(name, func(t *testing.T) {
			want := golden[name]
			got, err := STL(want["value"], c.period, c.options)
			if err != nil {
				t.Fatal(err)
			}
			most := size(want["value"])
			near(t, "seasonal", got.Seasonal[0], want["seasonal"], most)
			near(t, "trend", got.Trend, want["trend"], most)
			near(t, "remainder", got.Remainder, want["remainder"], most)
			near(t, "weights", got.Weights, want["weight"], 1)
		})
	}
}

func TestDecomposeAgainstR(t *testing.T) {
	golden := table(t, "mstl.csv")
	for name, c := range map[string]struct{ periods, kept []int }{
		"12":      {[]int{12}, []int{12}},
		"7 28":    {[]int{28, 7}, []int{7, 28}},
		"6 24 96": {[]int{6, 24, 96}, []int{6, 24, 96}},
		"5 20 60": {[]int{5, 20, 60}, []int{5, 20}},
	} {
		t.Run(name, func(t *testing.T) {
			want := golden[name]
			got := Decompose(want["value"], c.periods)
			if len(got.Seasonal) != len(c.kept) {
				t.Fatalf("want the periods %v, got %v", c.kept, got.Periods)
			}
			most := size(want["value"])
			near(t, "trend", got.Trend, want["trend"], most)
			for i, period := range c.kept {
				if got.Periods[i] != period {
					t.Fatalf("want the periods %v, got %v", c.kept, got.Periods)
				}
				near(t, "seasonal", got.Seasonal[i], want["seasonal"+strconv.Itoa(i+1)], most)
			}
			near(t, "remainder", got.Remainder, want["remainder"], most)
		})
	}
}
