package main

import (
	"context"

	"github.com/ml-autoscaling/autoscaler/forecaster"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
)

type forecasterVerb struct{ componentFlags }

// Help describes the verb at length.
func (forecasterVerb) Help() string {
	return `Reads metrics, group events and controls of a realm, publishes one forecast a
round in which a metric came, and answers predictions:

  nats req autoscaling.live.predict.naive '{"group":"ml-predictive-asg","steps":6}'

The model that a policy names and its forecast.members answer at once; any other
one is fitted for the request, and may answer 503 until it is.

It learns every policy from the timeline: all it needs is the address of NATS.
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
	runner, publisher, err := h.add(fold.Stage{Estimates: estimates})
	if err != nil {
		return err
	}
	h.run(func(ctx context.Context) error {
		return forecaster.Serve(ctx, publisher.nc, h.cfg.Realm, runner, h.log)
	})
	return nil
}
