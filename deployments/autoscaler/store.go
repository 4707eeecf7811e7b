package main

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
)

// watchEvery is how often the size of the timeline is looked at.
const watchEvery = 15 * time.Second

// storeWatch exports how full the timeline is.
type storeWatch struct {
	js          jetstream.JetStream
	stream      string
	bytes, most prometheus.Gauge
}

func newStoreWatch(registry prometheus.Registerer, js jetstream.JetStream, stream string) (*storeWatch, error) {
	w := &storeWatch{js: js, stream: stream,
		bytes: prometheus.NewGauge(prometheus.GaugeOpts{Name: "autoscaling_store_bytes", Help: "Size of the timeline's stream."}),
		most: prometheus.NewGauge(prometheus.GaugeOpts{Name: "autoscaling_store_limit_bytes",
			Help: "Size at which the stream or the account refuses more; 0 where there is no limit."}),
	}
	return w, errors.Join(registry.Register(w.bytes), registry.Register(w.most))
}

// run looks until ctx ends. A look that fails leaves the figures as they were:
// that the server does not answer is told elsewhere.
func (w *storeWatch) run(ctx context.Context) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		w.look(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (w *storeWatch) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	stream, err := w.js.Stream(ctx, w.stream)
	if err != nil {
		return
	}
	info := stream.CachedInfo()
	w.bytes.Set(float64(info.State.Bytes))
	most := info.Config.MaxBytes
	if most <= 0 {
		if account, err := w.js.AccountInfo(ctx); err == nil {
			most = account.Limits.MaxStore
		}
	}
	w.most.Set(float64(max(most, 0)))
}
