package partition

import (
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// metrics are the figures of one runner, labelled with its stage.
type metrics struct {
	events      *prometheus.CounterVec
	undecodable prometheus.Counter
	commits     prometheus.Counter
	seconds     prometheus.Histogram
	messages    prometheus.Histogram
	refused     *prometheus.CounterVec
	lag         prometheus.Gauge
	resets      prometheus.Counter
	recoveries  prometheus.Counter
}

func newMetrics(registry prometheus.Registerer, stage string, rounds bool, age func() time.Duration) (*metrics, error) {
	label := prometheus.Labels{"stage": stage}
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Name: name, Help: help, ConstLabels: label}
	}
	m := &metrics{
		events: prometheus.NewCounterVec(counter("autoscaling_events_read_total",
			"Events folded in, by kind."), []string{"kind"}),
		undecodable: prometheus.NewCounter(counter("autoscaling_events_undecodable_total",
			"Events skipped because they could not be decoded.")),
		commits: prometheus.NewCounter(counter("autoscaling_commits_total",
			"Commits that were acknowledged.")),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "autoscaling_commit_seconds",
			Help: "Time from sending a commit to its answer.", ConstLabels: label,
			Buckets: prometheus.ExponentialBuckets(0.0001, 2, 16)}),
		messages: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "autoscaling_commit_messages",
			Help: "Messages per commit.", ConstLabels: label,
			Buckets: []float64{2, 4, 8, 16, 32, 64, 128, 256, 512, 1000}}),
		refused: prometheus.NewCounterVec(counter("autoscaling_commits_refused_total",
			"Commits that were not acknowledged: by a compare-and-swap, by the store, or without an answer."), []string{"by"}),
		lag: prometheus.NewGauge(prometheus.GaugeOpts{Name: "autoscaling_lag_messages",
			Help: "Messages of the stage's kinds that wait to be folded in.", ConstLabels: label}),
		resets: prometheus.NewCounter(counter("autoscaling_reader_resets_total",
			"Times that reading had to be set up again.")),
		recoveries: prometheus.NewCounter(counter("autoscaling_recoveries_total",
			"Times that the states were loaded from the stream.")),
	}
	if registry == nil {
		return m, nil
	}
	old := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "autoscaling_group_event_age_seconds",
		Help: "Age of the newest group event, by the clock of this process.", ConstLabels: label},
		func() float64 { return age().Seconds() })
	all := []prometheus.Collector{m.events, m.undecodable, m.commits, m.seconds, m.messages, m.refused, m.lag, m.resets, m.recoveries}
	if rounds {
		all = append(all, old)
	}
	var errs []error
	for _, c := range all {
		errs = append(errs, registry.Register(c))
	}
	return m, errors.Join(errs...)
}

func (m *metrics) read(kind streams.Kind) { m.events.WithLabelValues(string(kind)).Inc() }

// tried counts one try to store a batch.
func (m *metrics) tried(took time.Duration, messages int, err error) {
	m.seconds.Observe(took.Seconds())
	var api *jetstream.APIError
	switch {
	case err == nil:
		m.commits.Inc()
		m.messages.Observe(float64(messages))
	case !errors.As(err, &api):
		m.refused.WithLabelValues("silence").Inc()
	case wrongSequence(api):
		m.refused.WithLabelValues("compare_and_swap").Inc()
	default:
		m.refused.WithLabelValues("store").Inc()
	}
}
