package main

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// lookedAt is a realm on a server that verbs reach by its URL.
type lookedAt struct {
	t     *testing.T
	realm string
	url   string
	js    jetstream.JetStream
}

// newLookedAt plays players in a new realm.
func newLookedAt(t *testing.T, players ...sim.Player) *lookedAt {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	server := servertest.NewListening(t)
	pipe := &pipeline{server: server, realm: "trial", log: zerolog.Nop()}
	t.Cleanup(func() {
		for _, nc := range pipe.conns {
			nc.Close()
		}
	})
	publish, read, err := pipe.pair("replay")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := topology.Ensure(ctx, publish, topology.Options{Realm: pipe.realm, Storage: topology.Memory}); err != nil {
		t.Fatal(err)
	}
	driver := replay.Driver{Realm: pipe.realm, Publisher: publish, Reader: read, Timeout: time.Minute, Log: zerolog.Nop()}
	if err := pipe.run(ctx, func(ctx context.Context) error { return driver.Run(ctx, players) }); err != nil {
		t.Fatal(err)
	}
	return &lookedAt{t: t, realm: pipe.realm, url: server.ClientURL(), js: publish}
}

// publish stores events as no stage would.
func (l *lookedAt) publish(events ...streams.Event) {
	l.t.Helper()
	for _, ev := range events {
		msg, err := topology.Message(l.realm, ev)
		if err != nil {
			l.t.Fatal(err)
		}
		if _, err := l.js.PublishMsg(l.t.Context(), msg); err != nil {
			l.t.Fatal(err)
		}
	}
}

// run runs a verb on the realm.
func (l *lookedAt) run(args ...string) (code int, stdout, stderr string) {
	l.t.Helper()
	return runVerb(l.t, append(args, "--realm", l.realm, "--nats-url", l.url)...)
}

// lookup reads the realm.
func (l *lookedAt) lookup() lookup {
	l.t.Helper()
	look, err := newLookup(l.t.Context(), connection{nc: l.js.Conn(), js: l.js}, l.realm)
	if err != nil {
		l.t.Fatal(err)
	}
	return look
}

// runVerb runs the binary's command line in this process, in an empty
// environment.
func runVerb(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	code = run(ctx, process{stdout: &out, stderr: &errs, env: func(string) string { return "" }}, args)
	return code, out.String(), errs.String()
}

func group(name string) streams.GroupID {
	return streams.GroupID{Scope: "eu-west-1", Group: name}
}
