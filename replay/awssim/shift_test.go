package awssim

import (
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"pgregory.net/rapid"
)

func TestShift(t *testing.T) {
	recorded := time.Date(1995, 7, 1, 4, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		bins   int
		period time.Duration
		now    string
		start  string
		again  bool
	}{
		{14 * 24 * 12, 5 * time.Minute, "2026-11-23T10:11:12Z", "2026-11-14T04:00:00Z", true}, // a Saturday as well
		{14 * 24 * 12, 5 * time.Minute, "1995-07-08T04:00:00Z", "1995-07-01T04:00:00Z", true},
		{14 * 24 * 12, 5 * time.Minute, "1995-07-08T03:59:59Z", "1995-06-24T04:00:00Z", true},
		{15*24*12 + 1, 5 * time.Minute, "2026-11-23T10:11:12Z", "2026-11-14T04:00:00Z", false},
		{4 * 24, time.Hour, "2026-11-23T10:11:12Z", "2026-11-21T04:00:00Z", true},
		{60, time.Minute, "2026-11-23T10:11:12Z", "2026-11-23T09:41:00Z", true},
		{2, time.Minute, "1990-01-01T00:00:30Z", "1989-12-31T23:59:00Z", true},
	} {
		now, err := time.Parse(time.RFC3339, test.now)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Shift(trace.Trace{Start: recorded, Period: test.period, Values: make([]float64, test.bins)}, now)
		if err != nil {
			t.Fatal(err)
		}
		if start := got.Start.Format(time.RFC3339); start != test.start || (len(got.Values) == 2*test.bins) != test.again {
			t.Errorf("%d bins of %v at %s: starts at %s with %d bins, want %s, again %v", test.bins, test.period, test.now, start, len(got.Values), test.start, test.again)
		}
	}
	if _, err := Shift(trace.Trace{Start: recorded, Period: time.Minute, Values: []float64{1}}, recorded); err == nil {
		t.Error("one bin: no error")
	}
}

// TestShiftHoldsNow: whatever the trace, now lies within it, past its middle,
// and on the same grid.
func TestShiftHoldsNow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := trace.Trace{
			Start:  time.Unix(rapid.Int64Range(0, 1e6).Draw(t, "start")*3600, 0).UTC(),
			Period: rapid.SampledFrom(trace.Periods()).Draw(t, "period"),
			Values: make([]float64, rapid.IntRange(2, 6000).Draw(t, "bins")),
		}
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0)
		got, err := Shift(in, now)
		if err != nil {
			t.Fatal(err)
		}
		middle := got.Start.Add(in.End().Sub(in.Start) / 2)
		if now.Before(middle) || !now.Before(got.End()) || now.Sub(middle) >= week {
			t.Fatalf("now %v, middle %v, end %v", now, middle, got.End())
		}
		if got.Start.Sub(in.Start)%in.Period != 0 {
			t.Fatalf("moved by %v, off the grid of %v", got.Start.Sub(in.Start), in.Period)
		}
	})
}
