package servertest

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/ml-autoscaling/autoscaler/streams/embedded"
)

// reconnectWait is the pause between two attempts to reach a stopped server.
const reconnectWait = 5 * time.Millisecond

// Persistent is a server that can be stopped and started again on the same
// directory, in the middle of a test. Connections made with its Connect, in
// contrast to those made with the server's own, reconnect after a restart.
type Persistent struct {
	t    testing.TB
	opts embedded.Options

	mu     sync.Mutex
	server *embedded.Server
}

// NewPersistent starts a server that is reachable from this process only.
func NewPersistent(t testing.TB) *Persistent {
	t.Helper()
	p := &Persistent{t: t, opts: options(t)}
	p.server = start(t, p.opts)
	return p
}

// Server returns the server that runs now, or ran last.
func (p *Persistent) Server() *embedded.Server {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.server
}

// Stop ends the server and keeps the directory.
func (p *Persistent) Stop() {
	p.t.Helper()
	stop(p.t, p.Server())
}

// Restart ends the server, if it still runs, and starts a new one on the same
// directory. Streams in memory are lost, as they would be elsewhere.
func (p *Persistent) Restart() {
	p.t.Helper()
	p.Stop()
	s := start(p.t, p.opts)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server = s
}

// Connect opens a connection that follows the restarts of the server and tries
// every few milliseconds while there is none. It is closed when the test ends.
func (p *Persistent) Connect(opts ...nats.Option) *nats.Conn {
	p.t.Helper()
	own := []nats.Option{
		nats.InProcessServer(p),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectWait),
		nats.ReconnectJitter(0, 0),
	}
	return Connect(p.t, p.Server(), append(own, opts...)...)
}

// InProcessConn connects to the server that runs now.
func (p *Persistent) InProcessConn() (net.Conn, error) {
	return p.Server().InProcessConn()
}
