package fleet

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestScoreBetween judges minutes that are not scored: the scored ones by
// their own number are the world's score, and the minutes of a gap count in
// neither.
func TestScoreBetween(t *testing.T) {
	load := loadOf(t, time.Minute, 2, 2, 5, 5, 5, 5, 5, 5, 5, 5)
	load.Missing[3] = true // minutes 3 to 6 do not count: its own, a period, a delay and a boot
	w := newWorld(t, Lived("p", load, time.Minute))
	for w.Next() {
		w.Advance()
		w.Serve() // 4 instances from the start: violated from minute 2 on
	}
	for _, tc := range []struct{ from, until, minutes, violations int }{
		{0, 3, 3, 1}, {2, 4, 1, 1}, {3, 7, 0, 0}, {0, 10, 6, 4}, {4, 4, 0, 0},
	} {
		got := w.ScoreBetween(tc.from, tc.until)
		if got.Minutes != tc.minutes || got.Violations != tc.violations || got.InstanceHours != float64(4*tc.minutes)/60 {
			t.Errorf("%d to %d: %d minutes, %d violations, %v hours; want %d, %d", tc.from, tc.until, got.Minutes, got.Violations, got.InstanceHours, tc.minutes, tc.violations)
		}
	}
	if diff := cmp.Diff(w.Score(), w.ScoreBetween(5, 10)); diff != "" {
		t.Errorf("the scored minutes (-score +between):\n%s", diff)
	}
}
