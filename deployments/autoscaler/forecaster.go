package main

import (
	"context"

	"github.com/ml-autoscaling/autoscaler/forecaster"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

type forecasterVerb struct{ componentFlags }

// Help describes the verb at length.
func (forecasterVerb) Help() string {
	return `Reads metrics, group events and controls of a realm, publishes one forecast a
round in which a metric came, and answers predictions:

  nats req autoscaling.live.predict.naive '{"group":"ml-predictive-asg","steps":6}'
  curl http://127.0.0.1:5000/predict/naive -d '{"group":"ml-predictive-asg","steps":6}'

The model that a policy names, its forecast.members and what either combines answer
at once; any other one, and more steps than the policy's horizon of a model that
answers any number, is fitted for the request, and may answer 503 until it is.
GET /schema has the JSON schemas.

It learns every policy from the timeline, and gets the weights that one names from
the realm's bucket (see 'autoscaler weights'); while they are not there it waits,
is not ready and names them. All it needs is the address of NATS.
A second forecaster of the same realm takes over, and the first one exits.`
}

// Run forecasts until ctx ends.
func (v forecasterVerb) Run(ctx context.Context, p process) error {
	h, err := v.host(p, "forecaster")
	if err != nil {
		return err
	}
	return h.runs(ctx, orElse(v.Address, h.cfg.Forecaster.Address), (*host).forecaster)
}

// forecaster adds the forecaster, what computes estimates for it, and its
// service.
func (h *host) forecaster() error {
	estimates, err := forecaster.NewEstimates(h.registry)
	if err != nil {
		return err
	}
	h.run(estimates.Run)
	conn, err := h.connect("weights")
	if err != nil {
		return err
	}
	weights := forecaster.NewWeights(conn.js, h.cfg.Realm)
	h.run(func(ctx context.Context) error {
		weights.Leave(ctx, topology.Options{Realm: h.cfg.Realm, Replicas: h.cfg.Timeline.Replicas}, h.log)
		return nil
	})
	runner, publisher, err := h.add(forecaster.NewStage(estimates, weights))
	if err != nil {
		return err
	}
	service, err := forecaster.New(forecaster.Config{Realm: h.cfg.Realm, States: runner, Log: h.log, Registry: h.registry})
	if err != nil {
		return err
	}
	h.route(service.Handle)
	h.run(func(ctx context.Context) error { return service.Serve(ctx, publisher.nc) })
	return nil
}
