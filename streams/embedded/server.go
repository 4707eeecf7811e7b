// Package embedded runs a nats-server with JetStream inside this process. The
// rest of the program meets it through an ordinary *nats.Conn and cannot tell
// it from a cluster elsewhere.
//
//	s, err := embedded.Start(embedded.Options{StoreDir: "/var/lib/autoscaler", Listen: "127.0.0.1:4222"})
//	...
//	defer s.Stop()
//	nc, err := s.Connect("forecaster")
//
// What holds:
//
//  1. When Start returns a server, that server accepts connections and has
//     recovered every stream in its directory.
//  2. When Start returns an error, nothing of the server is left running.
//  3. A directory is used by one server at a time: a second Start on it, from
//     this or another process, is refused before it has touched a stream.
//  4. The server never ends the process and installs no signal handler. What
//     it calls fatal is an error of Start, or arrives on Fatal afterwards.
//  5. Memory and disk are always limited, and always in the given directory.
//  6. Any number of servers run side by side in one process.
//
// Not to be assumed: that the server has credentials or TLS (it has neither,
// see Options.Listen); that it is part of a cluster; that connections are
// drained by Stop, which cuts them. Guarantee 3 holds on Linux, macOS and the
// BSDs, elsewhere the user has to see to it.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/rs/zerolog"
)

const (
	// readyTimeout bounds the wait between the end of recovery, which takes
	// as long as the streams are large, and the first healthy answer.
	readyTimeout = 10 * time.Second

	// stopTimeout bounds Stop. A server with hundreds of thousands of
	// messages ends within some 10 ms.
	stopTimeout = 30 * time.Second

	healthInterval = 2 * time.Millisecond
)

// ErrInUse is the cause of Start's error when another server has the store
// directory.
var ErrInUse = errors.New("directory is in use by another server")

// Server is one running nats-server. Its methods may be called from any
// goroutine.
type Server struct {
	name      string
	listening bool
	temporary string // directory that Stop removes, or empty
	native    *server.Server
	lock      *storeLock
	log       zerolog.Logger
	fatal     chan error

	stop    sync.Once
	stopErr error
}

// Start runs a server on opts.StoreDir and returns when it is ready.
func Start(opts Options) (*Server, error) {
	s, err := start(opts)
	if err != nil {
		return nil, fmt.Errorf("start nats server %s: %w", opts.name(), err)
	}
	return s, nil
}

// StartTemporary is Start on a new directory among the system's temporary
// files that Stop removes again: for streams in memory, and for file streams
// that nobody will miss. opts.StoreDir must be empty.
func StartTemporary(opts Options) (*Server, error) {
	if opts.StoreDir != "" {
		return nil, fmt.Errorf("start nats server %s: a temporary server takes no store directory", opts.name())
	}
	dir, err := os.MkdirTemp("", "autoscaler-nats-")
	if err != nil {
		return nil, fmt.Errorf("start nats server %s: %w", opts.name(), err)
	}
	opts.StoreDir = dir
	s, err := Start(opts)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.temporary = dir
	return s, nil
}

func start(opts Options) (*Server, error) {
	native, err := opts.native()
	if err != nil {
		return nil, err
	}
	lock, err := lockStore(opts.StoreDir)
	if err != nil {
		return nil, err
	}
	ns, err := server.NewServer(native)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	log := opts.Logger.With().Str("server", opts.name()).Logger()
	bridge := &logBridge{log: log, fatal: make(chan error, 1)}
	ns.SetLoggerV2(bridge, bridge.wantsDebug(), false, false)
	s := &Server{
		name:      opts.name(),
		listening: !native.DontListen,
		native:    ns,
		lock:      lock,
		log:       log,
		fatal:     bridge.fatal,
	}
	ns.Start()
	if err := s.awaitReady(); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// awaitReady returns nil once the server accepts connections and calls itself
// healthy, or what it called fatal, or what is missing at the deadline.
func (s *Server) awaitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), readyTimeout)
	defer cancel()
	tick := time.NewTicker(healthInterval)
	defer tick.Stop()
	for {
		select {
		case err := <-s.fatal:
			return err
		default:
		}
		health := s.native.Healthz(&server.HealthzOptions{})
		if health.Status == "ok" && s.native.ReadyForConnections(healthInterval) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("not ready after %v: %s %s", readyTimeout, health.Status, health.Error)
		}
	}
}

// Connect opens a connection inside the process, without a socket. name is
// what `nats server report connections` shows. Asynchronous errors of the
// connection, slow consumers and permission violations among them, go to
// Options.Logger; opts are applied last and may change that and all else.
// The caller closes the connection.
func (s *Server) Connect(name string, opts ...nats.Option) (*nats.Conn, error) {
	own := []nats.Option{nats.Name(name), nats.InProcessServer(s), nats.ErrorHandler(s.logAsync)}
	nc, err := nats.Connect("", append(own, opts...)...)
	if err != nil {
		return nil, fmt.Errorf("connect %s to nats server %s: %w", name, s.name, err)
	}
	return nc, nil
}

// InProcessConn returns the near end of a new connection. It makes a Server
// usable with nats.InProcessServer; most callers want Connect.
func (s *Server) InProcessConn() (net.Conn, error) {
	return s.native.InProcessConn()
}

func (s *Server) logAsync(nc *nats.Conn, sub *nats.Subscription, err error) {
	event := s.log.Error().Err(err).Str("client", nc.Opts.Name)
	if sub != nil {
		event = event.Str("subject", sub.Subject)
	}
	event.Msg("nats connection reports an error")
}

// Name returns the name of the server.
func (s *Server) Name() string {
	return s.name
}

// ClientURL returns the URL for clients outside this process, for instance
// nats://127.0.0.1:4222, or the empty string when the server does not listen.
func (s *Server) ClientURL() string {
	if !s.listening {
		return ""
	}
	return s.native.ClientURL()
}

// Fatal delivers the first condition that the server calls fatal after Start,
// for instance a lost listener. The server may still run then, but is not to be
// relied upon: the process that owns it should stop. The channel is never
// closed.
func (s *Server) Fatal() <-chan error {
	return s.fatal
}

// Stop cuts all connections, writes the streams out and ends the server. It
// returns when the server has ended, with an error if that took more than half
// a minute or if a temporary directory could not be removed. Further calls
// return what the first one did.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		if err := s.shutDown(); err != nil {
			s.stopErr = fmt.Errorf("stop nats server %s: %w", s.name, err)
		}
	})
	return s.stopErr
}

func (s *Server) shutDown() error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.native.Shutdown()
		s.native.WaitForShutdown()
	}()
	timer := time.NewTimer(stopTimeout)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		// The lock stays: the server may still write.
		return fmt.Errorf("still running after %v", stopTimeout)
	}
	err := s.lock.release()
	if s.temporary != "" {
		err = errors.Join(err, os.RemoveAll(s.temporary))
	}
	return err
}
