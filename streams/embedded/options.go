package embedded

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/rs/zerolog"
)

// Defaults of the options that may be left zero.
const (
	DefaultServerName = "autoscaler"
	DefaultHost       = "127.0.0.1"
	DefaultMaxMemory  = 256 << 20 // bytes
	DefaultMaxStore   = 16 << 30  // bytes
)

// Options say how one server runs. Only StoreDir has no default.
type Options struct {
	// ServerName names the server in its own log lines, in INFO and in
	// `nats server list`. Empty means DefaultServerName.
	ServerName string

	// Listen is the address for clients outside this process, as host:port.
	// Empty opens no socket at all: the server is then reachable through
	// Connect only. Port 0 picks a free port, which ClientURL reports. An
	// empty host means DefaultHost, never all interfaces: this server checks
	// no credentials, so whoever reaches its port may do everything.
	Listen string

	// StoreDir is the directory of the streams, created when missing. One
	// server at a time may use it. StartTemporary chooses its own.
	StoreDir string

	// MaxMemory and MaxStore bound what all memory streams and all file
	// streams may hold, in bytes. Zero means DefaultMaxMemory and
	// DefaultMaxStore; there is no way to leave them unlimited.
	MaxMemory int64
	MaxStore  int64

	// SyncAlways makes an acknowledged message survive a crash of the
	// operating system, not of this process only.
	SyncAlways bool

	// Logger receives what the server says: warnings and errors at their own
	// level, its notices at debug, its debug lines at trace. The zero value
	// discards everything.
	Logger zerolog.Logger
}

// native translates the options into those of nats-server, or says what is
// wrong with them.
func (o Options) native() (*server.Options, error) {
	if o.StoreDir == "" {
		return nil, errors.New("no store directory given")
	}
	if o.MaxMemory < 0 || o.MaxStore < 0 {
		return nil, fmt.Errorf("negative limit: memory %d bytes, store %d bytes", o.MaxMemory, o.MaxStore)
	}
	n := &server.Options{
		ServerName:             o.name(),
		DontListen:             o.Listen == "",
		Host:                   DefaultHost,
		NoSigs:                 true,
		JetStream:              true,
		DisableJetStreamBanner: true,
		StoreDir:               o.StoreDir,
		JetStreamMaxMemory:     cmp.Or(o.MaxMemory, DefaultMaxMemory),
		JetStreamMaxStore:      cmp.Or(o.MaxStore, DefaultMaxStore),
		SyncAlways:             o.SyncAlways,
	}
	if n.DontListen {
		return n, nil
	}
	host, port, err := splitListen(o.Listen)
	if err != nil {
		return nil, err
	}
	n.Host, n.Port = host, port
	return n, nil
}

func (o Options) name() string {
	return cmp.Or(o.ServerName, DefaultServerName)
}

// splitListen returns host and port in nats-server's terms, where a random
// port is -1 because 0 stands for 4222.
func splitListen(listen string) (string, int, error) {
	host, text, err := net.SplitHostPort(listen)
	if err != nil {
		return "", 0, fmt.Errorf("parse listen address %q: %w", listen, err)
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("parse listen address %q: port must be a number from 0 to 65535", listen)
	}
	if port == 0 {
		return cmp.Or(host, DefaultHost), server.RANDOM_PORT, nil
	}
	return cmp.Or(host, DefaultHost), int(port), nil
}
