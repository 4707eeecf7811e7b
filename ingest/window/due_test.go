package window

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// A bin that comes later than the policy thought is asked for later, and a
// round earlier each time as long as that finds it.
func TestDelayFollowsCloudWatch(t *testing.T) {
	p := perFive()
	p.Load.Expression, p.Load.Unit = "m0", "Count"
	var cloud []shown
	for end := -20; end <= 60; end += 5 {
		late := 1
		if end >= 5 && end <= 15 {
			late = 4
		}
		cloud = append(cloud, value(end, 1, 1).at(end+late))
	}
	r := newRig(t, p, cloud...)
	var asks []int
	for m := 0; m <= 34; m++ {
		n := len(r.asked)
		r.round(m)
		if len(r.asked) > n {
			asks = append(asks, m)
		}
	}
	want := []int{
		0, 1, 5, // history, the bin of 0, and that of -5 settles
		6, 7, 8, 9, // 5 was not there
		// From now on asked at +3, a round earlier than the last came; the
		// bin before settles at +5.
		10, 13, 14, 15, 18, 19, 20, 23, 25, 27, 30, 31,
	}
	if diff := cmp.Diff(want, asks); diff != "" {
		t.Errorf("asked at (-want +got):\n%s", diff)
	}
	if d, _ := r.state.MetricDelay(); d != 3*time.Minute {
		t.Errorf("median delay %v", d)
	}
}

// A bin that was there before anybody looked says nothing of CloudWatch.
func TestDelayIsNotOurs(t *testing.T) {
	p := perFive()
	p.Load.Expression, p.Load.Unit = "m0", "Count"
	r := newRig(t, p, fives(-20, 30, 1, 1)...)
	r.rounds(0, 4).rounds(9, 9).want(`
		0: policy for cpu
		0: cpu -20 = 10 settled
		0: cpu -15 = 10 settled
		0: cpu -10 = 10 settled
		0: cpu -5 = 10 settled
		0: round 1: 4 came of cpu to -5
		1: cpu 0 = 10
		9: cpu 5 = 10`)
	if got := r.state.series.Delays; len(got) != 1 || got[0].Std() != time.Minute {
		t.Errorf("delays %v", got)
	}
}

// What CloudWatch does not have any more is not asked for, and tells nothing.
func TestRetention(t *testing.T) {
	const day = 24 * time.Hour
	for period, days := range map[time.Duration]int{time.Minute: 15, 2 * time.Minute: 15, 5 * time.Minute: 63, 15 * time.Minute: 63, time.Hour: 455} {
		p := perMinute()
		p.Load.Expression, p.Load.Unit, p.Load.Period = "m0", "Count", streams.Duration(period)
		r := newRig(t, p)
		r.backfill = 400 * day
		r.configure(0)
		want := at(0).Add(-time.Duration(min(400, days)) * day)
		if got := r.state.Due(at(0))[0].From; !got.Equal(want) {
			t.Errorf("every %v: from %v, want %v", period, got, want)
		}
	}
	p := perMinute()
	p.Load.Expression, p.Load.Unit, p.Load.Period = "m0", "Count", streams.Duration(time.Second)
	r := newRig(t, p)
	r.backfill = day
	r.configure(0)
	if got := r.state.Due(at(0))[0].From; !got.Equal(at(-180)) {
		t.Errorf("every second: from %v", got)
	}
}

// Three weeks without ingest: what CloudWatch still has of them comes in order,
// gaps in between.
func TestOutageOfOurs(t *testing.T) {
	const weeks = 3 * 7 * 24 * 60
	const gone = weeks - 15*24*60
	cloud := append(minutes(-1, 2), minutes(gone-5, weeks, gone+3)...)
	r := newRig(t, perMinute(), cloud...)
	r.rounds(0, 3)
	r.lines = nil
	r.round(weeks)
	if got, want := r.lines[:4], []string{
		line("%d: cpu %d = 20 on 2 settled", weeks, gone+1), line("%d: cpu %d = 20 on 2 settled", weeks, gone+2),
		line("%d: cpu %d gap settled", weeks, gone+3), line("%d: cpu %d = 20 on 2 settled", weeks, gone+4),
	}; !cmp.Equal(got, want) {
		t.Errorf("first %q, want %q", got, want)
	}
	if got, want := len(r.lines), 15*24*60; got != want {
		t.Errorf("%d lines, want %d", got, want)
	}
}
