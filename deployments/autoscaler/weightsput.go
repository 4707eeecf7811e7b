package main

import (
	"context"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

type weightsPutVerb struct {
	realmFlags
	File string `arg:"" help:"Weights as 'autoscaler train' writes them."`
}

// Help describes the verb at length.
func (weightsPutVerb) Help() string {
	return `What is put is named by its SHA-256, and never replaced: putting it again changes
nothing. A policy names it in forecast.weights, and the forecaster gets it from the
bucket when the policy is in force. The bucket is made where there is none.

  autoscaler weights put weights.bin
  autoscaler weights put weights.bin --realm trial --nats-url nats://127.0.0.1:4222

It exits with 1 where the file holds no weights of this version, or the server does
not take them.`
}

// Run puts the file.
func (v weightsPutVerb) Run(ctx context.Context, p process) error {
	w, err := readWeights(v.File)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, weightsTimeout)
	defer cancel()
	b, realm, done, err := v.bucket(ctx, p, true)
	if err != nil {
		return err
	}
	defer done()
	sum, err := b.Put(ctx, w.Binary())
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s\n", sum)
	fmt.Fprintf(p.stderr, "put %d bytes into bucket %s; a policy names them so:\n\n  forecast: {weights: %s}\n",
		len(w.Binary()), streams.WeightsBucket(realm), sum)
	return nil
}
