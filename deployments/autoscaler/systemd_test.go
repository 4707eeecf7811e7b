package main

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/streams/embedded"
)

// manager is the socket on which systemd listens.
type manager struct {
	*testing.T
	conn *net.UnixConn
}

func newManager(t *testing.T) manager {
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return manager{t, conn}
}

// told gives the next message.
func (m manager) told() string {
	m.Helper()
	if err := m.conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		m.Fatal(err)
	}
	buf := make([]byte, 4096)
	n, err := m.conn.Read(buf)
	if err != nil {
		m.Fatalf("nobody tells systemd anything: %v", err)
	}
	return string(buf[:n])
}

// await reads until a message has a text.
func (m manager) await(text string) string {
	m.Helper()
	for {
		if got := m.told(); strings.Contains(got, text) {
			return got
		}
	}
}

// A component says that it serves once it does, feeds the watchdog whether its
// server is there or not, and says when it stops.
func TestComponentsTellSystemd(t *testing.T) {
	m := newManager(t)
	t.Setenv("WATCHDOG_USEC", "300000")
	ctx, stop := context.WithCancel(t.Context())
	address, nats := freeAddress(t), freeAddress(t)
	code := make(chan int, 1)
	go func() {
		p := process{stdout: zerolog.NewTestWriter(t), stderr: zerolog.NewTestWriter(t), env: func(string) string { return "" }}
		code <- run(ctx, p, []string{"decider", "--realm", "trial", "--nats-url", "nats://" + nats, "--address", address})
	}()
	if got := m.told(); got != "READY=1" {
		t.Errorf("first it says %q", got)
	}
	if status, _ := asked(t.Context(), t, "GET", "http://"+address+"/health", ""); status != 200 {
		t.Errorf("it says that it serves, and /health answers %d", status)
	}
	m.await("WATCHDOG=1\nSTATUS=stage decider is not ready: not started")
	server, err := embedded.Start(embedded.Options{StoreDir: t.TempDir(), Listen: nats, Logger: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	m.await("WATCHDOG=1\nSTATUS=ready")
	if err := server.Stop(); err != nil {
		t.Error(err)
	}
	m.await("WATCHDOG=1")
	stop()
	m.await("STOPPING=1")
	if got := <-code; got != 0 {
		t.Errorf("exit %d", got)
	}
}

// The watchdog is not fed while a loop takes no turn, and is again when it does.
func TestWatchdogIsNotFedWhileALoopStandsStill(t *testing.T) {
	m := newManager(t)
	stands := true
	h := &host{log: zerolog.Nop(), loops: []func(context.Context) error{
		func(context.Context) error { return nil },
		func(ctx context.Context) error {
			if stands {
				<-ctx.Done()
				return errors.New("stage decide stands still")
			}
			return nil
		},
	}}
	h.ping(t.Context(), 20*time.Millisecond)
	stands = false
	h.ready = append(h.ready, func() error { return errors.New("nothing\nwas polled") })
	h.ping(t.Context(), time.Second)
	if got, want := m.told(), "WATCHDOG=1\nSTATUS=nothing was polled"; got != want {
		t.Errorf("got %q, want %q, and nothing before it", got, want)
	}
}

// Every stage that a process runs is one that its watchdog looks at.
func TestWatchdogLooksAtEveryStage(t *testing.T) {
	server, err := embedded.StartTemporary(embedded.Options{Logger: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	h := &host{cfg: config.Default(), log: zerolog.Nop(), registry: newRegistry()}
	h.cfg.Ingest.Scopes = map[string]config.Scope{"eu-west-1": {Region: "eu-west-1"}}
	h.embed(server)
	defer h.close()
	for n, add := range []func(*host) error{(*host).forecaster, (*host).decider,
		func(h *host) error { return h.actuator(t.Context(), time.Now) },
		func(h *host) error { return h.ingest(t.Context(), ingest.WallClock{}) }} {
		if err := add(h); err != nil {
			t.Fatal(err)
		}
		if len(h.loops) != n+1 {
			t.Errorf("of %d stages %d are looked at", n+1, len(h.loops))
		}
	}
}

func TestWatchdogThatIsNone(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "soon")
	h := &host{log: zerolog.Nop()}
	if err := h.supervise(t.Context()); err == nil || !strings.Contains(err.Error(), "WATCHDOG_USEC") {
		t.Errorf("got %v", err)
	}
}
