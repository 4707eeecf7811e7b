package rls

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// seen gives a view from the newest of hourly bins, of which a bin's value is
// its number counted from the first, except where it is missing.
func seen(tb testing.TB, n int, missing ...int) *view {
	tb.Helper()
	g := modeltest.Grid(tb, time.Hour)
	past := modeltest.Fold(quiet{}, g, n, func(i int) float64 {
		for _, m := range missing {
			if i == m {
				return math.NaN()
			}
		}
		return float64(i)
	})
	return &view{calendar: newCalendar(g), past: past, folded: true, origin: past.Newest(), last: float64(n - 1), top: 1e9}
}

// quiet observes nothing.
type quiet struct{ model.Model }

func (quiet) Observe(*model.History) {}

func TestInputs(t *testing.T) {
	for name, tc := range map[string]struct {
		view *view
		step int64
		want []float64
	}{
		// The origin is bin 199, the target bin 202.
		"nothing missing": {seen(t, 200), 3, []float64{
			1, 199, 198, 197, 196, 195, 194, 193, 192, // constant and lags
			176, 177, 178, 179, 180, // 24 before, and around
			34, // 168 before
			(178 + 154 + 130 + 106 + 82 + 58 + 34) / 7., // 24 to 168 before
			199, 198, // 1 is not known yet, so 3, and 2 likewise 4 before
			(199 + 198 + 197 + 196) / 4., // 3 to 6 before
			(199 + 178) / 2.,             // 3 to 24 before
		}},
		// Target 226: a day before lies after the origin, so two days.
		"more than a day ahead": {seen(t, 200), 27, []float64{
			1, 199, 198, 197, 196, 195, 194, 193, 192,
			176, 177, 178, 179, 180,
			58,
			(178 + 154 + 130 + 106 + 82 + 58) / 6.,
			199, 198,
			199, // none of the last hours is known: the last value
			199,
		}},
		// 197 and 196 read 195, 178 reads 177; 34 reads 33; means leave out.
		"gaps": {seen(t, 200, 197, 196, 178, 34), 3, []float64{
			1, 199, 198, 195, 195, 195, 194, 193, 192,
			176, 177, 177, 179, 180,
			33,
			(154 + 130 + 106 + 82 + 58) / 5.,
			199, 198,
			(199 + 198) / 2.,
			(199 + 198 + 195 + 194 + 193 + 192 + 191 + 190 + 189 + 188 + 187 + 186 + 185 + 184 + 183 + 182 + 181 + 180 + 179) / 19.,
		}},
		"the beginning": {seen(t, 3), 1, []float64{
			1, 2, 1, 0, 2, 2, 2, 2, 2,
			2, 2, 2, 2, 2,
			2,
			2,
			2, 1,
			1,
			1,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := make([]float64, meanInputs)
			tc.view.inputs(tc.step, 1, got)
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSizesAgainstAll compares the slots with means over all errors ever added.
func TestSizesAgainstAll(t *testing.T) {
	for _, period := range []time.Duration{5 * time.Minute, time.Minute, time.Hour, 24 * time.Hour} {
		c := newCalendar(modeltest.Grid(t, period))
		rapid.Check(t, func(t *rapid.T) {
			s := newSizes(c)
			first := int64(rapid.IntRange(0, 5000).Draw(t, "first"))
			n := int64(rapid.IntRange(1, 3000).Draw(t, "origins"))
			gap := int64(rapid.IntRange(2, 50).Draw(t, "one in so many is missing"))
			value := func(o int64) float64 {
				if o < first || o >= first+n || o%gap == 0 {
					return math.NaN()
				}
				return float64(o % 97)
			}
			for o := first; o < first+n; o++ {
				s.add(o, value(o))
			}
			at := first + n - int64(rapid.IntRange(-10, 8*int(c.day)).Draw(t, "back"))
			if at < first+c.slack || at > first+n+10 || first+n-1-at > weekDays*c.day {
				return
			}
			want := math.NaN()
			for nth := range c.slack {
				switch x := value(at/c.slack*c.slack + nth); {
				case math.IsNaN(x):
				case math.IsNaN(want):
					want = x
				default:
					want += (x - want) / float64(nth+1)
				}
			}
			if got := s.at(at); math.Abs(got-want) > 1e-4*want || math.IsNaN(got) != math.IsNaN(want) {
				t.Fatalf("period %v, origin %d of %d to %d: want %v, got %v", period, at, first, first+n-1, want, got)
			}
		})
	}
}
