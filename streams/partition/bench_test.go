package partition_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// stub is a stage that costs nothing: each group or forecast event makes one
// event and changes a state of a fixed size.
type stub struct {
	name  string
	reads []streams.Kind
	state []byte
	out   func(streams.Event) streams.Event
}

func (s stub) Name() string                      { return s.name }
func (stub) Version() int                        { return 1 }
func (s stub) Reads() []streams.Kind             { return s.reads }
func (s stub) New(streams.GroupID) streams.State { return &stubState{stub: s} }
func (s stub) Load(streams.GroupID, []streams.Part) (streams.State, error) {
	return &stubState{stub: s}, nil
}

type stubState struct {
	stub
	changed bool
}

func (s *stubState) Step(ev streams.Event) []streams.Event {
	s.changed = true
	if out := s.out(ev); out != nil {
		return []streams.Event{out}
	}
	return nil
}

func (s *stubState) Changed() []streams.Part {
	if !s.changed {
		return nil
	}
	s.changed = false
	return []streams.Part{{Key: streams.PartKey{Slot: streams.NoSlot}, Data: s.state}}
}

// forecasterStub answers a group event with a forecast of some 2.5 kB.
func forecasterStub() stub {
	levels := []float64{0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99}
	row := []float64{101.25, 103.5, 105.75, 107.25, 109.5, 111.25, 113.75}
	var table [][]float64
	for range 22 {
		table = append(table, row)
	}
	return stub{"forecaster", []streams.Kind{streams.KindMetric, streams.KindGroup}, bytes.Repeat([]byte("x"), 20_000),
		func(ev streams.Event) streams.Event {
			g, ok := ev.(streams.Group)
			if !ok {
				return nil
			}
			return streams.Forecast{SeriesID: streams.SeriesID{GroupID: g.GroupID, Series: "cpu"}, Round: g.Round, Model: "arima",
				Origin: g.Now, Period: streams.Duration(time.Minute), Unit: streams.Count, Inputs: "cbf29ce484222325", Levels: levels, Quantiles: table, Peak: table}
		}}
}

func deciderStub() stub {
	return stub{"decider", []streams.Kind{streams.KindGroup, streams.KindForecast, streams.KindOutcome}, bytes.Repeat([]byte("y"), 500),
		func(ev streams.Event) streams.Event {
			f, ok := ev.(streams.Forecast)
			if !ok {
				return nil
			}
			return streams.Decision{GroupID: f.GroupID, Round: f.Round, At: f.Origin, Verdict: streams.ScaleOut, Current: 3, Desired: 4,
				Expires: f.Origin.Add(time.Minute), Trail: []streams.Rule{{Name: "need", Before: 3, After: 4, Why: "106 / 30"}}}
		}}
}

func BenchmarkLockstep(b *testing.B) {
	for _, bench := range []struct {
		name    string
		storage topology.Storage
		groups  int
	}{{"memory/1", topology.Memory, 1}, {"memory/64", topology.Memory, 64}, {"file/1", topology.File, 1}, {"file/64", topology.File, 64}} {
		b.Run(bench.name, func(b *testing.B) { lockstep(b, bench.storage, bench.groups) })
	}
}

func lockstep(b *testing.B, storage topology.Storage, groups int) {
	s := servertest.New(b)
	w := worldOn(b, topology.Options{Storage: storage}, servertest.Connect(b, s), servertest.Connect(b, s))
	w.ctx = context.Background()
	for _, stage := range []stub{forecasterStub(), deciderStub()} {
		w.reader = must(jetstream.New(servertest.Connect(b, s)))
		w.start(partition.Config{Realm: realm, Stage: stage, Owner: "bench", Log: zerolog.Nop()})
	}
	decided := make(chan streams.Event, groups)
	consumer := must(must(jetstream.New(servertest.Connect(b, s))).CreateConsumer(w.ctx, streams.StreamName(realm), jetstream.ConsumerConfig{
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, FilterSubject: streams.KindFilter(realm, streams.KindDecision)}))
	running := must(consumer.Consume(func(msg jetstream.Msg) { decided <- must(streams.Decode(msg.Subject(), msg.Data())) },
		jetstream.PullHeartbeat(time.Second), jetstream.PullExpiry(4*time.Second)))
	defer running.Stop()
	for b.Loop() {
		var poll, outcomes []streams.Event
		for n := range groups {
			poll = append(poll, w.round(group(n), 1)...)
		}
		w.publish(poll...)
		for range groups {
			d := (<-decided).(streams.Decision)
			outcomes = append(outcomes, streams.Outcome{GroupID: d.GroupID, Round: d.Round, At: d.At, Status: streams.Applied, Desired: d.Desired})
		}
		w.publish(outcomes...)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rounds/s")
	b.ReportMetric(float64(b.N*groups)/b.Elapsed().Seconds(), "group-rounds/s")
}
