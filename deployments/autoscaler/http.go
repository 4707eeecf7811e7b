package main

import (
	"context"
	"errors"
	"fmt"
	stdlog "log"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"
)

// newRegistry makes a registry with what every Go process exports.
func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

const (
	// A client that is slower than these is cut off.
	headerTimeout   = 5 * time.Second
	requestTimeout  = 10 * time.Second
	responseTimeout = time.Minute // a prediction may wait for a model that is being fitted
	idleTimeout     = 2 * time.Minute
	// shutdownGrace is how long the answers of what came may take at the end:
	// those of the forecaster at most 3 s.
	shutdownGrace  = 5 * time.Second
	mostHeaderSize = 16 << 10 // bytes
)

// listen opens an address. At an empty one there is no listener.
func listen(address string) (net.Listener, error) {
	if address == "" {
		return nil, nil
	}
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s: %w: 'ss -ltnp' names the process that has it; end that, or give another address", address, syscall.EADDRINUSE)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return listener, nil
}

// serveHTTP serves a handler until ctx ends. Without a listener it serves nothing.
func serveHTTP(ctx context.Context, listener net.Listener, log zerolog.Logger, handler http.Handler) error {
	if listener == nil {
		<-ctx.Done()
		return nil
	}
	address := listener.Addr().String()
	log.Debug().Str("address", address).Msg("serving http")
	if err := serveOn(ctx, newServer(handler, log), listener, shutdownGrace); err != nil {
		return fmt.Errorf("serve http on %s: %w", address, err)
	}
	return nil
}

func newServer(handler http.Handler, log zerolog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout, WriteTimeout: responseTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: mostHeaderSize, ErrorLog: stdlog.New(log.With().Str("level", "error").Logger(), "", 0),
	}
}

// serveOn serves until ctx ends, and then for as long as it takes to answer what
// came, at most the grace.
func serveOn(ctx context.Context, server *http.Server, listener net.Listener, grace time.Duration) error {
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // a slow client is no failure of ours
	}
	if served := <-stopped; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
