package stationarity

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
)

// answer is what R says of a series: testdata/SOURCES.md.
type answer struct {
	values                  []float64
	m, lags                 int
	kpss, kpss0, strength   float64 // NaN where R says nothing
	ndiffs, nsdiffs         int
	autoD, autoSeasonalDiff int
}

func rows(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

func number(t *testing.T, cell string) float64 {
	t.Helper()
	if cell == "" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func golden(t *testing.T) map[string]answer {
	t.Helper()
	values := map[string][]float64{}
	for _, row := range rows(t, "values.csv") {
		values[row[0]] = append(values[row[0]], number(t, row[1]))
	}
	answers := map[string]answer{}
	for _, row := range rows(t, "answers.csv") {
		cell := func(i int) float64 { return number(t, row[i]) }
		answers[row[0]] = answer{
			values: values[row[0]], m: int(cell(1)), lags: int(cell(2)),
			kpss: cell(3), kpss0: cell(4), strength: cell(5),
			ndiffs: int(cell(6)), nsdiffs: int(cell(7)), autoD: int(cell(8)), autoSeasonalDiff: int(cell(9)),
		}
	}
	return answers
}

func TestAgainstR(t *testing.T) {
	answers := golden(t)
	if len(answers) != 22 {
		t.Fatalf("want 22 series, got %d", len(answers))
	}
	for name, a := range answers {
		t.Run(name, func(t *testing.T) {
			if got := Lags(len(present(a.values))); got != a.lags {
				t.Errorf("lags: want %d, got %d", a.lags, got)
			}
			// R's mean of 1e6 and a little is as far off as 1e-6 of that little.
			if name != "near_constant" {
				near(t, "statistic", KPSS(a.values, a.lags), a.kpss)
				near(t, "statistic without lags", KPSS(a.values, 0), a.kpss0)
			}
			// R fills the gaps of presidents along the season, and calls the
			// rounding errors of a constant a season.
			if !math.IsNaN(a.strength) && name != "presidents" && name != "constant" {
				near(t, "strength", SeasonalStrength(a.values, a.m), a.strength)
			}
			if got := Differences(a.values, 2); got != a.ndiffs {
				t.Errorf("differences: want %d, got %d", a.ndiffs, got)
			}
			if got := SeasonalDifferences(a.values, a.m, 1); got != a.nsdiffs {
				t.Errorf("seasonal differences: want %d, got %d", a.nsdiffs, got)
			}
			if d, seasonal := Choose(a.values, a.m); d != a.autoD || seasonal != a.autoSeasonalDiff {
				t.Errorf("chosen: want %d and %d, got %d and %d", a.autoD, a.autoSeasonalDiff, d, seasonal)
			}
		})
	}
}

// near holds that got is want to 1e-9 of it.
func near(t *testing.T, name string, got, want float64) {
	t.Helper()
	if math.IsNaN(want) && math.IsNaN(got) {
		return
	}
	if !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
		t.Errorf("%s: want %v, got %v", name, want, got)
	}
}
