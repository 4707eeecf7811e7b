package window

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// hostile draws inputs that no adapter gives, near enough to what is asked
// that they are folded.
type hostile struct {
	t      *rapid.T
	minute int // of a clock that mostly goes on
}

func (h *hostile) now() time.Time {
	switch rapid.IntRange(0, 20).Draw(h.t, "clock") {
	case 0:
		h.minute -= rapid.IntRange(1, 90).Draw(h.t, "back")
	case 1:
		h.minute += rapid.IntRange(5, 2000).Draw(h.t, "leap")
	case 2:
		return rapid.SampledFrom([]time.Time{{}, time.Unix(-1e11, 0), time.Unix(1e12, 5), at(h.minute).Add(time.Nanosecond)}).Draw(h.t, "odd")
	default:
		h.minute++
	}
	now := at(h.minute)
	if rapid.Bool().Draw(h.t, "zone") {
		now = now.In(time.FixedZone("there", 3600))
	}
	return now
}

func (h *hostile) number() float64 {
	if rapid.IntRange(0, 5).Draw(h.t, "kind") > 0 {
		return float64(rapid.IntRange(0, 12).Draw(h.t, "plain"))
	}
	return rapid.SampledFrom([]float64{-1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324, 1e7, 0.1}).Draw(h.t, "odd")
}

func (h *hostile) policy() streams.Policy {
	p := rapid.SampledFrom([]func() streams.Policy{perMinute, perFive, requests, func() streams.Policy {
		p := perFive()
		p.Load.Series, p.Load.Expression, p.Load.Unit = "m", "m0+\xff", streams.NoUnit
		p.Load.Period, p.Scaling.MetricDelayPrior = streams.Duration(time.Hour), 0
		return p
	}, func() streams.Policy { // not valid
		p := perFive()
		p.Load.PerInstance = math.NaN()
		return p
	}}).Draw(h.t, "policy")()
	p.Mode = rapid.SampledFrom([]streams.Mode{streams.Observe, streams.DesiredControl}).Draw(h.t, "mode")
	return p
}

func (h *hostile) answer(q Query, now time.Time) Answered {
	a := Answered{GroupID: web(), Now: now, Query: q, Answer: Answer{Complete: rapid.IntRange(0, 4).Draw(h.t, "complete") > 0}}
	bins := int(min(q.Until.Sub(q.From)/q.Period, 40))
	for range rapid.IntRange(0, 60).Draw(h.t, "points") {
		start := q.Until.Add(-time.Duration(rapid.IntRange(-2, bins+2).Draw(h.t, "bin")) * q.Period)
		if rapid.IntRange(0, 20).Draw(h.t, "off") == 0 {
			start = start.Add(time.Second)
		}
		p := Point{Start: start, Samples: h.number()}
		if v := h.number(); rapid.IntRange(0, 5).Draw(h.t, "value") > 0 {
			p.Value = &v
		}
		if n := h.number(); rapid.Bool().Draw(h.t, "alive") {
			p.Instances = &n
		}
		a.Answer.Points = append(a.Answer.Points, p)
	}
	switch rapid.IntRange(0, 15).Draw(h.t, "other") {
	case 0:
		a.Query.Series = "other"
	case 1:
		a.Query.From, a.Query.Until = time.Time{}, time.Unix(1e12, 0)
	case 2:
		a.Query.From, a.Query.Until = a.Query.Until, a.Query.From
	case 3:
		a.More = true
	}
	return a
}

func (h *hostile) polled(now time.Time) Polled {
	e := Polled{GroupID: web(), Now: now, Listed: rapid.Bool().Draw(h.t, "listed")}
	for range rapid.IntRange(0, 40).Draw(h.t, "errors") {
		e.Errors = append(e.Errors, streams.CallError{Operation: "GetMetricData", Message: string(bytes.Repeat([]byte("\xffä"), 600))})
	}
	if rapid.IntRange(0, 3).Draw(h.t, "there") == 0 {
		return e
	}
	size := rapid.IntRange(-2, 50)
	e.Described = &Description{Desired: size.Draw(h.t, "desired"), Min: size.Draw(h.t, "min"), Max: size.Draw(h.t, "max")}
	for range rapid.IntRange(0, 5).Draw(h.t, "instances") {
		e.Described.Instances = append(e.Described.Instances, Instance{
			ID:        rapid.SampledFrom([]string{"a", "b", "\xff", ""}).Draw(h.t, "id"),
			Lifecycle: rapid.SampledFrom([]string{"Pending", "InService", "Terminating", "Standby", "?"}).Draw(h.t, "lifecycle"),
			Weight:    rapid.SampledFrom([]int{1, 3, 0, -1, math.MaxInt}).Draw(h.t, "weight"),
		})
	}
	for range rapid.IntRange(0, 40).Draw(h.t, "suspended") {
		e.Described.Suspended = append(e.Described.Suspended, rapid.SampledFrom([]string{"Launch", "\xff", "b", ""}).Draw(h.t, "name"))
	}
	return e
}

// inputs draws the inputs of one round, by what a state has due.
func (h *hostile) inputs(s *State, first bool) []streams.Event {
	now := h.now()
	var inputs []streams.Event
	if first || rapid.IntRange(0, 12).Draw(h.t, "configure") == 0 {
		inputs = append(inputs, Configured{
			GroupID: web(), At: now, Policy: h.policy(), Backfill: time.Duration(rapid.IntRange(-1, 30).Draw(h.t, "backfill")) * time.Hour,
		})
	}
	for _, q := range s.Due(now) {
		a := h.answer(q, now)
		if a.Query != q { // no window of ours
			inputs = append(inputs, a)
			continue
		}
		for _, part := range a.Parts(rapid.SampledFrom([]int{400, 7}).Draw(h.t, "most")) {
			inputs = append(inputs, part)
		}
	}
	return append(inputs, h.polled(now))
}

// TestAnything holds what is said of the events, whatever comes: each can be
// stored; rounds count, and their clock never goes back; what came is what the
// group event says; a bin's revisions count from one, and repeat nothing. A
// state that is stored and loaded after every step emits the same.
func TestAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &hostile{t: t}
		s, again := newState(web()), newState(web())
		stored := map[streams.PartKey]streams.Part{}
		held := newHolder()
		for i := range rapid.IntRange(1, 25).Draw(t, "rounds") {
			for _, in := range h.inputs(s, i == 0) {
				events := s.Step(in)
				if diff := cmp.Diff(events, again.Step(in)); diff != "" {
					t.Fatalf("without and with storing:\n%s", diff)
				}
				again = restored(t, again, stored)
				for _, ev := range events {
					held.hold(t, ev)
				}
			}
			if len(s.Changed()) > 3 || s.series != nil && len(s.series.Bins) > reread+regap+mostOpen {
				t.Fatalf("the state keeps %d bins", len(s.series.Bins))
			}
			if extra := s.Changed(); extra != nil {
				t.Fatalf("changed by nothing: %v", extra)
			}
		}
	})
}

// holder keeps what was emitted, to hold the next event against it.
type holder struct {
	now   time.Time
	round uint64
	came  map[string]streams.Arrival
	bins  map[string]streams.Metric
}

func newHolder() *holder {
	return &holder{came: map[string]streams.Arrival{}, bins: map[string]streams.Metric{}}
}

func (h *holder) hold(t *rapid.T, ev streams.Event) {
	if _, err := streams.Encode(ev); err != nil {
		t.Fatal(err)
	}
	switch e := ev.(type) {
	case streams.Metric:
		h.metric(t, e)
	case streams.Group:
		if e.Round != h.round+1 || e.Now.Before(h.now) || len(e.Series) != len(h.came) {
			t.Fatalf("round %d at %v after round %d at %v, %v came, %v was said", e.Round, e.Now, h.round, h.now, h.came, e.Series)
		}
		for name, a := range e.Series {
			if a != h.came[name] {
				t.Fatalf("%v came of %s, %v was said", h.came[name], name, a)
			}
		}
		h.round, h.now, h.came = e.Round, e.Now, map[string]streams.Arrival{}
	case streams.Control:
		if e.Policy != nil { // it may begin a series anew
			clear(h.bins)
		}
	}
}

func (h *holder) metric(t *rapid.T, m streams.Metric) {
	key := fmt.Sprint(m.Series, m.Period, m.End.Unix())
	before, ok := h.bins[key]
	if ok && (m.Revision != before.Revision+1 || m.Gap || same(m, before)) {
		t.Fatalf("%+v after %+v", m, before)
	}
	if m.End.After(m.Seen) {
		t.Fatalf("a bin of the future: %+v", m)
	}
	h.bins[key] = m
	a := h.came[m.Series]
	h.came[m.Series] = streams.Arrival{Count: a.Count + 1, NewestEnd: later(a.NewestEnd, m.End)}
}

func same(a, b streams.Metric) bool {
	return reading{a.Value, a.Instances, a.Censored}.same(reading{b.Value, b.Instances, b.Censored})
}

// TestPartsTile holds that the parts of an answer are the answer: their windows
// follow one another, are not too long, and hold their points.
func TestPartsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &hostile{t: t}
		period := time.Duration(rapid.SampledFrom([]int{1, 5}).Draw(t, "period")) * time.Minute
		q := Query{Period: period, From: at(0), Until: at(0).Add(time.Duration(rapid.IntRange(0, 50).Draw(t, "bins")) * period)}
		a := Answered{GroupID: web(), Now: at(1), Query: q, More: rapid.Bool().Draw(t, "more")}
		for m := 0; m < 50; m++ {
			if v := h.number(); rapid.Bool().Draw(t, "has") && at(0).Add(time.Duration(m)*period).Before(q.Until) {
				a.Answer.Points = append(a.Answer.Points, Point{Start: at(0).Add(time.Duration(m) * period), Value: &v})
			}
		}
		most := rapid.IntRange(-1, 60).Draw(t, "most")
		parts := a.Parts(most)
		from, points := q.From, []Point(nil)
		for i, p := range parts {
			if !p.Query.From.Equal(from) || p.Query.Until.Sub(from) > time.Duration(max(1, most))*period {
				t.Fatalf("part %d: %v to %v, want it from %v", i, p.Query.From, p.Query.Until, from)
			}
			if want := i+1 < len(parts) || a.More; p.More != want || p.Answer.Complete != a.Answer.Complete || p.Now != a.Now {
				t.Fatalf("part %d of %d: more %v, want %v", i, len(parts), p.More, want)
			}
			if slices.ContainsFunc(p.Answer.Points, func(o Point) bool { return o.Start.Before(from) || !o.Start.Before(p.Query.Until) }) {
				t.Fatalf("part %d has a point of another", i)
			}
			from, points = p.Query.Until, append(points, p.Answer.Points...)
		}
		if !from.Equal(q.Until) || len(points) != len(a.Answer.Points) {
			t.Fatalf("parts end at %v with %d points, want %v with %d", from, len(points), q.Until, len(a.Answer.Points))
		}
	})
}

// A probe is judged as a whole.
func TestPartsOfAProbe(t *testing.T) {
	a := Answered{Query: Query{Probe: true, Period: time.Minute, From: at(0), Until: at(60)}}
	if got := len(a.Parts(7)); got != 1 {
		t.Errorf("%d parts", got)
	}
}
