package actuator_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/actuator"
	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// patience is far more than anything here takes.
const patience = 20 * time.Second

var (
	web  = streams.GroupID{Scope: "eu-west-1", Group: "web"}
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// world is a timeline of realm live on a server of its own, with a clock that
// the test sets and a cloud.
type world struct {
	testing.TB
	ctx        context.Context
	js, reader jetstream.JetStream
	stream     jetstream.Stream
	cloud      *cloud
	limits     plan.Limits
	scope      string // of the client
	publishing partition.Publish
	registry   *prometheus.Registry
	parallel   int

	mu    sync.Mutex
	clock time.Time
	round map[streams.GroupID]uint64
}

func newWorld(t testing.TB, desired int) *world {
	t.Helper()
	s := servertest.New(t)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	w := &world{TB: t, ctx: ctx, cloud: newCloud(desired), limits: plan.Limits{Mode: streams.DesiredControl}, scope: web.Scope,
		clock: noon, round: map[streams.GroupID]uint64{}}
	w.js, w.reader = must(jetstream.New(servertest.Connect(t, s))), must(jetstream.New(servertest.Connect(t, s)))
	w.stream = must(topology.Ensure(ctx, w.js, topology.Options{Realm: streams.Live, Storage: topology.Memory}))
	return w
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

// life is an actuator and its runner, from start to halt or kill.
type life struct {
	*actuator.Actuator
	w      *world
	stop   context.CancelFunc // of the actuator
	end    context.CancelFunc // of the runner
	acted  chan error
	folded chan error
}

func (w *world) start() *life {
	w.Helper()
	log := zerolog.New(zerolog.NewTestWriter(w)).Level(zerolog.InfoLevel)
	w.registry = prometheus.NewRegistry()
	cfg := actuator.Config{Realm: streams.Live, Limits: w.limits, Now: w.now, Log: log, Registry: w.registry, Parallel: w.parallel}
	if w.limits.Mode == streams.DesiredControl {
		cfg.Clients = map[string]actuator.AutoScaling{w.scope: w.cloud}
	}
	act := must(actuator.New(cfg))
	runner := must(partition.New(partition.Config{Realm: streams.Live, Stage: act.Stage(), Stored: act.Stored, Owner: "test",
		Log: log, Registry: w.registry, Publish: w.publishing}, w.js, w.reader))
	l := &life{Actuator: act, w: w, acted: make(chan error, 1), folded: make(chan error, 1)}
	var acting, folding context.Context
	acting, l.stop = context.WithCancel(w.ctx)
	folding, l.end = context.WithCancel(w.ctx)
	go func() { l.acted <- act.Run(acting, runner) }()
	go func() { l.folded <- runner.Run(folding) }()
	w.Cleanup(l.halt)
	return l
}

// halt ends the actuator, and then its runner.
func (l *life) halt() {
	l.w.Helper()
	l.stop()
	l.wait(l.acted)
	l.end()
	l.wait(l.folded)
}

func (l *life) wait(ended chan error) {
	l.w.Helper()
	select {
	case err := <-ended:
		if err != nil {
			l.w.Error(err)
		}
		ended <- nil
	case <-time.After(patience):
		l.w.Fatal("does not end")
	}
}

func (w *world) publish(events ...streams.Event) {
	w.Helper()
	var msgs []*nats.Msg
	for _, ev := range events {
		msgs = append(msgs, must(topology.Message(streams.Live, ev)))
	}
	if _, err := topology.PublishBatch(w.ctx, w.js, msgs); err != nil {
		w.Fatal(err)
	}
}

// policy is a control that puts a group into a mode.
func (w *world) policy(id streams.GroupID, mode streams.Mode) streams.Event {
	seconds := func(n int) streams.Duration { return streams.Duration(time.Duration(n) * time.Second) }
	return streams.NewPolicyControl(id, w.now(), streams.Policy{
		AutoScalingGroup: id.Group + "-asg", Mode: mode, Round: seconds(60),
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: seconds(300), PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 12, Levels: []float64{0.5, 0.95}, Settle: seconds(600)},
		Scaling: streams.ScalingPolicy{Max: 100, Quantile: 0.95, StaleAfter: seconds(900), ScaleInUtilization: 0.7,
			StepOut: streams.StepLimit{Instances: 4}, StepIn: streams.StepLimit{Instances: 4}, LaunchGrace: seconds(600), Expiry: seconds(120)},
	})
}

// group is the next group event.
func (w *world) group(id streams.GroupID, desired int) streams.Event {
	w.round[id]++
	return streams.Group{GroupID: id, Round: w.round[id], Now: w.now(),
		Capacity: &streams.Capacity{Desired: desired, InService: desired, Min: 1, Max: 100}}
}

// decision is that of the newest round.
func (w *world) decision(id streams.GroupID, from, to int) streams.Event {
	return streams.Decision{GroupID: id, Round: w.round[id], At: w.now(), Verdict: streams.VerdictOf(from, to), Current: from, Desired: to,
		Expires: w.now().Add(2 * time.Minute), Trail: []streams.Rule{{Name: "test", Before: from, After: to, Why: "because"}}}
}

// decide publishes a round with its decision.
func (w *world) decide(from, to int) {
	w.Helper()
	w.publish(w.group(web, from), w.decision(web, from, to))
}

// outcomes waits for the first n outcomes.
func (w *world) outcomes(n int) []streams.Outcome {
	w.Helper()
	consumer := must(w.stream.CreateConsumer(w.ctx, jetstream.ConsumerConfig{AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true,
		FilterSubjects: []string{streams.KindFilter(streams.Live, streams.KindOutcome)}}))
	var all []streams.Outcome
	for len(all) < n && w.ctx.Err() == nil {
		for msg := range must(consumer.Fetch(n-len(all), jetstream.FetchMaxWait(patience))).Messages() {
			all = append(all, must(streams.Decode(msg.Subject(), msg.Data())).(streams.Outcome))
		}
	}
	if len(all) < n {
		w.Fatalf("got %d outcomes, want %d: %v", len(all), n, all)
	}
	return all
}

// say writes an outcome for people.
func say(o streams.Outcome) string {
	return fmt.Sprintf("of round %d: %s, desired %d (%s) %s", o.Round, o.Status, o.Desired, o.RequestID, o.Error)
}

// last waits for the nth outcome.
func (w *world) last(n int) streams.Outcome {
	w.Helper()
	return w.outcomes(n)[n-1]
}

// metric gives the sum of a figure over its labels, or over those that fit.
func (w *world) metric(name string, labels ...string) float64 {
	w.Helper()
	sum, found := 0.0, false
	for _, family := range must(w.registry.Gather()) {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.Metric {
			have := ""
			for _, l := range m.Label {
				have += fmt.Sprintf("%s=%s ", l.GetName(), l.GetValue())
			}
			if fits(have, labels) {
				found = true
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	if !found {
		w.Fatalf("there is no metric %s of %v", name, labels)
	}
	return sum
}

func fits(have string, labels []string) bool {
	for _, l := range labels {
		if !strings.Contains(have, l) {
			return false
		}
	}
	return true
}
