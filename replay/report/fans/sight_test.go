package fans

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
)

// The stretch that is drawn has the day that is not like the one before it, and
// what was forecast of a value an hour before stands beside that value.
func TestSight(t *testing.T) {
	s := days(t, "web", 12, 15*time.Minute)
	show := seen(t, s, 12).Show()
	if from, to := show.From+s.Window, show.From+s.Window+len(show.Fan.Values); from > 9*s.Day || to < 10*s.Day {
		t.Errorf("want the tenth day, %d to %d, within what is drawn, got %d to %d", 9*s.Day, 10*s.Day, from, to)
	}
	if show.Fan.Lead != 4 || !show.Start.Equal(time.Date(2026, 1, 12, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("lead %d, start %v", show.Fan.Lead, show.Start)
	}
	for i, row := range show.Fan.Ahead {
		at := show.From + s.Window + i
		if spoken := at >= s.Window+3 && at <= s.N-12+3; spoken != (row != nil) {
			t.Fatalf("value %d has a forecast: %v", at, row != nil)
		}
		// The naive forecast of a value is that of four values before.
		if row != nil && quantile(row, 0.5) != s.Values[at-4] {
			t.Fatalf("value %d: the median is %v, want %v", at, quantile(row, 0.5), s.Values[at-4])
		}
	}
	for _, one := range show.Close.Singles {
		if len(one.Steps) != 12 {
			t.Fatalf("a single forecast at %d has %d steps", one.At, len(one.Steps))
		}
	}
	if at := 4; show.Cold.Ahead[at+3] == nil || show.Cold.Ahead[at+2] != nil || quantile(show.Cold.Ahead[at+3], 0.5) != s.Values[at-1] {
		t.Error("the first forecast of a cold start is not that of an hour after the first value")
	}
	if n := len(show.Mix.Shares); n < 200 || n > 600 {
		t.Errorf("want about %d instants of the mix, got %d", instants, n)
	}
	var none *Sight
	none.See(0, nil, nil)
	none.SeeCold(0, nil)
}

// stirred finds the window by hand: the differences over a lag of two are 0, 0,
// 5, 1, 4, 0.
func TestStirred(t *testing.T) {
	values := []float64{0, 0, 0, 0, 5, 1, 9, 1}
	for length, want := range map[int]int{1: 4, 2: 4, 3: 4, 6: 2} {
		if got := stirred(values, 2, 2, length); got != want {
			t.Errorf("%d values: want them from %d, got %d", length, want, got)
		}
	}
}

// What is thinned keeps every forecast beside its value.
func TestThinned(t *testing.T) {
	f := Fan{Period: time.Minute, Lead: 1, Singles: []Single{{At: 3, Steps: [][]float64{{3}, {4}, {5}, {6}}}}}
	for i := range 2 * mostColumns {
		f.Values, f.Ahead = append(f.Values, float64(i)), append(f.Ahead, []float64{float64(i)})
	}
	got := f.thinned()
	if len(got.Values) != mostColumns || got.Period != 2*time.Minute {
		t.Fatalf("%d values every %v", len(got.Values), got.Period)
	}
	for i, v := range got.Values {
		if got.Ahead[i][0] != v {
			t.Fatalf("the forecast of %v is that of %v", v, got.Ahead[i][0])
		}
	}
	if diff := cmp.Diff([]Single{{At: 2, Steps: [][]float64{{4}, {6}}}}, got.Singles); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The quartile of a normal law lies at -0.6744897501960817 (R: qnorm(.25)).
func TestQuartile(t *testing.T) {
	row := []float64{-1.959963984540054, -1.2815515655446004, 0, 1.2815515655446004, 1.6448536269514722, 1.959963984540054, 2.3263478740408408}
	if got := quantile(row, 0.25); math.Abs(got+0.6744897501960817) > 1e-12 {
		t.Errorf("got %v", got)
	}
	if got := quantile(row, evaluation.Levels()[3]); got != row[3] {
		t.Errorf("got %v, want %v", got, row[3])
	}
}

func TestPlane(t *testing.T) {
	nan := math.NaN()
	for _, tc := range []struct{ low, top, wantLow, wantTop float64 }{
		{3, 96, 0, 100},
		{91, 99, 90, 100},
		{-3, 3, -4, 4},
		{7, 7, 6, 8},
		{nan, nan, -1, 1},
	} {
		if p := rounded(tc.low, tc.top); p.Low != tc.wantLow || p.Top != tc.wantTop {
			t.Errorf("%v to %v: got %v", tc.low, tc.top, p)
		}
	}
}
