package policy

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestTwinIsAFleet holds the counted group against the listed one of package
// fleet, which is what backtests live in.
func TestTwinIsAFleet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minute := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
		n := rapid.IntRange(0, 20).Draw(t, "begin")
		var boot time.Duration
		want := fleet.NewFleet(n, minute, func(time.Time) time.Duration { return boot })
		var got *twin
		got = got.at(streams.Group{Now: minute.Add(7 * time.Second), Capacity: &streams.Capacity{Desired: n, Max: 100}}, 0)
		for range rapid.IntRange(1, 40).Draw(t, "rounds") {
			now := minute.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "seconds on")) * time.Second)
			minute = now.Truncate(time.Minute)
			want.Advance(minute)
			got = got.at(streams.Group{Now: now}, 0)
			for range rapid.IntRange(0, 2).Draw(t, "changes") {
				boot = time.Duration(rapid.IntRange(0, 600).Draw(t, "boot")) * time.Second
				n := rapid.IntRange(0, 30).Draw(t, "desired")
				want.SetDesired(n)
				got = got.set(n, streams.Duration(boot))
			}
			if got.desired() != want.Desired() || got.Ready != want.InService() || got.desired()-got.Ready != want.Booting() {
				t.Fatalf("at %s: want %d desired, %d in service, got %+v", now, want.Desired(), want.InService(), got)
			}
			for _, c := range got.Booting {
				if c.Count < 1 {
					t.Fatalf("nobody boots in %+v", got)
				}
			}
		}
	})
}
