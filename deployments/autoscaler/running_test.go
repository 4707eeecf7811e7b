package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// runAll runs everything in one process, as its users start it, until done says
// so, and gives its log. In between tick is told, five times a second, how often
// it was told before.
func runAll(t *testing.T, config string, tick func(n int), done func(ctx context.Context, js jetstream.JetStream) bool) string {
	t.Helper()
	listen := freeAddress(t)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var errs lockedBuffer
	exited := make(chan int, 1)
	args := []string{"all", "--config", written(t, config), "--listen", listen,
		"--address", freeAddress(t), "--store", filepath.Join(t.TempDir(), "store"), "--log-level", "info"}
	go func() {
		exited <- run(ctx, process{stdout: io.Discard, stderr: &errs, env: func(string) string { return "" }}, args)
	}()
	nc, err := nats.Connect("nats://"+listen, nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	ticks := time.NewTicker(200 * time.Millisecond)
	defer ticks.Stop()
	for n := 0; !done(ctx, js); n++ {
		select {
		case code := <-exited: // also where it was not done in time
			t.Fatalf("exit %d before it was done:\n%s", code, errs.String())
		case <-ticks.C:
			tick(n)
		}
	}
	stop()
	if code := <-exited; code != 0 {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	return errs.String()
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write takes it in.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String gives what came.
func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// lastOf gives the newest event of a kind and a group; nil where there is none
// yet.
func lastOf[T streams.Event](ctx context.Context, t *testing.T, js jetstream.JetStream, of T) *T {
	t.Helper()
	stream, err := js.Stream(ctx, streams.StreamName(streams.Live))
	if err != nil {
		return nil // not made yet
	}
	msg, err := stream.GetLastMsgForSubject(ctx, streams.EventSubject(streams.Live, of))
	if err != nil {
		return nil
	}
	ev, err := streams.Decode(msg.Subject, msg.Data)
	if err != nil {
		t.Fatal(err)
	}
	got := ev.(T)
	return &got
}

// sendSDK sends the SDK of this process to an address.
func sendSDK(t *testing.T, url string) {
	t.Helper()
	missing := filepath.Join(t.TempDir(), "none")
	for key, value := range map[string]string{
		"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "",
		"AWS_PROFILE": "", "AWS_CONFIG_FILE": missing, "AWS_SHARED_CREDENTIALS_FILE": missing, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CA_BUNDLE": "",
	} {
		t.Setenv(key, value)
	}
	if err := os.Unsetenv("AWS_CA_BUNDLE"); err != nil {
		t.Fatal(err)
	}
}
