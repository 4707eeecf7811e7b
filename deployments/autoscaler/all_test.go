package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Everything in one process, as its users start it: it finds the groups by
// their tag, reads their history, and carries a decision out. What separate
// processes do is TestKilledProcessesLoseAndRepeatNothing.
func TestAllInOneProcess(t *testing.T) {
	k, victims := newKilled(t) // its server is not used, its world is
	for _, variable := range victims[0].env {
		name, value, _ := bytes.Cut([]byte(variable), []byte("="))
		t.Setenv(string(name), string(value))
	}
	if err := os.Unsetenv("AWS_CA_BUNDLE"); err != nil {
		t.Fatal(err)
	}
	listen := freeAddress(t)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var errs bytes.Buffer
	exited := make(chan int, 1)
	go func() {
		p := process{stdout: io.Discard, stderr: &errs, env: func(string) string { return "" }}
		exited <- run(ctx, p, []string{"all", "--config", os.Getenv(childConfig), "--listen", listen,
			"--address", "127.0.0.1:0", "--store", filepath.Join(t.TempDir(), "store"), "--log-level", "warn"})
	}()
	awaitApplied(ctx, t, "nats://"+listen, k)
	stop()
	if code := <-exited; code != 0 {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	if n := k.sim.Counts().Calls[set]; n == 0 {
		t.Error("nothing was set")
	}
}

// awaitApplied waits for a decision that was carried out, on a server that may
// not be there yet, while somebody changes a group now and then.
func awaitApplied(ctx context.Context, t *testing.T, url string, k *killed) {
	t.Helper()
	nc, err := nats.Connect(url, nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			t.Fatal("nothing was applied")
		case <-tick.C:
		}
		k.sim.Advance(time.Now().UTC())
		if n%20 == 10 {
			if err := k.raise(groupName(0)); err != nil {
				t.Fatal(err)
			}
		}
		stream, err := js.Stream(ctx, streams.StreamName(streams.Live))
		if err != nil {
			continue // not made yet
		}
		msg, err := stream.GetLastMsgForSubject(ctx, streams.KindFilter(streams.Live, streams.KindOutcome))
		if err != nil {
			continue // none yet
		}
		ev, err := streams.Decode(msg.Subject, msg.Data)
		if err != nil {
			t.Fatal(err)
		}
		if ev.(streams.Outcome).Status == streams.Applied {
			return
		}
	}
}

// freeAddress is one that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
