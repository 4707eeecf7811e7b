package ingest

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// DollarsPerMonth is what AWS bills for so many metrics requested an hour by
// GetMetricData: a cent for a thousand, and a month of 730 hours.
func DollarsPerMonth(metricsPerHour float64) float64 { return metricsPerHour * 730 * 0.01 / 1000 }

// Requests counts what is asked of AWS. Its methods may be called from any
// goroutine.
type Requests struct {
	all, metrics atomic.Int64
	byOperation  *prometheus.CounterVec
	requested    prometheus.Counter
}

// NewRequests registers the counters; registry may be nil.
func NewRequests(registry prometheus.Registerer) (*Requests, error) {
	r := &Requests{
		byOperation: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "autoscaling_aws_requests_total",
			Help: "Requests that ingest made to AWS, by operation; retries of the SDK are not counted."}, []string{"operation"}),
		requested: prometheus.NewCounter(prometheus.CounterOpts{Name: "autoscaling_cloudwatch_metrics_requested_total",
			Help: "Metrics requested by GetMetricData, which is what AWS bills."}),
	}
	return r, register(registry, r.byOperation, r.requested)
}

// Count counts a request and the metrics that it asked for.
func (r *Requests) Count(operation string, metrics int) {
	r.all.Add(1)
	r.metrics.Add(int64(metrics))
	r.byOperation.WithLabelValues(operation).Inc()
	r.requested.Add(float64(metrics))
}

func register(registry prometheus.Registerer, collectors ...prometheus.Collector) error {
	if registry == nil {
		return nil
	}
	var errs []error
	for _, c := range collectors {
		errs = append(errs, registry.Register(c))
	}
	return errors.Join(errs...)
}

// metrics are ingest's own figures.
type metrics struct {
	failures  *prometheus.CounterVec
	bins      *prometheus.CounterVec
	groups    prometheus.Gauge
	lacking   prometheus.Gauge
	dollars   prometheus.Gauge
	seconds   prometheus.Histogram
	delay     *prometheus.GaugeVec
	newest    *prometheus.GaugeVec
	suspended *prometheus.GaugeVec
}

func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string) prometheus.CounterOpts { return prometheus.CounterOpts{Name: name, Help: help} }
	gauge := func(name, help string) prometheus.GaugeOpts { return prometheus.GaugeOpts{Name: name, Help: help} }
	m := &metrics{
		failures: prometheus.NewCounterVec(counter("autoscaling_aws_failures_total",
			"Calls of ingest that AWS did not answer, by operation."), []string{"operation"}),
		bins: prometheus.NewCounterVec(counter("autoscaling_metrics_published_total",
			"Metric events published: first (a bin's first value), restated (a further one) or gap."), []string{"what"}),
		groups: prometheus.NewGauge(gauge("autoscaling_groups",
			"Groups in the last poll.")),
		lacking: prometheus.NewGauge(gauge("autoscaling_permissions_missing",
			"Permissions of AWS that ingest was denied in its last poll; /ready names one.")),
		dollars: prometheus.NewGauge(gauge("autoscaling_cloudwatch_dollars_per_month",
			"Estimated bill for GetMetricData at the present schedule, in dollars per month.")),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "autoscaling_poll_seconds",
			Help:    "Time of a poll of all groups, until it is stored.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 15)}),
		delay: prometheus.NewGaugeVec(gauge("autoscaling_metric_delay_seconds",
			"Measured time from the end of a bin to its first value."), []string{"group"}),
		newest: prometheus.NewGaugeVec(gauge("autoscaling_metric_newest_timestamp_seconds",
			"End of the newest bin that has a value, in Unix time."), []string{"group", "series"}),
		suspended: prometheus.NewGaugeVec(gauge("autoscaling_suspended_processes",
			"Processes of the group that are suspended, by somebody or by AWS."), []string{"group"}),
	}
	return m, register(registry, m.failures, m.bins, m.groups, m.lacking, m.dollars, m.seconds, m.delay, m.newest, m.suspended)
}

func (m *metrics) failed(operation string) { m.failures.WithLabelValues(operation).Inc() }

func (m *metrics) published(ev streams.Metric) {
	what := "first"
	switch {
	case ev.Gap:
		what = "gap"
	case ev.Revision > 1:
		what = "restated"
	}
	m.bins.WithLabelValues(what).Inc()
	if ev.Value != nil && ev.Revision == 1 {
		m.newest.WithLabelValues(ev.GroupID.String(), ev.Series).Set(float64(ev.End.Unix()))
	}
}

// forget leaves out what is told of a group.
func (m *metrics) forget(id streams.GroupID) {
	label := prometheus.Labels{"group": id.String()}
	m.delay.DeletePartialMatch(label)
	m.newest.DeletePartialMatch(label)
	m.suspended.DeletePartialMatch(label)
}

// polled notes how long a poll took.
func (m *metrics) polled(took time.Duration, groups int) {
	m.seconds.Observe(took.Seconds())
	m.groups.Set(float64(groups))
}
