package main

import (
	"context"

	"github.com/ml-autoscaling/autoscaler/decider/policy"
)

type deciderVerb struct{ componentFlags }

// Help describes the verb at length.
func (deciderVerb) Help() string {
	return `Reads metrics, group events, controls, forecasts and outcomes of a realm, and
publishes exactly one decision a round and group. It learns every policy from
the timeline: all it needs is the address of NATS.

A second decider of the same realm takes over, and the first one exits.`
}

// Run decides until ctx ends.
func (v deciderVerb) Run(ctx context.Context, p process) error {
	h, err := v.host(p, "decider")
	if err != nil {
		return err
	}
	return h.runs(ctx, orElse(v.Address, h.cfg.Decider.Address), (*host).decider)
}

// decider adds the decider.
func (h *host) decider() error {
	_, _, err := h.add(policy.Stage{})
	return err
}
