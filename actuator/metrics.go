package actuator

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// noFault labels calls that succeeded.
const noFault = "none"

// metrics are the figures of one actuator.
type metrics struct {
	outcomes   *prometheus.CounterVec
	calls      *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	distrusted prometheus.Gauge
}

func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "autoscaling_outcomes_total",
			Help: "Outcomes on the timeline, by status."}, []string{"status"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "autoscaling_actuator_calls_total",
			Help: "Calls of Auto Scaling, by operation and fault."}, []string{"operation", "fault"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "autoscaling_actuator_call_seconds",
			Help: "Time that a call of Auto Scaling took, with its repetitions.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 12)},
			[]string{"operation"}),
		distrusted: prometheus.NewGauge(prometheus.GaugeOpts{Name: "autoscaling_actuator_distrusted_groups",
			Help: "Groups that are only observed because others keep changing them."}),
	}
	m.begin()
	if registry == nil {
		return m, nil
	}
	var errs []error
	for _, c := range []prometheus.Collector{m.outcomes, m.calls, m.seconds, m.distrusted} {
		errs = append(errs, registry.Register(c))
	}
	return m, errors.Join(errs...)
}

// begin lets every series stand at zero, so that its first increase is seen.
func (m *metrics) begin() {
	for _, s := range []streams.Status{streams.Applied, streams.Unchanged, streams.Superseded, streams.Expired,
		streams.Refused, streams.Conflict, streams.DryRun, streams.Failed} {
		m.outcomes.WithLabelValues(string(s))
	}
	for _, operation := range []string{describeGroups, setDesiredCapacity, describeActivities, describeRefreshes} {
		m.seconds.WithLabelValues(operation)
		for _, fault := range []string{noFault, string(plan.Busy), string(plan.Invalid), string(plan.Throttled),
			string(plan.Denied), string(plan.Expired), string(plan.Gone), string(plan.Unclear)} {
			m.calls.WithLabelValues(operation, fault)
		}
	}
}

func (m *metrics) called(operation string, took time.Duration, fault *plan.CallError) {
	kind := noFault
	if fault != nil {
		kind = string(fault.Fault)
	}
	m.calls.WithLabelValues(operation, kind).Inc()
	m.seconds.WithLabelValues(operation).Observe(took.Seconds())
}
