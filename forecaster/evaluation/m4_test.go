package evaluation

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// hours writes a series file of nine days with a season.
func hours(n int) string {
	var b strings.Builder
	b.WriteString("timestamp,value\n")
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		v := 50 + (i*i*7)%31 + i/24
		if hour := i % 24; hour >= 8 && hour < 20 {
			v += 20
		}
		fmt.Fprintf(&b, "%s,%d\n", start.Add(time.Duration(i)*time.Hour).Format(time.RFC3339), v)
	}
	return b.String()
}

// TestNaive2 has its expected values from the competition's own R functions
// (SeasonalityTest and decompose, R 4.2.2) on the same series.
func TestNaive2(t *testing.T) {
	m, err := ReadM4("H0", strings.NewReader(hours(9*24)))
	if err != nil {
		t.Fatal(err)
	}
	scores, bands, err := m.Score(NewNaive2, model.InLine)
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	want := M4Scores{SMAPE: 10.0997984002, MASE: 0.9162093012, MSIS: nan, Cov95: nan, Cov80: nan, Exceed99: nan}
	if diff := cmp.Diff(want, scores, cmpopts.EquateApprox(1e-9, 0), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("scores (-R +ours):\n%s", diff)
	}
	first := []float64{bands.Steps[0][at50], bands.Steps[1][at50], bands.Steps[2][at50]}
	if diff := cmp.Diff([]float64{63.84395080, 63.58808062, 72.37821599}, first, cmpopts.EquateApprox(1e-8, 0)); diff != "" {
		t.Errorf("first steps (-R +ours):\n%s", diff)
	}
	flat := &naive2{day: 24}
	for range 100 {
		flat.See(7)
	}
	if err := flat.Refit(model.InLine); err != nil || !flat.Forecast(bands) || bands.Steps[47][at50] != 7 {
		t.Errorf("a constant: want 7 for ever, got %v, error %v", bands.Steps[47][at50], err)
	}
}

// TestM4ByHand scores the ladder on a series that repeats by day but for one
// value: the scale is 2 / 48 × 24 = 1.
func TestM4ByHand(t *testing.T) {
	m := M4{Known: Series{Row: Row{ID: "x", Grid: gridOf(t, time.Hour), N: 72, Day: 24, Window: 72, Refits: []int{72}}}}
	for i := range 72 {
		m.Known.Values = append(m.Known.Values, float64(10*(i%2)))
	}
	m.Known.Values[30] += 24 // differs from a day before and from a day after
	m.Test = make([]float64, M4Horizon)
	for h := range m.Test {
		m.Test[h] = 10
	}
	m.Test[0], m.Test[1] = 15, 6
	got, _, err := m.Score(newLadder, model.InLine) // it stands on 10, its 95 % reach from 7 to 14
	if err != nil {
		t.Fatal(err)
	}
	want := M4Scores{
		SMAPE: (200*5.0/25 + 200*4.0/16) / 48, MASE: (5.0 + 4) / 48,
		MSIS: (48*7.0 + 40*1 + 40*1) / 48, Cov95: 46.0 / 48, Cov80: 46.0 / 48, Exceed99: 0,
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("scores (-by hand +got):\n%s", diff)
	}
	if owa := want.OWA(M4Scores{SMAPE: want.SMAPE * 2, MASE: want.MASE}); math.Abs(owa-0.75) > 1e-12 {
		t.Errorf("want an OWA of 0.75, got %v", owa)
	}
	if mean := MeanM4([]M4Scores{{SMAPE: 1, MSIS: 4}, {SMAPE: 3, MSIS: 2}}); mean != (M4Scores{SMAPE: 2, MSIS: 3}) {
		t.Errorf("want the means, got %v", mean)
	}
}

func TestReadM4Refuses(t *testing.T) {
	for text, want := range map[string]string{
		hours(100): "read series H0: want at least 120 values, got 100",
		strings.Replace(hours(130), "T05", "T04", 1): `read series H0: line 7: timestamp: want 2000-01-01T05:00:00Z, got "2000-01-01T04:00:00Z"`,
	} {
		if _, err := ReadM4("H0", strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("want %s, got %v", want, err)
		}
	}
}

// TestM4Weekly holds when a series of 30 days is estimated on: 16 and 23 days and
// the origin; one of nine days at the origin alone.
func TestM4Weekly(t *testing.T) {
	for days, want := range map[int][]string{9: {"seen 216"}, 30: {"seen 384", "seen 552", "seen 720"}} {
		m, err := ReadM4("H0", strings.NewReader(hours(days*24+M4Horizon)))
		if err != nil {
			t.Fatal(err)
		}
		var d *diary
		mk := OfModel(func(c model.Config) model.Model {
			d = &diary{Refitter: modeltest.NewMean(c).(model.Refitter)}
			return d
		})
		if _, _, err := m.Weekly().Score(mk, model.InLine); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, line := range d.lines {
			if at, what, _ := strings.Cut(line, ": "); strings.HasPrefix(what, "adopt") {
				got = append(got, at)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d days (-want +got):\n%s", days, diff)
		}
	}
}
