package forecaster

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// others is the model, in the figures, of requests for no model.
const others = "other"

// tally counts what was answered on both roads.
type tally struct {
	models   map[string]*counts // fixed
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// counts are those of one model.
type counts struct{ answered, refused, shed atomic.Uint64 }

func newTally(models []string, registry prometheus.Registerer) (*tally, error) {
	t := &tally{
		models: map[string]*counts{others: {}},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "autoscaling_predictions_total",
			Help: "Requests for predictions, by road (nats, http), model and code of the answer; 499 where the client was gone."},
			[]string{"road", "model", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "autoscaling_prediction_seconds",
			Help: "Time from a request for a prediction to its answer.", Buckets: prometheus.ExponentialBuckets(0.0005, 4, 9)},
			[]string{"road", "model"}),
	}
	for _, m := range models {
		t.models[m] = &counts{}
	}
	if registry == nil {
		return t, nil
	}
	for _, c := range []prometheus.Collector{t.requests, t.seconds} {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// count adds an answer of a code to a query.
func (t *tally) count(q query, code int) {
	model := q.model
	if t.models[model] == nil {
		model = others // a name that somebody made up is no label
	}
	c := t.models[model]
	switch code {
	case 200:
		c.answered.Add(1)
	case 429:
		c.shed.Add(1)
	default:
		c.refused.Add(1)
	}
	t.requests.WithLabelValues(q.road.name(), model, strconv.Itoa(code)).Inc()
	t.seconds.WithLabelValues(q.road.name(), model).Observe(time.Since(q.began).Seconds())
}
