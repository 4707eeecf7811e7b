package fans

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// days is a series with a daily cycle whose tenth day is another: a week is its
// history.
func days(t testing.TB, id string, n int, period time.Duration) evaluation.Series {
	t.Helper()
	grid, err := model.NewGrid(period)
	if err != nil {
		t.Fatal(err)
	}
	day := grid.PerDay()
	s := evaluation.Series{Row: evaluation.Row{ID: id, Set: "made", Grid: grid, N: n * day, Day: day, Window: 7 * day, MASEScale: 1, RMSSEScale2: 1, PinScale: 1}, First: 20458 * int64(day)}
	for i := range s.N {
		v := 50 + 20*math.Sin(2*math.Pi*float64(i)/float64(day)) + float64(i*7919%11)
		if i/day == 9 {
			v *= 1.5
		}
		s.Values = append(s.Values, v)
	}
	s.Refits = []int{s.Window}
	return s
}

// seen is a sight of the naive forecast of a series, mixed of two parts.
func seen(t testing.TB, s evaluation.Series, horizon int) *Sight {
	t.Helper()
	sight := NewSight(s, horizon)
	run := evaluation.Run{Horizon: horizon, Told: func(origin int, bands *model.Bands) {
		w := float64(origin%100) / 100
		sight.See(origin, bands, []combine.PartWeight{{Name: "naive", Weight: w}, {Name: "rls", Weight: 1 - w}})
	}}
	if _, err := run.Score(s, evaluation.NewGaussianNaive); err != nil {
		t.Fatal(err)
	}
	run.Told = sight.SeeCold
	if _, err := run.ColdStart(s, evaluation.NewRollingNaive); err != nil {
		t.Fatal(err)
	}
	return sight
}

// full is a report with everything in it.
func full(t testing.TB, ids ...string) Report {
	t.Helper()
	r := Report{Command: "autoscaler evaluate --report page.html", Version: "v0.1.0", Horizon: 12, Pictured: "combined", Notes: []string{"made for tests"}}
	var entries []evaluation.Entry
	for i, id := range ids {
		s := days(t, id, 12, 15*time.Minute)
		show := seen(t, s, 12).Show()
		own, err := evaluation.Run{Horizon: 12}.Score(s, evaluation.NewGaussianNaive)
		if err != nil {
			t.Fatal(err)
		}
		for j, method := range []string{"combined", "lstm", "arima", "magic"} {
			x := 0.3 + float64(i+j)/7
			show.Scores = append(show.Scores, Score{Method: method, Pinball: x, MASE: x, Cov80: 0.8, Exceed99: 0.01, Peak95: 0.95, ColdPinball: math.NaN(), Cold80: math.NaN()})
			scores := own
			scores.PinAll *= x
			entries = append(entries, evaluation.Entry{ID: id, Method: method, Scores: scores})
		}
		r.Series = append(r.Series, show)
	}
	for _, sum := range evaluation.Summarize(entries, entries) {
		r.Methods = append(r.Methods, Method{Summary: sum, Seconds: 3})
	}
	r.Contrasts = []evaluation.Contrast{evaluation.NewContrast(entries, "lstm", []string{"combined", "magic"})}
	return r
}

func written(t testing.TB, r Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func lacks(page string, wanted ...string) (missing []string) {
	for _, want := range wanted {
		if !strings.Contains(page, want) {
			missing = append(missing, want)
		}
	}
	return missing
}
