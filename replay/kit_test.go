package replay

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

const realm = "trial"

// limit ends a test that hangs.
const limit = 20 * time.Second

// timeline is a server with the stream of the realm. Each reader has its own
// connection.
type timeline struct {
	testing.TB
	ctx                     context.Context
	publish, reader, stages jetstream.JetStream
	stream                  jetstream.Stream
}

func newTimeline(t testing.TB, o topology.Options) *timeline {
	t.Helper()
	s := servertest.New(t)
	return timelineOn(t, func() *nats.Conn { return servertest.Connect(t, s) }, o)
}

func timelineOn(t testing.TB, connect func() *nats.Conn, o topology.Options) *timeline {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	tl := &timeline{TB: t, ctx: ctx}
	for _, js := range []*jetstream.JetStream{&tl.publish, &tl.reader, &tl.stages} {
		var err error
		if *js, err = jetstream.New(connect()); err != nil {
			t.Fatal(err)
		}
	}
	o.Realm = realm
	var err error
	if tl.stream, err = topology.Ensure(ctx, tl.publish, o); err != nil {
		t.Fatal(err)
	}
	return tl
}

// driver waits long for decisions.
func (tl *timeline) driver() Driver {
	return Driver{Realm: realm, Publisher: tl.publish, Reader: tl.reader, Timeout: limit, Log: zerolog.New(zerolog.NewTestWriter(tl))}
}

// put stores events, each on its own. Any goroutine may call it.
func (tl *timeline) put(events ...streams.Event) {
	tl.Helper()
	for _, ev := range events {
		m, err := topology.Message(realm, ev)
		if err != nil {
			tl.Error(err)
			return
		}
		tl.putRaw(m.Subject, m.Data)
	}
}

func (tl *timeline) putRaw(subject string, body []byte) {
	tl.Helper()
	if _, err := tl.publish.Publish(tl.ctx, subject, body); err != nil {
		tl.Error(err)
	}
}

// events gives what the stream holds, in order.
func (tl *timeline) events() []streams.Event {
	tl.Helper()
	info, err := tl.stream.Info(tl.ctx)
	if err != nil {
		tl.Fatal(err)
	}
	var all []streams.Event
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq; seq++ {
		m, err := tl.stream.GetMsg(tl.ctx, seq)
		if err != nil {
			tl.Fatal(err)
		}
		ev, err := streams.Decode(m.Subject, m.Data)
		if err != nil {
			tl.Fatal(err)
		}
		all = append(all, ev)
	}
	return all
}

// answer stands for the stages: it stores what respond gives for every group
// event, until the test ends.
func (tl *timeline) answer(respond func(streams.Group) []streams.Event) {
	tl.Helper()
	consumer, err := tl.stages.OrderedConsumer(tl.ctx, streams.StreamName(realm), jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{streams.KindFilter(realm, streams.KindGroup)},
	})
	if err != nil {
		tl.Fatal(err)
	}
	var busy sync.Mutex // while it responds, which it may when it is stopped
	over := false
	running, err := consumer.Consume(func(m jetstream.Msg) {
		busy.Lock()
		defer busy.Unlock()
		if over {
			return
		}
		ev, err := streams.Decode(m.Subject(), m.Data())
		if err != nil {
			tl.Error(err)
			return
		}
		tl.put(respond(ev.(streams.Group))...)
	})
	if err != nil {
		tl.Fatal(err)
	}
	// Closed of an ordered consumer was seen never to close, so the end is told
	// to the handler; the connection, which is closed next, ends what is left.
	tl.Cleanup(func() {
		running.Stop()
		busy.Lock()
		defer busy.Unlock()
		over = true
	})
}

// scaleOut decides a round to one instance more.
func scaleOut(g streams.Group) []streams.Event {
	return []streams.Event{streams.Decision{
		GroupID: g.GroupID, Round: g.Round, At: g.Now, Verdict: streams.ScaleOut, Current: 3, Desired: 4, Expires: g.Now,
		Trail: []streams.Rule{{Name: "test", Before: 3, After: 4, Why: "so"}},
	}}
}

// began is the clock of the first round.
func began() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }

// script is a player of rounds with one metric each.
type script struct {
	name   string
	rounds uint64

	played uint64
	ended  bool
}

func (s *script) ID() streams.GroupID { return streams.GroupID{Scope: "eu-west-1", Group: s.name} }

func (s *script) Begin() []streams.Event { return []streams.Event{s.retired()} }

// retired is a control that needs no policy.
func (s *script) retired() streams.Control {
	return streams.Control{GroupID: s.ID(), Name: streams.ControlPolicy, At: began()}
}

func (s *script) Next() bool { return s.played < s.rounds }

func (s *script) Round() []streams.Event {
	s.played++
	return []streams.Event{s.metric(s.played), s.group(s.played)}
}

func (s *script) metric(n uint64) streams.Metric {
	value := float64(n)
	end := began().Add(time.Duration(n) * time.Minute)
	return streams.Metric{
		SeriesID: streams.SeriesID{GroupID: s.ID(), Series: "cpu"}, End: end, Period: streams.Duration(time.Minute),
		Value: &value, Unit: streams.Percent, Revision: 1, Seen: end,
	}
}

func (s *script) group(n uint64) streams.Group {
	return streams.Group{GroupID: s.ID(), Round: n, Now: began().Add(time.Duration(n-1) * time.Minute)}
}

// Act has an outcome for every round but the second.
func (s *script) Act(d streams.Decision) (streams.Outcome, bool) {
	return streams.Outcome{GroupID: s.ID(), Round: d.Round, At: d.At, Status: streams.Applied, Desired: d.Desired}, d.Round != 2
}

func (s *script) End() { s.ended = true }
