package topology_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

var (
	now = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	web = streams.GroupID{Scope: "eu-west-1", Group: "web.a"}
)

func decision(current, desired int) streams.Decision {
	return streams.Decision{GroupID: web, Round: 1, At: now, Verdict: streams.VerdictOf(current, desired), Current: current,
		Desired: desired, Expires: now, Trail: []streams.Rule{{Name: "need", Before: current, After: desired}}}
}

func TestMessage(t *testing.T) {
	value := 1.0
	for _, test := range []struct {
		event streams.Event
		ttl   string
	}{
		{streams.Metric{SeriesID: streams.SeriesID{GroupID: web, Series: "cpu"}, End: now, Period: streams.Duration(time.Minute),
			Value: &value, Unit: streams.Count, Revision: 1, Seen: now}, ""},
		{streams.Group{GroupID: web, Round: 1, Now: now}, ""},
		{streams.Control{GroupID: web, Name: streams.ControlPolicy, At: now}, "never"},
		{streams.Forecast{SeriesID: streams.SeriesID{GroupID: web, Series: "cpu"}, Round: 1, Model: "naive", Origin: now,
			Period: streams.Duration(time.Minute), Unit: streams.Count, Inputs: "cbf29ce484222325", Levels: []float64{0.5}}, "168h0m0s"},
		{decision(3, 3), "168h0m0s"},
		{decision(3, 4), ""},
		{streams.Outcome{GroupID: web, Round: 1, At: now, Status: streams.Applied, Desired: 4}, ""},
	} {
		msg, err := topology.Message("trial", test.event)
		if err != nil {
			t.Fatal(err)
		}
		if got := msg.Header.Get(jetstream.MsgTTLHeader); got != test.ttl {
			t.Errorf("%s lives %q, want %q", test.event.Kind(), got, test.ttl)
		}
		back, err := streams.Decode(msg.Subject, msg.Data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.event, back); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := topology.Message("trial", streams.Group{GroupID: web}); err == nil {
		t.Error("an event without a round was taken")
	}
}

func TestPublishBatch(t *testing.T) {
	ctx, js := connect(t)
	stream := ensure(ctx, t, js, topology.Options{Realm: "trial", Storage: topology.Memory})
	subject := streams.CheckpointSubject("trial", 3, "tally")
	event := streams.EventSubject("trial", streams.Group{GroupID: web})
	messages := func(n int) []*nats.Msg {
		var msgs []*nats.Msg
		for range n - 1 {
			msgs = append(msgs, &nats.Msg{Subject: event}) // without a header
		}
		return append(msgs, topology.Latest(subject, nil))
	}
	var want uint64
	for _, n := range []int{1, 2, topology.MaxBatch} {
		last, err := topology.PublishBatch(ctx, js, messages(n))
		if want += uint64(n); err != nil || last != want {
			t.Fatalf("%d messages end at sequence %d, want %d: %v", n, last, want, err)
		}
	}
	for _, n := range []int{0, topology.MaxBatch + 1} {
		if _, err := topology.PublishBatch(ctx, js, make([]*nats.Msg, n)); err == nil || !strings.Contains(err.Error(), "want 1 to 1000") {
			t.Errorf("%d messages: %v", n, err)
		}
	}
	refused := messages(5)
	refused[4].Header.Set(jetstream.ExpectedLastSubjSeqHeader, "1")
	var api *jetstream.APIError
	if _, err := topology.PublishBatch(ctx, js, refused); !errors.As(err, &api) || api.ErrorCode != jetstream.JSErrCodeStreamWrongLastSequence {
		t.Errorf("a wrong sequence: %v", err)
	}
	refused[4].Header.Set(jetstream.ExpectedLastSubjSeqHeader, "1003")
	if last, err := topology.PublishBatch(ctx, js, refused); err != nil || last != want+5 {
		t.Errorf("once more with the right one: %d, %v", last, err)
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(subject))
	if err != nil || info.State.Subjects[subject] != 1 {
		t.Errorf("%d messages on %s, %v", info.State.Subjects[subject], subject, err)
	}
}

// TestFull fills a stream: it refuses the next batch as a whole, and throws
// nothing away.
func TestFull(t *testing.T) {
	ctx, js := connect(t)
	stream := ensure(ctx, t, js, topology.Options{Realm: "trial", Storage: topology.Memory, MaxBytes: 10_000})
	event := streams.EventSubject("trial", streams.Group{GroupID: web})
	batch := []*nats.Msg{{Subject: event, Data: make([]byte, 3000)}, {Subject: event, Data: make([]byte, 3000)}}
	if _, err := topology.PublishBatch(ctx, js, batch); err != nil {
		t.Fatal(err)
	}
	var api *jetstream.APIError
	if _, err := topology.PublishBatch(ctx, js, batch); !errors.As(err, &api) || api.ErrorCode != 10077 {
		t.Errorf("a full stream says %v", err)
	}
	info, err := stream.Info(ctx)
	if err != nil || info.State.Msgs != 2 || info.State.FirstSeq != 1 {
		t.Errorf("the stream is %+v, %v", info.State, err)
	}
}
