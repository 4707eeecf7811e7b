package fold

import (
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// BenchmarkRound folds a metric and its group event, the forecast encoded and
// the changed parts taken, after two weeks of backfill. It reports the bytes of
// state and of forecast that a round writes.
func BenchmarkRound(b *testing.B) {
	s := Stage{}.New(id())
	drive(b, s, inForce(policy()))
	drive(b, s, backfill(14*288, wave)...)
	s.Changed()
	n, rounds, state, event := 14*288, 0, 0, 0
	for b.Loop() {
		s.Step(metric(n, wave(n), 1))
		for _, f := range s.Step(group(n, 1)) {
			body, err := streams.Encode(f)
			if err != nil {
				b.Fatal(err)
			}
			event += len(body)
		}
		for _, p := range s.Changed() {
			state += len(p.Data)
		}
		n++
		rounds++
	}
	b.ReportMetric(float64(state)/float64(rounds), "state-B/round")
	b.ReportMetric(float64(event)/float64(rounds), "forecast-B/round")
}

// BenchmarkStep is BenchmarkRound without what the runner does.
func BenchmarkStep(b *testing.B) {
	s := Stage{}.New(id())
	drive(b, s, inForce(policy()))
	drive(b, s, backfill(14*288, wave)...)
	n := 14 * 288
	b.ReportAllocs()
	for b.Loop() {
		s.Step(metric(n, wave(n), 1))
		s.Step(group(n, 1))
		n++
	}
}

// BenchmarkBackfillWeek folds 2,016 settled bins.
func BenchmarkBackfillWeek(b *testing.B) {
	events := backfill(2016, wave)
	for b.Loop() {
		s := Stage{}.New(id())
		s.Step(inForce(policy()))
		for _, ev := range events {
			s.Step(ev)
		}
		s.Changed()
	}
}

// BenchmarkLoad brings a state of three weeks back.
func BenchmarkLoad(b *testing.B) {
	s := Stage{}.New(id())
	drive(b, s, inForce(policy()))
	drive(b, s, backfill(21*288, wave)...)
	kept := store{}
	size := kept.put(s.Changed())
	for b.Loop() {
		kept.load(b)
	}
	b.ReportMetric(float64(size), "state-B")
}

// BenchmarkOutsider is what a prediction of a model that does not run costs the
// fold, over three weeks of 5-minute bins.
func BenchmarkOutsider(b *testing.B) {
	s := Stage{}.New(id()).(*State)
	drive(b, s, inForce(policy()))
	drive(b, s, backfill(21*288, wave)...)
	for b.Loop() {
		if a, refusal := s.Predict("rls", "", 1); refusal != nil || a.Outsider == nil {
			b.Fatal(refusal)
		}
	}
}
