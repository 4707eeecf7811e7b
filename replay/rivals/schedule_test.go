package rivals

import (
	"math"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// TestSchedule lays a plan from two days and asks for it on the third. The
// definition is our own; scheduled scaling of AWS sets a capacity at an
// instant in UTC, and leaves it to the user which.
func TestSchedule(t *testing.T) {
	monday := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	warmUp := make([]float64, 2*24*60-30) // Tuesday 23 h is half recorded
	for i := range warmUp {
		warmUp[i] = 4
	}
	warmUp[8*60+17] = 16             // Monday, 8 h
	warmUp[24*60+8*60] = 8           // Tuesday, 8 h
	warmUp[23*60] = 12               // Monday, 23 h
	warmUp[24*60+10*60] = math.NaN() // a gap on Tuesday, 10 h
	warmUp[10*60] = 24               // Monday, 10 h
	p := newSchedule(1)
	p.Begin(Briefing{Start: monday, End: monday.AddDate(0, 0, 21), WarmUp: warmUp, Boot: 8 * time.Minute, SLO: 80})
	at := func(day, hour, minute int) time.Time {
		return monday.AddDate(0, 0, 7+day).Add(time.Duration(60*hour+minute) * time.Minute)
	}
	tests := []struct {
		name string
		at   time.Time
		want int
	}{
		{"the busiest minute of the hour", at(0, 8, 30), 20},
		{"of this weekday", at(1, 8, 30), 10},
		{"a boot time ahead", at(0, 7, 52), 20},
		{"and not earlier", at(0, 7, 51), 5},
		{"until the hour is over", at(0, 8, 59), 20},
		{"a weekday that is lacking has the most of all", at(4, 8, 0), 20},
		{"so has an hour that is not whole", at(1, 23, 30), 15},
		{"and one with a gap", at(1, 10, 30), 30},
		{"nothing is planned for after the end", at(13, 23, 59), 15},
	}
	for _, test := range tests {
		if got := p.Act(fleet.Minute{Now: test.at, Desired: 3}); got != test.want {
			t.Errorf("%s: %s: desired %d, want %d", test.name, test.at.Format("Mon 15:04"), got, test.want)
		}
	}
}

func TestScheduleOfAFewHours(t *testing.T) {
	start := time.Date(2026, 1, 5, 6, 0, 0, 0, time.UTC)
	p := newSchedule(0.5)
	p.Begin(Briefing{Start: start, End: start.AddDate(0, 0, 1), WarmUp: []float64{4, 8, 16}, SLO: 80})
	if got := p.Act(fleet.Minute{Now: start.Add(6 * time.Hour)}); got != 10 {
		t.Errorf("an hour that no day has: desired %d, want half of the peak of 20", got)
	}
	empty := newSchedule(1)
	empty.Begin(Briefing{Start: start, End: start.AddDate(0, 0, 1), SLO: 80})
	if got := empty.Act(fleet.Minute{Now: start}); got != 1 {
		t.Errorf("no warm-up part: desired %d, want 1", got)
	}
}
