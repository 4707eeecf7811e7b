package rivals

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// TestPredictive follows AWS's guide (Predictive scaling for Amazon EC2 Auto
// Scaling): 24 hours of data are needed, the forecast is of hours and made
// anew every 6 hours, and an instance that is needed at 8 h is launched at
// 7:55 by default. It scales out only: in is up to target tracking.
func TestPredictive(t *testing.T) {
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := newPredictive(50, classic(0.7))
	p.Begin(Briefing{Start: day, Period: 5 * time.Minute})
	want := map[string]int{
		"1 08:30": 1,  // a day too early
		"2 00:05": 1,  // the first sample of the day has not come
		"2 00:06": 8,  // 4 busy instances at 50 %
		"2 07:54": 8,  // the hour as it was yesterday
		"2 07:55": 20, // and the hour ahead: 10 busy instances
		"2 17:59": 20,
		"2 18:00": 8,
	}
	got := map[string]int{}
	for now := day; now.Before(day.AddDate(0, 0, 2)); now = now.Add(time.Minute) {
		m := fleet.Minute{Now: now, Desired: 1}
		if end := now.Add(-time.Minute); end.Minute()%5 == 0 && end.After(day) {
			load := daily(day)[end.Add(-5*time.Minute).Hour()].Load
			m.Samples = []fleet.Sample{{End: end, Period: 5 * time.Minute, Load: load}}
		}
		capacity := p.Act(m)
		if key := now.Format("2 15:04"); want[key] != 0 {
			got[key] = capacity
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("capacity at (-want +got):\n%s", diff)
	}
}

// hourlyLoad fills a policy with an hour's mean for each hour from day 0 on.
func hourlyLoad(hours int, load func(hour int) float64) *predictive {
	p := newPredictive(50, classic(0.7))
	p.Begin(Briefing{Period: hour})
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for h := range hours {
		if v := load(h); !math.IsNaN(v) {
			p.observe(fleet.Sample{End: start.Add(time.Duration(h+1) * hour), Period: hour, Load: v})
		}
	}
	return p
}

func TestPredictiveMethods(t *testing.T) {
	// Day d has the load d all day; 15 days and the first hour of the next are seen.
	p := hourlyLoad(15*24+1, func(h int) float64 { return float64(h / 24) })
	for m, want := range map[method]float64{
		yesterday:         14,
		weekMean:          11,           // of 8 to 14
		twoWeeks:          (8. + 1) / 2, // days 8 and 1
		yesterdayLastWeek: (14. + 8) / 2,
	} {
		if got, ok := p.forecast(m, p.known+3); !ok || math.Abs(got-want) > 1e-12 {
			t.Errorf("method %d: %v, want %v", m, got, want)
		}
	}
	// A load that grows is missed least by yesterday.
	if p.method != yesterday {
		t.Errorf("chose method %d, want yesterday's", p.method)
	}
}

func TestPredictiveChoosesTheMethod(t *testing.T) {
	weekly := func(h int) float64 { return map[bool]float64{false: 9, true: 2}[h/24%7 >= 5] }
	digits := "3141592653589793238462643383279" // of pi, one a day
	noisy := func(h int) float64 { return float64(digits[h/24] - '0') }
	tests := []struct {
		name string
		load func(hour int) float64
		want method
	}{
		{"weekends", weekly, twoWeeks},
		{"days without an order", noisy, weekMean},
	}
	for _, test := range tests {
		if p := hourlyLoad(28*24+1, test.load); p.method != test.want {
			t.Errorf("%s: chose method %d, want %d", test.name, p.method, test.want)
		}
	}
}

func TestPredictiveWithGaps(t *testing.T) {
	// Two days, then a gap of one, then a day at 7.
	p := hourlyLoad(4*24+1, func(h int) float64 {
		if h/24 == 2 {
			return math.NaN()
		}
		return float64(h/24) + 4
	})
	if got, ok := p.forecast(yesterday, p.known); !ok || got != 7 {
		t.Errorf("forecast %v, want 7", got)
	}
	p = hourlyLoad(3*24-1, func(h int) float64 {
		if h/24 == 1 {
			return math.NaN()
		}
		return 4
	})
	if got, ok := p.forecast(yesterday, p.known); !ok || got != 4 {
		t.Errorf("yesterday is missing: forecast %v, want the mean of the week, 4", got)
	}
}
