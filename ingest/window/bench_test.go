package window

import (
	"testing"
	"time"
)

// BenchmarkQuietRound is a round of a group of which a bin of five minutes is
// settled and no other is due, with the storing of its state.
func BenchmarkQuietRound(b *testing.B) {
	s := begun(b)
	d := &Description{Desired: 2, Min: 1, Max: 9, Instances: []Instance{{"a", "InService", 1}, {"b", "InService", 1}}}
	now := at(3)
	bytes := 0
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Millisecond)
		if len(s.Due(now)) > 0 {
			b.Fatal("a window is due")
		}
		s.Step(Polled{GroupID: web(), Now: now, Described: d, Listed: true})
		for _, p := range s.Changed() {
			bytes += len(p.Data)
		}
	}
	b.ReportMetric(float64(bytes)/float64(b.N), "stored-B/op")
}

// BenchmarkRoundOfABin is the same with a window of which nothing is new.
func BenchmarkRoundOfABin(b *testing.B) {
	s := begun(b)
	r := rig{cloud: fives(-100, 0, 3, 5)}
	q := s.query()
	q.From, q.Until = at(-85), at(5)
	a := Answered{GroupID: web(), Now: at(3), Query: q, Answer: Answer{Points: r.points(q, 3), Complete: true}}
	b.ReportAllocs()
	for b.Loop() {
		if events := s.Step(a); len(events) > 0 {
			b.Fatal(events)
		}
		s.Changed()
	}
}

// TestSize holds how much is stored of a group with one series of 300 s.
func TestSize(t *testing.T) {
	s := begun(t)
	s.Changed()
	if head, series := len(s.storedHead), len(s.storedSeries); head > 512 || series > 4096 {
		t.Errorf("%d B of the group and %d B of its series", head, series)
	}
}

// begun gives a state of a group that was polled for a while.
func begun(t testing.TB) *State {
	s := newState(web())
	r := rig{state: s, cloud: fives(-300, 100, 3, 5)}
	s.Step(Configured{GroupID: web(), At: at(-100), Policy: perFive(), Backfill: time.Hour})
	for m := -100; m <= 2; m++ {
		for _, q := range s.Due(at(m)) {
			s.Step(Answered{GroupID: web(), Now: at(m), Query: q, Answer: Answer{Points: r.points(q, m), Complete: true}})
		}
		s.Step(Polled{GroupID: web(), Now: at(m), Listed: true, Described: &Description{Max: 9}})
	}
	if !s.Begun() || s.Probing() {
		t.Fatal("not begun")
	}
	return s
}
