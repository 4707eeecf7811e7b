package embedded_test

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams/embedded"
)

func mustStart(t *testing.T, opts embedded.Options) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func mustConnect(t *testing.T, s *embedded.Server) *nats.Conn {
	t.Helper()
	nc, err := s.Connect(t.Name())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// store publishes one message to a file stream and returns its sequence.
func store(t *testing.T, nc *nats.Conn) uint64 {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateOrUpdateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}}); err != nil {
		t.Fatal(err)
	}
	ack, err := js.Publish(t.Context(), "s", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	return ack.Sequence
}

func TestStreamsOutliveTheServer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when", "missing")
	for want := uint64(1); want <= 2; want++ {
		s := mustStart(t, embedded.Options{StoreDir: dir, SyncAlways: true})
		if got := store(t, mustConnect(t, s)); got != want {
			t.Errorf("sequence %d, want %d", got, want)
		}
		if err := s.Stop(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestInProcessOnlyOpensNoSocket(t *testing.T) {
	s := mustStart(t, embedded.Options{StoreDir: t.TempDir()})
	if got := s.ClientURL(); got != "" {
		t.Errorf("ClientURL = %q, want none", got)
	}
	if got := s.Name(); got != embedded.DefaultServerName {
		t.Errorf("Name = %q, want %q", got, embedded.DefaultServerName)
	}
	store(t, mustConnect(t, s))
}

func TestListening(t *testing.T) {
	s := mustStart(t, embedded.Options{StoreDir: t.TempDir(), Listen: ":0"})
	host := strings.TrimPrefix(s.ClientURL(), "nats://")
	if !strings.HasPrefix(host, "127.0.0.1:") || strings.HasSuffix(host, ":0") {
		t.Fatalf("ClientURL = %q, want a port on loopback", s.ClientURL())
	}
	nc, err := nats.Connect(s.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	store(t, nc)
}

func TestServersRunSideBySide(t *testing.T) {
	for range 2 {
		s := mustStart(t, embedded.Options{StoreDir: t.TempDir(), Listen: "127.0.0.1:0"})
		if got := store(t, mustConnect(t, s)); got != 1 {
			t.Errorf("sequence %d, want 1: the servers share a stream", got)
		}
	}
}

func TestDirectoryInUse(t *testing.T) {
	dir := t.TempDir()
	first := mustStart(t, embedded.Options{StoreDir: dir})
	_, err := embedded.Start(embedded.Options{StoreDir: dir})
	if !errors.Is(err, embedded.ErrInUse) {
		t.Fatalf("second start: %v, want ErrInUse", err)
	}
	if !strings.Contains(err.Error(), dir) {
		t.Errorf("error %q does not name the directory", err)
	}
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	mustStart(t, embedded.Options{StoreDir: dir})
}

func TestPortTakenIsAnErrorAndLeavesNothing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir := t.TempDir()
	var log bytes.Buffer
	_, err = embedded.Start(embedded.Options{
		ServerName: "late", StoreDir: dir, Listen: taken.Addr().String(), Logger: zerolog.New(&log),
	})
	if err == nil || !strings.Contains(err.Error(), "start nats server late: ") || !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Fatalf("error %v, want one that names server and port", err)
	}
	if !strings.Contains(log.String(), `"level":"error","server":"late"`) {
		t.Errorf("log has no error line:\n%s", &log)
	}
	mustStart(t, embedded.Options{StoreDir: dir})
}

func TestRefusedOptions(t *testing.T) {
	for name, test := range map[string]struct {
		opts embedded.Options
		want string
	}{
		"no directory":   {embedded.Options{}, "no store directory"},
		"negative limit": {embedded.Options{StoreDir: "x", MaxStore: -1}, "negative limit"},
		"no port":        {embedded.Options{StoreDir: "x", Listen: "127.0.0.1"}, `parse listen address "127.0.0.1"`},
		"named port":     {embedded.Options{StoreDir: "x", Listen: "127.0.0.1:nats"}, "port must be a number"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			_, err := embedded.Start(test.opts)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if _, err := os.Stat("x"); err == nil {
				t.Error("a directory was made for refused options")
			}
		})
	}
}

func TestTemporaryLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := embedded.StartTemporary(embedded.Options{})
	if err != nil {
		t.Fatal(err)
	}
	store(t, mustConnect(t, s))
	if got := entries(t, os.TempDir()); got != 1 {
		t.Errorf("%d directories while the server runs, want 1", got)
	}
	for range 2 {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}
	if got := entries(t, os.TempDir()); got != 0 {
		t.Errorf("%d directories after Stop, want none", got)
	}
	if _, err := embedded.StartTemporary(embedded.Options{StoreDir: "x"}); err == nil {
		t.Error("a temporary server took a given directory")
	}
}

func entries(t *testing.T, dir string) int {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestLimitsAreAlwaysSet(t *testing.T) {
	for name, test := range map[string]struct {
		opts        embedded.Options
		memory, max int64
	}{
		"default": {embedded.Options{}, embedded.DefaultMaxMemory, embedded.DefaultMaxStore},
		"given":   {embedded.Options{MaxMemory: 1 << 20, MaxStore: 2 << 20}, 1 << 20, 2 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			test.opts.StoreDir = t.TempDir()
			js, err := jetstream.New(mustConnect(t, mustStart(t, test.opts)))
			if err != nil {
				t.Fatal(err)
			}
			for storage, limit := range map[jetstream.StorageType]int64{
				jetstream.MemoryStorage: test.memory, jetstream.FileStorage: test.max,
			} {
				cfg := jetstream.StreamConfig{Name: "S", Storage: storage, MaxBytes: limit + 1}
				if _, err := js.CreateStream(t.Context(), cfg); err == nil {
					t.Errorf("a %v stream may reserve more than %d bytes", storage, limit)
				}
				cfg.MaxBytes = limit
				if _, err := js.CreateStream(t.Context(), cfg); err != nil {
					t.Errorf("a %v stream may not reserve %d bytes: %v", storage, limit, err)
				}
				if err := js.DeleteStream(t.Context(), "S"); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestConnectionErrorsReachTheLog(t *testing.T) {
	lines := make(lineWriter, 1)
	s := mustStart(t, embedded.Options{StoreDir: t.TempDir(), Logger: zerolog.New(lines).Level(zerolog.ErrorLevel)})
	nc := mustConnect(t, s)
	hold := make(chan struct{})
	sub, err := nc.Subscribe("slow", func(*nats.Msg) { <-hold })
	if err != nil {
		t.Fatal(err)
	}
	defer close(hold)
	if err := sub.SetPendingLimits(1, -1); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if err := nc.Publish("slow", nil); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case line := <-lines:
		for _, want := range []string{`"server":"autoscaler"`, `"client":"` + t.Name(), `"subject":"slow"`, "slow consumer"} {
			if !strings.Contains(line, want) {
				t.Errorf("line %s lacks %s", line, want)
			}
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no line in the log")
	}
}

// lineWriter hands the first lines of a log to a test and drops the rest.
type lineWriter chan string

func (w lineWriter) Write(p []byte) (int, error) {
	select {
	case w <- string(p):
	default:
	}
	return len(p), nil
}
