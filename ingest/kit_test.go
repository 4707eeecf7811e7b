package ingest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

const realm = "trial"

// limit ends a test that hangs.
const limit = 30 * time.Second

func start() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

// source is a scope by hand: every group has the same load at every bin.
type source struct {
	mu       sync.Mutex
	groups   []window.Description
	detailed bool
	load     float64 // percent of one instance
	listing  error
	reading  error
	asked    []window.Query
	listings []window.Listing
}

func (s *source) change(fn func(*source)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn(s)
}

func (s *source) Groups(_ context.Context, want window.Listing) ([]window.Description, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listings = append(s.listings, want)
	return slices.Clone(s.groups), s.listing
}

func (s *source) Read(_ context.Context, queries []window.Query) ([]window.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, queries...)
	answers := make([]window.Answer, len(queries))
	if s.reading != nil {
		return answers, s.reading
	}
	for i, q := range queries {
		answers[i] = window.Answer{Points: s.points(q), Complete: true}
	}
	return answers, nil
}

// points gives every bin of a query; without detailed monitoring there is one
// every five minutes.
func (s *source) points(q window.Query) []window.Point {
	every, samples := q.Period, 2.0
	if s.detailed {
		samples *= q.Period.Minutes()
	} else {
		every = max(every, 5*time.Minute)
	}
	var points []window.Point
	for at := q.From.Truncate(every); at.Before(q.Until); at = at.Add(every) {
		if at.Before(q.From) {
			continue
		}
		sum := s.load * samples / 2
		points = append(points, window.Point{Start: at, Value: &sum, Samples: samples})
	}
	return points
}

func described(name string, desired int) window.Description {
	d := window.Description{Name: name, Created: start().Add(-time.Hour), Managed: true, Desired: desired, Min: 1, Max: 10}
	for i := range desired {
		d.Instances = append(d.Instances, window.Instance{ID: name + string(rune('a'+i)), Lifecycle: "InService", Weight: 1})
	}
	return d
}

// clock stands still until it is set.
type clock struct {
	*replay.Clock
	// waits tells that ingest waits for its next poll.
	waits chan time.Time
}

func newClock(now time.Time) *clock {
	return &clock{Clock: replay.NewClock(now), waits: make(chan time.Time, 1)}
}

func (c *clock) Wait(ctx context.Context, until time.Time) error {
	c.waits <- until
	return c.Clock.Wait(ctx, until)
}

// bench is ingest on a server of its own.
type bench struct {
	testing.TB
	ctx          context.Context
	publish, js  jetstream.JetStream
	stream       jetstream.Stream
	source       *source
	clock        *clock
	log          *strings.Builder
	ingest       *ingest.Ingest
	runner       *partition.Runner
	stop         context.CancelFunc
	ended        chan error
	publishBatch partition.Publish
}

func newBench(t testing.TB, groups ...string) *bench {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	s := servertest.New(t)
	b := &bench{TB: t, ctx: ctx, source: &source{load: 150}, clock: newClock(start()), log: &strings.Builder{}}
	for _, js := range []*jetstream.JetStream{&b.publish, &b.js} {
		var err error
		if *js, err = jetstream.New(servertest.Connect(t, s)); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if b.stream, err = topology.Ensure(ctx, b.publish, topology.Options{Realm: realm, Storage: topology.Memory}); err != nil {
		t.Fatal(err)
	}
	for _, name := range groups {
		b.source.groups = append(b.source.groups, described(name, 2))
	}
	return b
}

func (b *bench) config(groups ...ingest.Group) ingest.Config {
	return ingest.Config{
		Sources: map[string]ingest.Source{"eu-west-1": b.source}, Groups: groups, Backfill: 2 * time.Hour,
		Clock: b.clock, Log: zerolog.New(b.log),
	}
}

// run starts ingest and waits for its first poll.
func (b *bench) run(cfg ingest.Config) {
	b.Helper()
	var err error
	if b.ingest, err = ingest.New(cfg); err != nil {
		b.Fatal(err)
	}
	b.runner, err = partition.New(partition.Config{Realm: realm, Stage: b.ingest.Stage(), Owner: "test", Publish: b.publishBatch,
		Log: zerolog.New(zerolog.NewTestWriter(b)).Level(zerolog.WarnLevel)}, b.publish, b.js)
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.ctx)
	b.stop, b.ended = stop, make(chan error, 2)
	go func() { b.ended <- b.runner.Run(ctx) }()
	go func() { b.ended <- b.ingest.Run(ctx, b.runner) }()
	b.Cleanup(b.halt)
	b.polled()
}

// halt ends ingest.
func (b *bench) halt() {
	b.Helper()
	if b.stop == nil {
		return
	}
	b.stop()
	b.stop = nil
	for range 2 {
		if err := <-b.ended; err != nil {
			b.Errorf("ended with %v", err)
		}
	}
}

// polled waits for the end of a poll, and gives when the next one is.
func (b *bench) polled() time.Time {
	b.Helper()
	select {
	case next := <-b.clock.waits:
		return next
	case err := <-b.ended:
		b.Fatalf("ended with %v", err)
	case <-b.ctx.Done():
		b.Fatal("no poll")
	}
	return time.Time{}
}

// poll moves the clock and waits for the poll.
func (b *bench) poll(now time.Time) {
	b.Helper()
	b.clock.Set(now)
	b.polled()
}

// events gives what the timeline holds of some kinds, in order.
func (b *bench) events(kinds ...streams.Kind) []streams.Event {
	b.Helper()
	info, err := b.stream.Info(b.ctx)
	if err != nil {
		b.Fatal(err)
	}
	var all []streams.Event
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq; seq++ {
		m, err := b.stream.GetMsg(b.ctx, seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue // rolled up
		}
		if err != nil {
			b.Fatal(err)
		}
		addr, err := streams.ParseSubject(m.Subject)
		if err != nil {
			b.Fatal(err)
		}
		if !slices.Contains(kinds, addr.Kind) {
			continue
		}
		ev, err := streams.Decode(m.Subject, m.Data)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, ev)
	}
	return all
}

// groups gives the group events of a group.
func (b *bench) groups(name string) []streams.Group {
	b.Helper()
	var all []streams.Group
	for _, ev := range b.events(streams.KindGroup) {
		if g := ev.(streams.Group); g.Group == name {
			all = append(all, g)
		}
	}
	return all
}

// policy is a policy for CPU at 300 s.
func policy(asg string) streams.Policy {
	const s = streams.Duration(time.Second)
	return streams.Policy{
		AutoScalingGroup: asg, Mode: streams.Observe, Round: 60 * s,
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: 300 * s, PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 12, Levels: []float64{0.5, 0.95}, Settle: 600 * s},
		Scaling: streams.ScalingPolicy{
			Min: 1, Max: 10, Quantile: 0.95, BootPrior: 180 * s, MetricDelayPrior: 60 * s, StaleAfter: 660 * s,
			Stabilization: 600 * s, ScaleInUtilization: 0.9, ScaleOutCooldown: 60 * s, ScaleInCooldown: 300 * s,
			StepOut: streams.StepLimit{Instances: 4, Fraction: 1}, StepIn: streams.StepLimit{Instances: 1, Fraction: 0.25},
			ForeignHold: 600 * s, OutageHold: 3600 * s, OutageShare: 0.1, LaunchGrace: 480 * s, Expiry: 120 * s,
		},
	}
}

func web(asg string) ingest.Group {
	return ingest.Group{ID: streams.GroupID{Scope: "eu-west-1", Group: "web"}, Policy: policy(asg)}
}

// withPeriod lets the period of a group be chosen by its monitoring.
func withPeriod(g ingest.Group) ingest.Group {
	p := g.Policy
	g.WithPeriod = func(period time.Duration) streams.Policy {
		p.Load.Period = streams.Duration(period)
		return p
	}
	return g
}
