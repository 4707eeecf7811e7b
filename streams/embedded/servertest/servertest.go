// Package servertest gives a test a real JetStream server of its own.
//
//	s := servertest.New(t)
//	nc := servertest.Connect(t, s)
//
// A server takes about 3 ms to start and stop, so every test and subtest has
// its own and none shares a stream with another. The server keeps its streams
// in t.TempDir, is stopped when the test ends, and a test whose server cannot
// be started or stopped fails. Warnings and errors of the server and of its
// connections are in the test's log.
//
// Do not use it inside testing/synctest: a real server waits on real pipes and
// timers there for ever.
package servertest

import (
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams/embedded"
)

// New starts a server that is reachable from this process only.
func New(t testing.TB) *embedded.Server {
	t.Helper()
	return start(t, options(t))
}

// NewListening starts a server that also listens on a free loopback port, for
// tests with child processes. Its address is ClientURL.
func NewListening(t testing.TB) *embedded.Server {
	t.Helper()
	opts := options(t)
	opts.Listen = "127.0.0.1:0"
	return start(t, opts)
}

// Connect opens a connection to s under the name of the test and closes it when
// the test ends.
func Connect(t testing.TB, s *embedded.Server, opts ...nats.Option) *nats.Conn {
	t.Helper()
	nc, err := s.Connect(t.Name(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// options are limits that no test reaches by intent, and a log that says only
// what went wrong.
func options(t testing.TB) embedded.Options {
	return embedded.Options{
		ServerName: "test",
		StoreDir:   t.TempDir(),
		MaxMemory:  256 << 20,
		MaxStore:   1 << 30,
		Logger:     zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.WarnLevel),
	}
}

func start(t testing.TB, opts embedded.Options) *embedded.Server {
	t.Helper()
	s, err := embedded.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t testing.TB, s *embedded.Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}
