package main

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/ml-autoscaling/autoscaler/decider/policy"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// stages are the folds that a pipeline in one process runs, in the order in
// which an event passes them, with weights beside the embedded ones.
func stages(weights ...*lstm.Weights) []streams.Stage {
	return []streams.Stage{fold.Stage{Weights: shelf(weights).get}, policy.Stage{}}
}

// pipeline is a private server with a realm's stream.
type pipeline struct {
	server *embedded.Server
	realm  string
	log    zerolog.Logger
	conns  []*nats.Conn
	// weights are those that policies may name beside the embedded ones.
	weights shelf
}

// newPipeline starts a server that nobody else can reach, and makes the
// realm's stream on it.
func newPipeline(ctx context.Context, realm string, storage topology.Storage, log zerolog.Logger) (*pipeline, error) {
	const memory = 8 << 30 // bytes; a bound, not a reservation
	server, err := embedded.StartTemporary(embedded.Options{MaxMemory: memory, Logger: log})
	if err != nil {
		return nil, err
	}
	p := &pipeline{server: server, realm: realm, log: log}
	js, err := p.connect("setup")
	if err == nil {
		_, err = topology.Ensure(ctx, js, topology.Options{Realm: realm, Storage: storage, Log: log})
	}
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// connect opens a connection of its own.
func (p *pipeline) connect(name string) (jetstream.JetStream, error) {
	nc, err := p.server.Connect(name, connectionEvents(p.log)...)
	if err != nil {
		return nil, fmt.Errorf("connect %s: %w", name, err)
	}
	p.conns = append(p.conns, nc)
	return jetstream.New(nc)
}

// pair opens a connection to publish on and one to read on.
func (p *pipeline) pair(name string) (publish, read jetstream.JetStream, err error) {
	if publish, err = p.connect(name); err != nil {
		return nil, nil, err
	}
	read, err = p.connect(name + " reader")
	return publish, read, err
}

// run runs every stage beside drive, until drive returns and the stages have
// committed what they folded.
func (p *pipeline) run(ctx context.Context, drive func(context.Context) error) error {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	group, inner := errgroup.WithContext(inner)
	for _, stage := range stages(p.weights...) {
		publish, read, err := p.pair(stage.Name())
		if err != nil {
			return err
		}
		runner, err := partition.New(partition.Config{Realm: p.realm, Stage: stage, Owner: stage.Name(), Log: p.log}, publish, read)
		if err != nil {
			return err
		}
		group.Go(func() error { return runner.Run(inner) })
	}
	group.Go(func() error {
		defer stop()
		return drive(inner)
	})
	return group.Wait()
}

// close ends the connections and the server.
func (p *pipeline) close() {
	for _, nc := range p.conns {
		nc.Close()
	}
	if err := p.server.Stop(); err != nil {
		p.log.Error().Err(err).Msg("embedded server did not stop cleanly")
	}
}
