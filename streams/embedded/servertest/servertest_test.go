package servertest_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

func stream(t *testing.T, nc *nats.Conn) (jetstream.JetStream, jetstream.Stream) {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.CreateOrUpdateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}})
	if err != nil {
		t.Fatal(err)
	}
	return js, s
}

func TestEveryTestHasItsOwnServer(t *testing.T) {
	for range 2 {
		js, _ := stream(t, servertest.Connect(t, servertest.New(t)))
		ack, err := js.Publish(t.Context(), "s", nil)
		if err != nil {
			t.Fatal(err)
		}
		if ack.Sequence != 1 {
			t.Errorf("sequence %d, want 1", ack.Sequence)
		}
	}
}

func TestListeningServerIsReachableByURL(t *testing.T) {
	nc, err := nats.Connect(servertest.NewListening(t).ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	stream(t, nc)
}

func TestConnectionFollowsRestart(t *testing.T) {
	p := servertest.NewPersistent(t)
	back := make(chan struct{}, 1)
	nc := p.Connect(nats.ReconnectHandler(func(*nats.Conn) { back <- struct{}{} }))
	js, s := stream(t, nc)
	if _, err := js.Publish(t.Context(), "s", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	old := p.Server()
	p.Restart()
	if p.Server() == old {
		t.Fatal("still the old server")
	}
	select {
	case <-back:
	case <-time.After(10 * time.Second):
		t.Fatal("not reconnected")
	}
	msg, err := s.GetMsg(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(msg.Data); got != "kept" {
		t.Errorf("message %q, want %q", got, "kept")
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if err := servertest.New(b).Stop(); err != nil {
			b.Fatal(err)
		}
	}
}
