package topology_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

func connect(t *testing.T) (context.Context, jetstream.JetStream) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	js, err := jetstream.New(servertest.Connect(t, servertest.New(t)))
	if err != nil {
		t.Fatal(err)
	}
	return ctx, js
}

func ensure(ctx context.Context, t *testing.T, js jetstream.JetStream, o topology.Options) jetstream.Stream {
	t.Helper()
	stream, err := topology.Ensure(ctx, js, o)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

func TestEnsureTwice(t *testing.T) {
	ctx, js := connect(t)
	chosen := topology.Options{Realm: streams.Live, Storage: topology.Memory, MaxBytes: 1 << 20, MaxAge: 30 * 24 * time.Hour}
	made := ensure(ctx, t, js, chosen).CachedInfo()
	if made.Config.Name != "AUTOSCALING" {
		t.Errorf("the stream is %s", made.Config.Name)
	}
	for _, o := range []topology.Options{chosen, {Realm: streams.Live}} {
		if found := ensure(ctx, t, js, o).CachedInfo(); !found.Created.Equal(made.Created) {
			t.Error("the stream was made again")
		} else if diff := cmp.Diff(made.Config, found.Config); diff != "" {
			t.Errorf("the stream was changed:\n%s", diff)
		}
	}
}

func TestEnsureRefuses(t *testing.T) {
	for _, test := range []struct {
		field  string
		change func(*jetstream.StreamConfig)
		ask    topology.Options
	}{
		{field: "metadata autoscaling_partitions", change: func(c *jetstream.StreamConfig) { c.Metadata["autoscaling_partitions"] = "8" }},
		{field: "metadata autoscaling_partitions", change: func(c *jetstream.StreamConfig) { c.Metadata = nil }},
		{field: "metadata autoscaling_layout", change: func(c *jetstream.StreamConfig) { c.Metadata["autoscaling_layout"] = "2" }},
		{field: "subjects", change: func(c *jetstream.StreamConfig) { c.Subjects = []string{"autoscaling.trial.>"} }},
		{field: "subjects", change: func(c *jetstream.StreamConfig) { c.Subjects = c.Subjects[1:] }},
		{field: "retention", change: func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy }},
		{field: "discard", change: func(c *jetstream.StreamConfig) { c.Discard = jetstream.DiscardOld }},
		{field: "max_msgs", change: func(c *jetstream.StreamConfig) { c.MaxMsgs = 1000 }},
		{field: "max_msgs_per_subject", change: func(c *jetstream.StreamConfig) { c.MaxMsgsPerSubject = 1 }},
		{field: "max_msg_size", change: func(c *jetstream.StreamConfig) { c.MaxMsgSize = 1000 }},
		{field: "duplicate_window", change: func(c *jetstream.StreamConfig) { c.Duplicates = time.Minute }},
		{field: "allow_atomic", change: func(c *jetstream.StreamConfig) { c.AllowAtomicPublish = false }},
		{field: "allow_rollup_hdrs", change: func(c *jetstream.StreamConfig) { c.AllowRollup = false }},
		{field: "allow_msg_ttl", change: func(c *jetstream.StreamConfig) { c.AllowMsgTTL = false }},
		{field: "allow_direct", change: func(c *jetstream.StreamConfig) { c.AllowDirect = true }},
		{field: "no_ack", change: func(c *jetstream.StreamConfig) { c.NoAck = true }},
		{field: "storage", ask: topology.Options{Storage: topology.File}},
		{field: "num_replicas", ask: topology.Options{Replicas: 3}},
		{field: "max_bytes", ask: topology.Options{MaxBytes: 1 << 20}},
		{field: "max_age", ask: topology.Options{MaxAge: time.Hour}},
	} {
		t.Run(test.field, func(t *testing.T) {
			ctx, js := connect(t)
			right := ensure(ctx, t, js, topology.Options{Realm: "trial", Storage: topology.Memory}).CachedInfo().Config
			if test.change != nil {
				test.change(&right)
				if err := js.DeleteStream(ctx, right.Name); err != nil {
					t.Fatal(err)
				}
				if _, err := js.CreateStream(ctx, right); err != nil {
					t.Fatal(err)
				}
			}
			test.ask.Realm, test.ask.Wait = "trial", true
			_, err := topology.Ensure(ctx, js, test.ask)
			var mismatch *topology.MismatchError
			if !errors.As(err, &mismatch) || !strings.HasPrefix(test.field, mismatch.Field) {
				t.Fatalf("got %v, want a mismatch of %s", err, test.field)
			}
			if mismatch.Found == mismatch.Want || !strings.Contains(err.Error(), mismatch.Field+": found "+mismatch.Found+", want "+mismatch.Want) {
				t.Errorf("the error says %v", err)
			}
		})
	}
}

func TestEnsureChecksOptions(t *testing.T) {
	ctx, js := connect(t)
	for _, o := range []topology.Options{{Realm: ""}, {Realm: "Trial"}, {Realm: "trial", Storage: "tape"}, {Realm: "trial", Replicas: 7},
		{Realm: "trial", MaxBytes: -1}, {Realm: "trial", MaxAge: time.Second}} {
		if _, err := topology.Ensure(ctx, js, o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// TestEnsureWaits makes the stream impossible first: another has its subjects.
func TestEnsureWaits(t *testing.T) {
	ctx, js := connect(t)
	if _, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "OTHER", Subjects: []string{"autoscaling.>"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := topology.Ensure(ctx, js, topology.Options{Realm: "trial"}); err == nil {
		t.Fatal("without Wait it does not return an error")
	}
	waits := make(chan struct{}, 10)
	log := zerolog.New(zerolog.ConsoleWriter{Out: zerolog.NewTestWriter(t)}).Hook(zerolog.HookFunc(
		func(*zerolog.Event, zerolog.Level, string) { waits <- struct{}{} }))
	done := make(chan error)
	go func() {
		_, err := topology.Ensure(ctx, js, topology.Options{Realm: "trial", Wait: true, Log: log})
		done <- err
	}()
	<-waits
	if err := js.DeleteStream(ctx, "OTHER"); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(waits) > 0 {
		t.Error("the same wait was logged again")
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := topology.Ensure(ended, js, topology.Options{Realm: "other", Wait: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

// TestPredictionPasses asks for a prediction while the stream stands: a
// responder's answer comes back, and none from the stream.
func TestPredictionPasses(t *testing.T) {
	ctx, js := connect(t)
	stream := ensure(ctx, t, js, topology.Options{Realm: streams.Live, Storage: topology.Memory})
	subject := streams.PredictSubject(streams.Live, "naive")
	nc := js.Conn()
	if _, err := nc.RequestWithContext(ctx, subject, nil); !errors.Is(err, nats.ErrNoResponders) {
		t.Errorf("without a responder: %v", err)
	}
	if _, err := nc.Subscribe(subject, func(m *nats.Msg) { _ = m.Respond([]byte("42")) }); err != nil {
		t.Fatal(err)
	}
	reply, err := nc.RequestWithContext(ctx, subject, nil)
	if err != nil || string(reply.Data) != "42" {
		t.Errorf("reply %v, %v", reply, err)
	}
	info, err := stream.Info(ctx)
	if err != nil || info.State.Msgs != 0 {
		t.Errorf("the stream holds %d messages, %v", info.State.Msgs, err)
	}
}
