package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded"
)

// minutes is a clock on which a minute passes with each wait, and for which each
// waits until it is told to go on.
type minutes struct {
	now time.Time
	on  chan struct{}
}

func (m *minutes) Now() time.Time { return m.now }

func (m *minutes) Wait(ctx context.Context, until time.Time) error {
	select {
	case <-m.on:
		m.now = until
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// The heartbeat is that of all components of the process, in realm live.
func TestHeartbeatOfTheProcess(t *testing.T) {
	sim := simulated(t, awssimVerb{})
	var log strings.Builder
	h := &host{cfg: config.Default(), log: zerolog.New(&log), registry: newRegistry()}
	h.cfg.Ingest.Scopes = map[string]config.Scope{"prod": {Region: "eu-west-1"}}
	clock := &minutes{now: time.Now().UTC(), on: make(chan struct{})}
	add := func() {
		t.Helper()
		if err := h.heartbeat(t.Context(), clock); err != nil {
			t.Fatal(err)
		}
	}
	add()
	h.cfg.Actuator.Heartbeat = config.Heartbeat{Scope: "prod", Name: "controller"}
	h.cfg.Realm = "trial"
	add()
	if len(h.tasks) > 0 || !strings.Contains(log.String(), "no heartbeat") {
		t.Fatalf("%d tasks: %s", len(h.tasks), &log)
	}
	h.cfg.Realm = streams.Live
	add()
	var notReady error
	h.ready = append(h.ready, func() error { return nil }, func() error { return notReady }) // as components added later
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.tasks[0](ctx) }()
	clock.on <- struct{}{} // each is taken once the beat before it is done
	clock.on <- struct{}{}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	beats := len(sim.PutData())
	if beats == 0 {
		t.Fatalf("no beat: %s", &log)
	}
	if d := sim.PutData()[0]; *d.MetricName != "Heartbeat" || *d.Dimensions[0].Value != "controller" {
		t.Errorf("put %+v", d.MetricDatum)
	}
	notReady = errors.New("the lease is lost")
	ctx, stop = context.WithCancel(t.Context())
	go func() { ended <- h.tasks[0](ctx) }()
	clock.on <- struct{}{}
	clock.on <- struct{}{}
	stop()
	<-ended
	if n := len(sim.PutData()); n != beats || !strings.Contains(log.String(), "the lease is lost") {
		t.Errorf("%d beats, want %d: %s", n, beats, &log)
	}
}

// The heartbeat is put as the actuator of its scope.
func TestHeartbeatIsTheActuators(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/writer"
	sim := simulated(t, awssimVerb{})
	var log strings.Builder
	h := &host{cfg: config.Default(), log: zerolog.New(&log), registry: newRegistry()}
	h.cfg.Ingest.Scopes = map[string]config.Scope{"prod": {Region: "eu-west-1"}}
	h.cfg.Actuator.Scopes = map[string]config.Role{"prod": {RoleARN: role}}
	h.cfg.Actuator.Heartbeat = config.Heartbeat{Scope: "prod", Name: "controller"}
	clock := &minutes{now: time.Now().UTC(), on: make(chan struct{})}
	if err := h.heartbeat(t.Context(), clock); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.tasks[0](ctx) }()
	clock.on <- struct{}{}
	clock.on <- struct{}{}
	stop()
	<-ended
	if n := len(sim.PutData()); n > 0 || !strings.Contains(log.String(), "assume role "+role) {
		t.Errorf("%d beats without the role: %s", n, &log)
	}
}

// What is logged of the embedded server is where it answers.
func TestWhereTheServerIs(t *testing.T) {
	for listen, want := range map[string]string{"": "in this process, listens nowhere", "127.0.0.1:0": "nats://127.0.0.1:"} {
		server, err := embedded.StartTemporary(embedded.Options{Listen: listen, Logger: zerolog.Nop()})
		if err != nil {
			t.Fatal(err)
		}
		h := &host{log: zerolog.Nop()}
		h.embed(server)
		if !strings.HasPrefix(h.server, want) || h.server == "nats://127.0.0.1:4222" {
			t.Errorf("listening on %q it is %q", listen, h.server)
		}
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	}
}
