package model

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func hourly(t testing.TB) Grid {
	t.Helper()
	g, err := NewGrid(time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestHistoryAgainstMaps compares the window with maps of all that was ever
// appended.
func TestHistoryAgainstMaps(t *testing.T) {
	g := hourly(t)
	rapid.Check(t, func(t *rapid.T) {
		h := NewHistory(g, 3)
		folded, revised, revisions := map[int64]float64{}, map[int64]float64{}, map[int64]int{}
		first := int64(rapid.IntRange(0, 1000).Draw(t, "first"))
		next, samples := first, 3
		for range rapid.IntRange(1, 30).Draw(t, "turns") {
			for range rapid.IntRange(1, 60).Draw(t, "bins") {
				v := float64(next % 100)
				if next%7 == 0 {
					v = math.NaN()
				} else {
					samples++
				}
				h.Append(next, v, 1)
				folded[next], revised[next], revisions[next] = v, v, 1
				next++
			}
			bin, revision := next-int64(rapid.IntRange(-5, 700).Draw(t, "back")), rapid.IntRange(0, 4).Draw(t, "revision")
			want := bin >= first && bin < next && bin >= next-int64(h.Window()) && revision > revisions[bin]
			if got := h.Revise(bin, 5, revision); got != want {
				t.Fatalf("revise bin %d to revision %d: want %v, got %v", bin, revision, want, got)
			}
			if want {
				revised[bin], revisions[bin] = 5, revision
			}
		}
		if h.Samples() != samples || h.Newest() != next-1 || h.First() != max(first, next-int64(h.Window())) || h.Len() != int(h.Newest()-h.First()+1) {
			t.Fatalf("samples %d, bins %d to %d, length %d", h.Samples(), h.First(), h.Newest(), h.Len())
		}
		for bin := first - 2; bin < next+2; bin++ {
			wantFolded, wantRevised := math.NaN(), math.NaN()
			if bin >= h.First() && bin <= h.Newest() {
				wantFolded, wantRevised = folded[bin], revised[bin]
			}
			if !alike(h.Folded(bin), wantFolded) || !alike(h.Revised(bin), wantRevised) {
				t.Fatalf("bin %d: want %v and %v, got %v and %v", bin, wantFolded, wantRevised, h.Folded(bin), h.Revised(bin))
			}
		}
	})
}

func alike(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func TestReplay(t *testing.T) {
	h := NewHistory(hourly(t), 0)
	for bin := int64(10); bin < 14; bin++ {
		h.Append(bin, float64(bin), 1)
	}
	h.Revise(11, 99, 2)
	var seen int64 = 10
	h.Replay(func(past *History) {
		if past.Newest() != seen || past.First() != 10 || past.Folded(seen) != float64(seen) {
			t.Errorf("bin %d: got %d to %d with %v", seen, past.First(), past.Newest(), past.Folded(seen))
		}
		if seen >= 11 && (past.Revised(11) != 99 || past.Revision(11) != 2) {
			t.Errorf("bin %d: the revision is not known", seen)
		}
		seen++
	})
	if seen != 14 {
		t.Errorf("want 4 bins, got %d", seen-10)
	}
}

func TestAppendPanicsOutOfOrder(t *testing.T) {
	h := NewHistory(hourly(t), 0)
	h.Append(10, 1, 1)
	defer func() {
		if recover() == nil {
			t.Error("want a panic")
		}
	}()
	h.Append(12, 1, 1)
}

func TestGrid(t *testing.T) {
	g := hourly(t)
	end := time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)
	bin, ok := g.Bin(end)
	if !ok || !g.End(bin).Equal(end) || g.Day(bin) != 20458 || g.PerDay() != 24 || g.Period() != time.Hour {
		t.Errorf("bin %d %v, end %v, day %d", bin, ok, g.End(bin), g.Day(bin))
	}
	if midnight, _ := g.Bin(end.Add(-time.Hour)); g.Day(midnight) != 20457 {
		t.Error("the bin that ends at midnight is of the day before")
	}
	for _, off := range []time.Time{end.Add(time.Second), end.Add(time.Nanosecond), time.Unix(0, 0), time.Unix(-3600, 0)} {
		if _, ok := g.Bin(off); ok {
			t.Errorf("a bin ends at %v", off)
		}
	}
	for by, want := range map[time.Time]int64{end: bin, end.Add(-time.Nanosecond): bin - 1, end.Add(time.Minute): bin, time.Unix(-5, 0): -1} {
		if got := g.Last(by); got != want {
			t.Errorf("last by %v: want %d, got %d", by, want, got)
		}
	}
	for _, period := range []time.Duration{0, -time.Hour, time.Millisecond, 7 * time.Second, 1500 * time.Millisecond, 48 * time.Hour} {
		if _, err := NewGrid(period); err == nil {
			t.Errorf("a grid of %v", period)
		}
	}
	if _, ok := (Grid{}).Bin(end); ok {
		t.Error("the zero grid has a bin")
	}
}

func TestBandsSettle(t *testing.T) {
	b := NewBands([]float64{0.1, 0.9}, 2)
	b.Steps = [][]float64{{-1, 5}, {7, 3}}
	b.Peaks = [][]float64{{9, 9}, {1, 2}}
	if b.Sound() {
		t.Error("sound before")
	}
	b.Settle()
	if !b.Sound() || b.Steps[0][0] != 0 || b.Steps[1][1] != 7 || b.Peaks[0][1] != 5 || b.Peaks[1][0] != 7 || b.Peaks[1][1] != 7 {
		t.Errorf("got %v and %v", b.Steps, b.Peaks)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), -1} {
		c := NewBands([]float64{0.5}, 1)
		c.Steps[0][0], c.Peaks[0][0] = bad, bad
		if c.Sound() {
			t.Errorf("%v is sound", bad)
		}
	}
}
