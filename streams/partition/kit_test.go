package partition_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

const realm = "trial"

// patience is far more than anything here takes.
const patience = 20 * time.Second

var epoch = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// world is a timeline on a server of its own.
type world struct {
	testing.TB
	ctx    context.Context
	js     jetstream.JetStream
	reader jetstream.JetStream
	stream jetstream.Stream
	rounds map[streams.GroupID]uint64
}

func newWorld(t testing.TB, o topology.Options) *world {
	t.Helper()
	s := servertest.New(t)
	return worldOn(t, o, servertest.Connect(t, s), servertest.Connect(t, s))
}

func worldOn(t testing.TB, o topology.Options, nc, readerConn *nats.Conn) *world {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	w := &world{TB: t, ctx: ctx, rounds: map[streams.GroupID]uint64{}}
	w.js, w.reader = must(jetstream.New(nc)), must(jetstream.New(readerConn))
	o.Realm = realm
	w.ensure(o)
	return w
}

func (w *world) ensure(o topology.Options) {
	w.Helper()
	stream, err := topology.Ensure(w.ctx, w.js, o)
	if err != nil {
		w.Fatal(err)
	}
	w.stream = stream
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func group(n int) streams.GroupID {
	return streams.GroupID{Scope: "eu-west-1", Group: fmt.Sprintf("web %d", n)}
}

// round gives the events of the next round of a group.
func (w *world) round(id streams.GroupID, metrics int) []streams.Event {
	w.rounds[id]++
	n := w.rounds[id]
	now := epoch.Add(time.Duration(n) * time.Minute)
	var events []streams.Event
	for i := range metrics {
		value := float64(n) + float64(i)/10
		events = append(events, streams.Metric{SeriesID: streams.SeriesID{GroupID: id, Series: "cpu"}, End: now,
			Period: streams.Duration(time.Minute), Value: &value, Unit: streams.Count, Revision: i + 1, Seen: now})
	}
	return append(events, streams.Group{GroupID: id, Round: n, Now: now})
}

func (w *world) publish(events ...streams.Event) {
	w.Helper()
	for {
		var msgs []*nats.Msg
		for _, ev := range events {
			msgs = append(msgs, must(topology.Message(realm, ev)))
		}
		_, err := topology.PublishBatch(w.ctx, w.js, msgs)
		var refused *jetstream.APIError
		switch {
		case err == nil:
			return
		case errors.As(err, &refused) && refused.ErrorCode == jetstreamext.JSErrCodeBatchPublishIncomplete && w.ctx.Err() == nil:
			// A leader that is new may miss the first messages of a batch, and stores
			// none of it then: it is sent again, as ingest's runner would.
		default:
			w.Fatal(err)
		}
	}
}

// total is how many rounds there were, each of which has one decision.
func (w *world) total() int {
	total := 0
	for _, n := range w.rounds {
		total += int(n)
	}
	return total
}

// checkpoint is what a stored one says, as far as tests look at it.
type checkpoint struct {
	Owner    string `json:"owner"`
	Epoch    uint64 `json:"epoch"`
	Sequence uint64 `json:"sequence"`
	Began    uint64 `json:"began"`
}

func (w *world) checkpoints() []checkpoint {
	w.Helper()
	var all []checkpoint
	for _, msg := range w.read(-1, streams.KindCheckpoint) {
		var c checkpoint
		if err := json.Unmarshal(msg.Data(), &c); err != nil {
			w.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// running is a runner in its goroutine.
type running struct {
	*partition.Runner
	w    *world
	stop context.CancelFunc
	done chan error
}

func (w *world) config() partition.Config {
	return partition.Config{Realm: realm, Stage: tally{version: 1}, Owner: "test", Log: testLog(w)}
}

func testLog(t testing.TB) zerolog.Logger {
	return zerolog.New(zerolog.NewTestWriter(t)).Level(zerolog.InfoLevel)
}

func (w *world) start(cfg partition.Config) *running {
	w.Helper()
	r, err := partition.New(cfg, w.js, w.reader)
	if err != nil {
		w.Fatal(err)
	}
	return w.run(r)
}

func (w *world) run(r *partition.Runner) *running {
	ctx, cancel := context.WithCancel(w.ctx)
	run := &running{Runner: r, w: w, stop: cancel, done: make(chan error, 1)}
	go func() { run.done <- r.Run(ctx) }()
	w.Cleanup(func() { cancel(); run.end() })
	return run
}

// end waits for Run to return and gives its error.
func (r *running) end() error {
	r.w.Helper()
	select {
	case err := <-r.done:
		r.done <- err
		return err
	case <-time.After(patience):
		r.w.Error("Run does not return")
		return errors.New("Run does not return")
	}
}

// halt ends the runner in an orderly way.
func (r *running) halt() {
	r.w.Helper()
	r.stop()
	if err := r.end(); err != nil {
		r.w.Errorf("Run: %v", err)
	}
}

// read gives the first n messages of some kinds; with n < 0, all that there
// are.
func (w *world) read(n int, kinds ...streams.Kind) []jetstream.Msg {
	w.Helper()
	cfg := jetstream.ConsumerConfig{AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true}
	for _, kind := range kinds {
		cfg.FilterSubjects = append(cfg.FilterSubjects, streams.KindFilter(realm, kind))
	}
	consumer := must(w.stream.CreateConsumer(w.ctx, cfg))
	if n < 0 {
		n = int(consumer.CachedInfo().NumPending)
	}
	var msgs []jetstream.Msg
	for len(msgs) < n {
		fetched := must(consumer.Fetch(n-len(msgs), jetstream.FetchMaxWait(patience)))
		for msg := range fetched.Messages() {
			msgs = append(msgs, msg)
		}
		// Servers of a cluster hear of a new consumer one after another.
		if err := fetched.Error(); err != nil && !errors.Is(err, nats.ErrNoResponders) || w.ctx.Err() != nil {
			w.Fatalf("got %d messages of %v, want %d: %v", len(msgs), kinds, n, err)
		}
	}
	return msgs
}

// await waits until n decisions are stored.
func (w *world) await(n int) {
	w.Helper()
	w.read(n, streams.KindDecision)
}

// verify compares the stored decisions with those of a fold over the stored
// inputs in one go: the same bytes in the same order, each once.
func (w *world) verify(stage streams.Stage) {
	w.Helper()
	var want, got []string
	states := map[streams.GroupID]streams.State{}
	for _, msg := range w.read(-1, stage.Reads()...) {
		ev, err := streams.Decode(msg.Subject(), msg.Data())
		if err != nil {
			continue
		}
		if states[ev.ID()] == nil {
			states[ev.ID()] = stage.New(ev.ID())
		}
		for _, out := range states[ev.ID()].Step(ev) {
			want = append(want, string(must(streams.Encode(out))))
		}
	}
	for _, msg := range w.read(-1, streams.KindDecision) {
		got = append(got, string(msg.Data()))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("decisions differ from a fold in one go (-want +got):\n%s", diff)
	}
	w.noLeftovers(states)
}

// noLeftovers checks that the newest states and checkpoints are all there is.
func (w *world) noLeftovers(states map[streams.GroupID]streams.State) {
	w.Helper()
	seen := map[string]bool{}
	for _, msg := range w.read(-1, streams.KindState, streams.KindCheckpoint) {
		if seen[msg.Subject()] {
			w.Errorf("more than one message on %s", msg.Subject())
		}
		seen[msg.Subject()] = true
	}
}
