package sim

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Against a ledger that knows everything from the start: a bin is a gap where
// it did not come, once, in the first minute in which it is settled and due.
func TestLedger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const delay = time.Minute
		came := rapid.SliceOfN(rapid.Bool(), 1, 20).Draw(t, "came")
		settle := time.Duration(rapid.IntRange(0, 20).Draw(t, "settle")) * time.Minute
		l := ledger{period: period, settle: settle, next: at(5)}
		want, got := map[int][]int{}, map[int][]int{}
		for bin, ok := range came {
			if end := 5 * (bin + 1); !ok {
				when := max(end+1, end+int(settle/time.Minute))
				want[when] = append(want[when], end)
			}
		}
		for minute := range 5*len(came) + 30 {
			now := at(minute)
			for bin, ok := range came {
				if end := at(5 * (bin + 1)); ok && end.Add(delay).Equal(now) {
					l.absent = append(l.absent, l.reach(end)...)
				}
			}
			if due := min(minute-1, 5*len(came)); due > 0 {
				l.absent = append(l.absent, l.due(at(due))...)
			}
			for _, end := range l.settled(now) {
				got[minute] = append(got[minute], minuteOf(end))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("gaps by minute (-want +got):\n%s", diff)
		}
	})
}

// A bin that comes accounts for those before it.
func TestLedgerReach(t *testing.T) {
	l := ledger{period: period, next: at(5)}
	var got []int
	for _, end := range slices.Concat(l.reach(at(5)), l.reach(at(20)), l.reach(at(25)), l.due(at(29)), l.due(at(30))) {
		got = append(got, minuteOf(end))
	}
	if diff := cmp.Diff([]int{10, 15, 30}, got); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
}
