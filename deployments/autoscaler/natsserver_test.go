package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// natsUsers are those of deployments/nats/server.conf.
var natsUsers = []string{"ingest", "forecaster", "decider", "actuator", "all", "operator", "client", "admin", "system"}

// natsServer is a server with the configuration that is in the repository, but
// for where it listens and where it keeps streams.
type natsServer struct {
	native *server.Server
	users  []*server.User
	log    *natsLog
}

// startNATS starts it.
func startNATS(t *testing.T) *natsServer {
	t.Helper()
	for _, user := range natsUsers {
		t.Setenv(strings.ToUpper(user)+"_PASSWORD", user+"-secret")
	}
	opts, err := server.ProcessConfigFile("../nats/server.conf")
	if err != nil {
		t.Fatal(err)
	}
	opts.Host, opts.Port, opts.HTTPPort, opts.StoreDir, opts.NoSigs = "127.0.0.1", server.RANDOM_PORT, 0, t.TempDir(), true
	native, err := server.NewServer(opts)
	if err != nil {
		t.Fatal(err)
	}
	s := &natsServer{native: native, users: opts.Users, log: &natsLog{published: map[string]map[string]bool{}}}
	native.SetLoggerV2(s.log, false, true, false)
	native.Start()
	t.Cleanup(func() {
		native.Shutdown()
		native.WaitForShutdown()
	})
	if !native.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

// url is what a user is told.
func (s *natsServer) url(user string) string {
	u, err := url.Parse(s.native.ClientURL())
	if err != nil {
		panic(err)
	}
	u.User = url.UserPassword(user, user+"-secret")
	return u.String()
}

// run runs a component as its user.
func (s *natsServer) run(ctx context.Context, errs io.Writer, verb string, args ...string) int {
	p := process{stdout: io.Discard, stderr: errs, env: func(string) string { return "" }}
	return run(ctx, p, append([]string{verb, "--nats-url", s.url(verb)}, args...))
}

// connect connects as a user, whose replies come where the server lets them.
func (s *natsServer) connect(t *testing.T, user string, more ...nats.Option) connection {
	t.Helper()
	if user == "client" || user == "admin" {
		more = append(more, nats.CustomInboxPrefix("_INBOX"))
	}
	c, err := target{url: s.url(user)}.connect("test", zerolog.Nop(), append(more, inbox(user))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.nc.Close)
	return c
}

// awaitStream waits until the timeline is there.
func (s *natsServer) awaitStream(ctx context.Context, t *testing.T) {
	t.Helper()
	js := s.connect(t, "admin").js
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := js.Stream(ctx, streams.StreamName(streams.Live)); err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("there is no stream")
		}
	}
}

// natsLog keeps what a server says of violations, and who published what.
type natsLog struct {
	mu         sync.Mutex
	violations []string
	published  map[string]map[string]bool // by user
}

func (l *natsLog) take(format string, args ...any) {
	if line := fmt.Sprintf(format, args...); strings.Contains(line, "iolation") {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.violations = append(l.violations, line)
	}
}

// publishedLine is how a server traces what a user publishes.
var publishedLine = regexp.MustCompile(`/user:(\w+)".*<<- \[H?PUB (\S+)`)

// Tracef takes what a client sent.
func (l *natsLog) Tracef(format string, args ...any) {
	found := publishedLine.FindStringSubmatch(fmt.Sprintf(format, args...))
	if found == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.published[found[1]] == nil {
		l.published[found[1]] = map[string]bool{}
	}
	l.published[found[1]][found[2]] = true
}

func (l *natsLog) Noticef(format string, args ...any) { l.take(format, args...) }
func (l *natsLog) Warnf(format string, args ...any)   { l.take(format, args...) }
func (l *natsLog) Fatalf(format string, args ...any)  { l.take("violation: "+format, args...) }
func (l *natsLog) Errorf(format string, args ...any)  { l.take(format, args...) }
func (l *natsLog) Debugf(string, ...any)              {}

// said gives the violations so far.
func (l *natsLog) said() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.violations...)
}

// did says whether a user published on a subject that a permission allows.
func (l *natsLog) did(user, allowed string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for subject := range l.published[user] {
		if server.SubjectMatchesFilter(subject, allowed) {
			return true
		}
	}
	return false
}
