package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// checkTimeout bounds what a check asks of AWS.
const checkTimeout = 90 * time.Second

type checkVerb struct {
	connectFlags
	Realm   string `placeholder:"NAME" help:"Realm of the timeline; before the configuration (default live)."`
	Offline bool   `help:"Only read the configuration; ask neither NATS nor AWS."`
	File    string `arg:"" help:"The configuration."`
}

// Help describes the verb at length.
func (checkVerb) Help() string {
	return `Reads the configuration, looks whether NATS and the timeline are there and as
they have to be, and polls AWS once as 'autoscaler ingest' would, with nothing
stored: of each group it shows the Auto Scaling group, its size, the load now,
the period, and what polling it costs per month at AWS and on the timeline.
Where actuator.mode is desired it tries what the actuator reads, as the
actuator's role, and shows whether each group is attached in mode desired; that
is missing where the policy's mode is desired too. In the table MODE is the
policy's, with that of the tag beside it where that differs.
Missing permissions are named by their IAM action. It writes nothing anywhere;
the poll itself costs a fraction of a cent.

Everything is tried, also where something else failed. It exits with 1 where
something is missing. A timeline that is not there yet is not: the first
component makes it. Nor is a server that nobody names: 'autoscaler all' brings
its own.

With --offline it asks nobody, and says only whether the configuration can be
read, how many groups it names, and whether there is a scope to poll.`
}

// Run checks.
func (v checkVerb) Run(ctx context.Context, p process) error {
	flags := componentFlags{connectFlags: v.connectFlags, Config: v.File, Realm: v.Realm}
	cfg, log, err := flags.load(p)
	if err != nil {
		return err
	}
	c := &checkup{cfg: cfg, w: p.stdout}
	c.fine("config", "%s: realm %s, %d groups, %d scopes, discovery %s", v.File, cfg.Realm, len(cfg.Groups), len(cfg.Ingest.Scopes), onOff(cfg.Ingest.Discover))
	if v.Offline {
		c.polled()
	} else {
		c.nats(ctx, v.resolve(p.env, cfg.NATS), log)
		c.aws(ctx)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch c.faults {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("check %s: something is missing", v.File)
	}
	return fmt.Errorf("check %s: %d things are missing", v.File, c.faults)
}

// checkup is a check on its way.
type checkup struct {
	cfg    config.Config
	w      io.Writer
	faults int
}

// fine tells what is as it should be.
func (c *checkup) fine(what, format string, args ...any) { c.line("ok", what, format, args...) }

// fault tells what is missing.
func (c *checkup) fault(what, format string, args ...any) {
	c.faults++
	c.line("MISSING", what, format, args...)
}

func (c *checkup) line(mark, what, format string, args ...any) {
	fmt.Fprintf(c.w, "%-8s %-9s %s\n", mark, what, fmt.Sprintf(format, args...))
}

// nats looks for the server and the stream.
func (c *checkup) nats(ctx context.Context, to target, log zerolog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	conn, err := to.connect("autoscaler check", log)
	if errors.Is(err, nats.ErrNoServers) && to.url == "" && to.context == "" {
		c.line("note", "nats", "no server is named, and none answers: 'autoscaler all' brings its own, other components want nats.url")
		return
	}
	if err != nil {
		c.fault("nats", "%v", err)
		return
	}
	defer conn.nc.Close()
	account, err := conn.js.AccountInfo(ctx)
	if err != nil {
		c.fault("nats", "%s, version %s: JetStream: %v", conn.nc.ConnectedUrlRedacted(), conn.nc.ConnectedServerVersion(), err)
		return
	}
	c.fine("nats", "%s, version %s, JetStream API level %d", conn.nc.ConnectedUrlRedacted(), conn.nc.ConnectedServerVersion(), account.API.Level)
	c.stream(ctx, conn, account)
}

// stream looks whether the stream is as it has to be.
func (c *checkup) stream(ctx context.Context, conn connection, account *jetstream.AccountInfo) {
	name := streams.StreamName(c.cfg.Realm)
	_, err := conn.js.Stream(ctx, name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		c.fine("timeline", "there is no stream %s yet: the first component makes it", name)
		return
	}
	// It is there, so that Ensure makes none.
	stream, err := topology.Ensure(ctx, conn.js, topology.Options{
		Realm: c.cfg.Realm, Replicas: c.cfg.Timeline.Replicas, MaxBytes: c.cfg.Timeline.MaxBytes,
	})
	if err != nil {
		c.fault("timeline", "%v", err)
		return
	}
	info := stream.CachedInfo()
	limit := info.Config.MaxBytes
	if limit <= 0 {
		limit = account.Limits.MaxStore
	}
	used := float64(info.State.Bytes)
	text := fmt.Sprintf("stream %s: %d messages, %s", name, info.State.Msgs, bytesOf(used))
	switch {
	case limit <= 0:
		c.fine("timeline", "%s, no limit", text)
	case used > 0.8*float64(limit):
		c.fault("timeline", "%s of at most %s: room. At the limit everything stops", text, bytesOf(float64(limit)))
	default:
		c.fine("timeline", "%s of at most %s", text, bytesOf(float64(limit)))
	}
}

// scopes gives the names of the scopes in order.
func (c *checkup) scopes() []string { return slices.Sorted(maps.Keys(c.cfg.Ingest.Scopes)) }

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// bytesOf writes a size for people.
func bytesOf(n float64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.3g GB", n/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.3g MB", n/1e6)
	}
	return fmt.Sprintf("%.3g kB", n/1e3)
}
