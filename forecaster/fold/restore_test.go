package fold

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// history draws what can happen to a group.
type history struct {
	now      int // the bin that ended last
	revision int
}

func (h *history) next(t *rapid.T) []streams.Event {
	load := func() float64 { return float64(rapid.IntRange(0, 3000).Draw(t, "load")) }
	h.revision++
	switch rapid.IntRange(0, 24).Draw(t, "kind") {
	case 0: // a revision, mostly of a settled bin
		return []streams.Event{metric(h.now-rapid.IntRange(0, 700).Draw(t, "back"), load(), h.revision)}
	case 1: // a duplicate or an older revision
		return []streams.Event{metric(h.now-rapid.IntRange(0, 50).Draw(t, "back"), load(), rapid.IntRange(1, 3).Draw(t, "revision"))}
	case 2:
		return []streams.Event{metric(h.now-rapid.IntRange(0, 3).Draw(t, "back"), gap, h.revision), group(h.now, 1)}
	case 3: // nothing comes for a while
		h.now += rapid.SampledFrom([]int{1, 3, 20, 300, 7000}).Draw(t, "silence")
		return []streams.Event{group(h.now, 0)}
	case 4: // a settled value
		h.now++
		return []streams.Event{settled(metric(h.now, load(), h.revision)), group(h.now, 1)}
	case 5: // of the future, or off the grid
		m := metric(h.now, load(), h.revision)
		m.End = m.End.Add(time.Duration(rapid.IntRange(-400, 400).Draw(t, "off")) * time.Second)
		return []streams.Event{m, group(h.now, 1)}
	case 6:
		return []streams.Event{inForce(drawPolicy(t))}
	case 7: // another series
		m := metric(h.now, load(), h.revision)
		m.Series = "requests"
		return []streams.Event{m}
	case 8, 9: // many bins
		n := rapid.IntRange(1, 100).Draw(t, "many")
		var events []streams.Event
		for range n {
			h.now++
			events = append(events, metric(h.now, wave(h.now), 1+h.now%3), group(h.now, 1))
		}
		return events
	}
	h.now++
	return []streams.Event{metric(h.now, load(), 1), group(h.now, 1), group(h.now, 0)}
}

func drawPolicy(t *rapid.T) streams.Policy {
	p := policy()
	p.Forecast.Horizon = rapid.SampledFrom([]int{12, 12, 12, 3, 70}).Draw(t, "horizon")
	p.Forecast.Model = rapid.SampledFrom([]string{"naive", "mean", "mean", "oracle"}).Draw(t, "model")
	for _, name := range []string{"naive", "mean", "rls", "panicky"} {
		if name != p.Forecast.Model && rapid.IntRange(0, 2).Draw(t, "member "+name) == 0 {
			p.Forecast.Members = append(p.Forecast.Members, name)
		}
	}
	p.Load.Series = rapid.SampledFrom([]string{"cpu", "cpu", "cpu", "requests"}).Draw(t, "series")
	p.Load.Period = streams.Duration(rapid.SampledFrom([]time.Duration{300, 300, 300, 300, 600}).Draw(t, "period") * time.Second)
	settle := rapid.SampledFrom([]time.Duration{10 * time.Minute, 10 * time.Minute, 500 * time.Millisecond, time.Hour}).Draw(t, "settle")
	p.Forecast.Settle = streams.Duration(settle)
	return p
}

// TestLoadedStateEmitsTheSameBytes folds one stream of events in a state that
// is left alone and in one that is stored and loaded at random points.
func TestLoadedStateEmitsTheSameBytes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := history{now: 600}
		calm, moved := stage().New(id()), stage().New(id())
		kept := store{}
		if rapid.IntRange(0, 3).Draw(rt, "policy first") > 0 {
			for _, s := range []streams.State{calm, moved} {
				drive(t, s, inForce(forecastBy("mean", "naive")))
			}
		}
		if rapid.Bool().Draw(rt, "history") {
			events := backfill(600, wave)
			drive(t, calm, events...)
			drive(t, moved, events...)
		}
		for range rapid.IntRange(1, 40).Draw(rt, "length") {
			events := h.next(rt)
			want, got := encode(t, drive(t, calm, events...)), encode(t, drive(t, moved, events...))
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatal(diff)
			}
			if rapid.IntRange(0, 2).Draw(rt, "commit") > 0 {
				kept.put(moved.Changed())
				if rapid.IntRange(0, 3).Draw(rt, "move") == 0 {
					moved = kept.load(t)
				}
			}
		}
	})
}

// TestOnlyWhatChangedIsStored says what a round writes.
func TestOnlyWhatChangedIsStored(t *testing.T) {
	s := Stage{}.New(id())
	drive(t, s, inForce(policy()))
	drive(t, s, backfill(1000, wave)...)
	if got := len(s.Changed()); got != 1+1+4+1 {
		t.Errorf("after a backfill of 1000 bins: want the policy, the series, 4 days and the outlook, got %d parts", got)
	}
	for name, tc := range map[string]struct {
		events []streams.Event
		keys   []streams.PartKey
	}{
		"a round with a metric":      {[]streams.Event{metric(1000, 5, 1), group(1000, 1)}, []streams.PartKey{{Series: "cpu", Slot: -1}, forecastFrom(1000)}},
		"a round without":            {[]streams.Event{group(1000, 0)}, nil},
		"a duplicate":                {[]streams.Event{metric(1000, 7, 1)}, []streams.PartKey{{Series: "cpu", Slot: -1}}},
		"a revision of a settled":    {[]streams.Event{metric(500, 7, 2)}, []streams.PartKey{{Series: "cpu", Slot: -1}, day(500)}},
		"what settled, and its day":  {[]streams.Event{group(1003, 0)}, []streams.PartKey{{Series: "cpu", Slot: -1}, day(1000), {Series: "cpu", Slot: daySlots}}},
		"a metric that does not fit": {[]streams.Event{metric(1100, -1, 1)}, nil},
	} {
		state := store{}
		fresh := Stage{}.New(id())
		drive(t, fresh, inForce(policy()))
		drive(t, fresh, backfill(1000, wave)...)
		if name != "a round with a metric" {
			drive(t, fresh, metric(1000, 5, 1), group(1000, 1))
		}
		state.put(fresh.Changed())
		drive(t, fresh, tc.events...)
		var keys []streams.PartKey
		for _, p := range fresh.Changed() {
			keys = append(keys, p.Key)
		}
		if diff := cmp.Diff(tc.keys, keys); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func day(n int) streams.PartKey {
	days := int(begin().Unix()/86400) + n/288
	return streams.PartKey{Series: "cpu", Slot: days % daySlots}
}

func forecastFrom(n int) streams.PartKey {
	origin := int(begin().Unix()/300) + n
	return streams.PartKey{Series: "cpu", Slot: waitingSlots + origin%16}
}

func TestLoadRefusesWhatItCannotRead(t *testing.T) {
	s := Stage{}.New(id())
	drive(t, s, inForce(policy()))
	drive(t, s, backfill(300, wave)...)
	drive(t, s, live(300, 310, wave)...)
	good := s.Changed()
	for i, p := range good {
		for name, data := range map[string][]byte{
			"empty": {}, "cut off": p.Data[:len(p.Data)-3], "of a newer format": append([]byte{99}, p.Data[1:]...),
		} {
			bad := slices.Clone(good)
			bad[i].Data = data
			if _, err := (Stage{}).Load(id(), bad); err == nil {
				t.Errorf("part %+v %s: want an error", p.Key, name)
			}
		}
		if p.Key.Series != "" && p.Key.Slot < daySlots {
			if _, err := (Stage{}).Load(id(), slices.Delete(slices.Clone(good), i, i+1)); err == nil {
				t.Errorf("part %+v missing: want an error", p.Key)
			}
		}
	}
}

// FuzzLoad says that no bytes make Load panic.
func FuzzLoad(f *testing.F) {
	s := stage().New(id())
	drive(f, s, inForce(forecastBy("mean", "naive")))
	drive(f, s, backfill(20, wave)...)
	drive(f, s, live(20, 21+firstRefit()+2, wave)...) // a refit is pending
	parts := s.Changed()
	for _, p := range parts {
		f.Add(p.Key.Series, p.Key.Slot, p.Data)
	}
	f.Add("", streams.NoSlot, []byte(`{"format":2,"policy":{"load":{"series":"cpu"}}}`))
	good := store{}
	good.put(parts)
	f.Fuzz(func(t *testing.T, series string, slot int, data []byte) {
		parts := []streams.Part{{Key: streams.PartKey{Series: series, Slot: slot}, Data: data}}
		for key, data := range good {
			if key != parts[0].Key {
				parts = append(parts, streams.Part{Key: key, Data: data})
			}
		}
		state, err := stage().Load(id(), parts)
		if err != nil {
			return
		}
		for _, ev := range live(25, 50, func(int) float64 { return math.Pi }) {
			state.Step(ev)
		}
		state.Changed()
	})
}

// TestLongLifeIsLoaded stores and loads states whose window has moved on.
func TestLongLifeIsLoaded(t *testing.T) {
	holey := func(n int) float64 {
		if n%37 == 0 {
			return gap
		}
		return wave(n)
	}
	const days = 22*288 + 200
	calm := Stage{}.New(id())
	drive(t, calm, inForce(policy()))
	drive(t, calm, backfill(days, holey)...)
	kept := store{}
	kept.put(calm.Changed())
	moved := kept.load(t)
	for n := days; n < days+200; n++ {
		events := live(n, n+1, holey)
		want, got := encode(t, drive(t, calm, events...)), encode(t, drive(t, moved, events...))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("bin %d: %s", n, diff)
		}
		kept.put(moved.Changed())
		if n%50 == 0 {
			moved = kept.load(t)
		}
	}
}

// TestDaysOfAnotherGridArePassedOver stores a series whose policy has changed
// its period, at a time when bins of both periods have the same numbers.
func TestDaysOfAnotherGridArePassedOver(t *testing.T) {
	at := func(period time.Duration, bin int, value float64) streams.Event {
		m := settled(metric(0, value, 1))
		m.Period = streams.Duration(period)
		m.End = time.Unix(0, 0).UTC().Add(time.Duration(bin+1) * period)
		m.Seen = m.End
		return m
	}
	minutes := policy()
	minutes.Load.Period = streams.Duration(time.Minute)
	s := Stage{}.New(id())
	kept := store{}
	drive(t, s, inForce(minutes), at(time.Minute, 10*288, 1), at(time.Minute, 10*288+1, 2))
	kept.put(s.Changed())
	drive(t, s, inForce(policy()), at(5*time.Minute, 10*288, 3), at(5*time.Minute, 10*288+1, 4))
	kept.put(s.Changed())
	past := kept.load(t).(*State).series["cpu"].past
	if a, b := past.Folded(10*288), past.Folded(10*288+1); a != 3 || b != 4 {
		t.Errorf("want 3 and 4, got %v and %v", a, b)
	}
}

func TestLoadedWindowIsTheSame(t *testing.T) {
	s := Stage{}.New(id())
	kept := store{}
	drive(t, s, metric(0, 1, 4), settled(metric(1, 2, 1)), settled(metric(3, 4, 1)), metric(1, 2, 3), metric(3, gap, 2), metric(300, 5, 1), group(302, 1))
	kept.put(s.Changed())
	want, got := s.(*State).series["cpu"].past, kept.load(t).(*State).series["cpu"].past
	for bin := want.First(); bin <= want.Newest(); bin++ {
		if want.Revision(bin) != got.Revision(bin) || !identical(want.Folded(bin), got.Folded(bin)) || !identical(want.Revised(bin), got.Revised(bin)) {
			t.Errorf("bin %d: want %v %v revision %d, got %v %v %d", bin-want.First(),
				want.Folded(bin), want.Revised(bin), want.Revision(bin), got.Folded(bin), got.Revised(bin), got.Revision(bin))
		}
	}
	if want.Samples() != got.Samples() || want.Len() != 301 || got.Len() != 301 {
		t.Errorf("want %d samples in 301 bins, got %d in %d", want.Samples(), got.Samples(), got.Len())
	}
}
