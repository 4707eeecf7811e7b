package main

import (
	"context"

	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// weightsVerb moves global weights to and from the bucket of a realm.
type weightsVerb struct {
	Put  weightsPutVerb  `cmd:"" help:"Put a file of weights into the realm's bucket, and print the checksum that names them."`
	List weightsListVerb `cmd:"" help:"List the weights in the realm's bucket."`
	Get  weightsGetVerb  `cmd:"" help:"Get weights from the realm's bucket into a file."`
}

// weightsTimeout bounds what the server is asked.
const weightsTimeout = readTimeout

// bucket opens the bucket of the realm; with made, it is made where there is none.
func (f realmFlags) bucket(ctx context.Context, p process, made bool) (topology.Bucket, string, func(), error) {
	conn, cfg, err := f.dial(p, "weights")
	if err != nil {
		return topology.Bucket{}, cfg.Realm, nil, err
	}
	var b topology.Bucket
	if made {
		b, err = topology.EnsureBucket(ctx, conn.js, topology.Options{Realm: cfg.Realm, Replicas: cfg.Timeline.Replicas})
	} else {
		b, err = topology.OpenBucket(ctx, conn.js, cfg.Realm)
	}
	if err != nil {
		conn.nc.Close()
		return topology.Bucket{}, cfg.Realm, nil, err
	}
	return b, cfg.Realm, conn.nc.Close, nil
}
