package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/streams/embedded"
)

// maxMemory bounds the memory streams of an embedded server, in bytes; the
// timeline lies on disk.
const maxMemory = 256 << 20

type allVerb struct {
	componentFlags
	Store  string  `placeholder:"DIR" help:"Directory of the timeline; before the configuration."`
	Listen *string `placeholder:"HOST:PORT" help:"Where the embedded server answers 'nats req', empty for nowhere; before the configuration."`
}

// Help describes the verb at length.
func (allVerb) Help() string {
	return `Ingest, forecaster, decider and actuator in one process, with an embedded NATS
server that keeps the timeline in --store. With a --nats flag it runs them on
that server instead. The embedded server checks no credentials: leave it on
loopback.

What it may do to a group: nothing, unless actuator.mode is desired, the group's
mode is too, and the group is attached in mode desired (see 'autoscaler actuator
--help'). At AWS it needs cloudwatch:GetMetricData and
autoscaling:DescribeAutoScalingGroups; in mode desired also
autoscaling:DescribeScalingActivities, DescribeInstanceRefreshes and
SetDesiredCapacity, as the role of actuator.scopes where that names one; with
actuator.heartbeat cloudwatch:PutMetricData; and sts:AssumeRole for every role.
'autoscaler aws policy all' prints the IAM policy.`
}

// Run runs everything until ctx ends.
func (v allVerb) Run(ctx context.Context, p process) error {
	h, err := v.host(p, "all")
	if err != nil {
		return err
	}
	if v.NatsURL == "" && v.NatsContext == "" {
		server, err := v.server(h)
		if err != nil {
			return err
		}
		defer func() {
			if err := server.Stop(); err != nil {
				h.log.Error().Err(err).Msg("embedded server did not stop cleanly")
			}
		}()
	}
	return h.runs(ctx, orElse(v.Address, h.cfg.All.Address), (*host).forecaster, (*host).decider,
		func(h *host) error { return h.actuator(ctx, ingest.WallClock{}.Now) },
		func(h *host) error { return h.ingest(ctx, ingest.WallClock{}) },
		func(h *host) error { return h.heartbeat(ctx, ingest.WallClock{}) })
}

// server starts the embedded server, and lets the host connect to it.
func (v allVerb) server(h *host) (*embedded.Server, error) {
	store, err := storeDir(h.env, v.Store, h.cfg.All.Store)
	if err != nil {
		return nil, err
	}
	server, err := embedded.Start(embedded.Options{
		StoreDir: store, Listen: orElse(v.Listen, h.cfg.All.Listen), MaxMemory: maxMemory, SyncAlways: true, Logger: h.log,
	})
	if err != nil {
		return nil, err
	}
	h.embed(server)
	h.log.Info().Str("store", store).Str("server", h.server).Msg("embedded server runs")
	return server, nil
}

// embed lets the host connect to a server in this process.
func (h *host) embed(server *embedded.Server) {
	h.server = cmp.Or(server.ClientURL(), "in this process, listens nowhere")
	h.dial = func(name string) (connection, error) {
		nc, err := server.Connect("autoscaler "+name, connectionEvents(h.log)...)
		if err != nil {
			return connection{}, err
		}
		js, err := jetstream.New(nc)
		return connection{nc, js}, err
	}
	h.run(func(ctx context.Context) error {
		select {
		case err := <-server.Fatal():
			return fmt.Errorf("embedded server: %w", err)
		case <-ctx.Done():
			return nil
		}
	})
}

// storeDir picks the first directory that is named: by flag, file, systemd's
// StateDirectory, and below the user's state directory.
func storeDir(env func(string) string, named ...string) (string, error) {
	for _, dir := range append(named, env("STATE_DIRECTORY")) {
		if dir != "" {
			return dir, nil
		}
	}
	if state := env("XDG_STATE_HOME"); state != "" {
		return filepath.Join(state, "autoscaler", "nats"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("all.store: is missing, and there is no home directory to choose one in")
	}
	return filepath.Join(home, ".local", "state", "autoscaler", "nats"), nil
}
