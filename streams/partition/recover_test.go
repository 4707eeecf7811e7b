package partition_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// garble stores a message that is no event beside those of a group.
func (w *world) garble(id streams.GroupID, body string) uint64 {
	w.Helper()
	subject := streams.EventSubject(realm, streams.Group{GroupID: id})
	return must(topology.PublishBatch(w.ctx, w.js, []*nats.Msg{{Subject: subject, Data: []byte(body)}}))
}

func TestUndecodable(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	registry, log := prometheus.NewRegistry(), newLogLines()
	cfg := w.config()
	cfg.Registry, cfg.Log = registry, zerolog.New(log)
	r := w.start(cfg)
	w.publish(w.round(group(1), 1)...)
	at := w.garble(group(1), "no event")
	w.garble(group(2), `{"version":1}`)
	w.publish(w.round(group(1), 1)...)
	w.await(2)
	r.halt()
	if log.count(fmt.Sprintf(`"sequence":%d,`, at)) != 1 {
		t.Errorf("no line names sequence %d", at)
	}
	figures := map[string]float64{}
	for _, family := range must(registry.Gather()) {
		for _, m := range family.Metric {
			figures[family.GetName()] += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			if m.Label[len(m.Label)-1].GetValue() != "tally" {
				t.Errorf("%s has no label for the stage", family.GetName())
			}
		}
	}
	if figures["autoscaling_events_undecodable_total"] != 2 || figures["autoscaling_events_read_total"] != 4 {
		t.Errorf("figures are %v", figures)
	}
	r = w.start(w.config())
	w.publish(w.round(group(1), 1)...)
	w.await(3)
	r.halt()
	w.verify(tally{})
	if _, err := partition.New(cfg, w.js, w.reader); err == nil {
		t.Error("two runners of a stage share a registry")
	}
}

func TestNewerVersion(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	w.publish(w.round(group(1), 1)...)
	at := w.garble(group(1), `{"version":2}`)
	w.publish(w.round(group(1), 1)...)
	for range 2 {
		r := w.start(w.config())
		err := r.end()
		if !errors.Is(err, streams.ErrNewerVersion) || !strings.Contains(err.Error(), fmt.Sprintf("at sequence %d", at)) {
			t.Errorf("Run: %v", err)
		}
		if ready := r.Ready(); !errors.Is(ready, streams.ErrNewerVersion) {
			t.Errorf("ready: %v", ready)
		}
		if n := len(w.read(-1, streams.KindDecision)); n != 1 {
			t.Errorf("%d decisions, want that of the first round", n)
		}
	}
}

// TestOtherFold changes the version of the fold, with a death in the silent
// part, and rounds that the old version never saw.
func TestOtherFold(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	r := w.start(w.config())
	for n := range 40 {
		w.publish(w.round(group(n%4), 2)...)
	}
	w.await(40)
	r.halt()
	for n := range 10 {
		w.publish(w.round(group(n%6), 2)...)
	}
	second := tally{version: 2}
	for commits := range 8 {
		v := &victim{commits: 1 + commits, died: make(chan struct{}), sent: commits%2 == 0}
		cfg := w.config()
		cfg.Stage, cfg.Publish, cfg.MaxMessages = second, v.publish, 20
		r := must(partition.New(cfg, w.js, w.reader))
		r.SetPatience(time.Millisecond)
		run := w.run(r)
		select {
		case <-v.died:
		case <-time.After(patience):
			t.Fatal("too few commits")
		}
		run.halt()
	}
	second.load = func(id streams.GroupID, parts []streams.Part) error {
		if len(parts) != 2 {
			return fmt.Errorf("%s has %d parts", id, len(parts))
		}
		return nil
	}
	cfg := w.config()
	cfg.Stage = second
	r = w.start(cfg)
	w.await(50)
	w.publish(w.round(group(1), 2)...)
	w.await(51)
	r.halt()
	w.verify(tally{})
}

// TestLostCheckpoints takes the checkpoints away, and then the states too: what
// the stage has published is known from its events alone.
func TestLostCheckpoints(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	kept := streams.StageFilters(realm, "tally")
	for _, purge := range [][]string{nil, {kept[1]}, {kept[0], kept[1]}} {
		for _, subject := range purge {
			if err := w.stream.Purge(w.ctx, jetstream.WithPurgeSubject(subject)); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 10 {
			w.publish(w.round(group(n%3), 1)...)
		}
		r := w.start(w.config())
		w.await(w.total())
		r.halt()
		w.verify(tally{})
	}
}

// TestExpiredOutputs starts another version of the fold when nothing that was
// published is there any more, as after a week.
func TestExpiredOutputs(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	r := w.start(w.config())
	for range 5 {
		w.publish(w.round(group(1), 1)...)
	}
	w.await(5)
	r.halt()
	if err := w.stream.Purge(w.ctx, jetstream.WithPurgeSubject(streams.KindFilter(realm, streams.KindDecision))); err != nil {
		t.Fatal(err)
	}
	w.publish(w.round(group(1), 1)...)
	cfg := w.config()
	cfg.Stage = tally{version: 2}
	r = w.start(cfg)
	w.await(1)
	r.halt()
	ev := must(streams.Decode(w.read(1, streams.KindDecision)[0].Subject(), w.read(1, streams.KindDecision)[0].Data()))
	if round := streams.RoundOf(ev); round != 6 || len(w.read(-1, streams.KindDecision)) != 1 {
		t.Errorf("published round %d first", round)
	}
}

// TestRoundsMayFall has a stage whose rounds fall: what is stored says nothing
// about what may follow, once the fold has not started over.
func TestRoundsMayFall(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	stage := tally{version: 1, alter: func(d streams.Decision) []streams.Event {
		d.Round = 1000 - d.Round
		return []streams.Event{d}
	}}
	for range 3 {
		cfg := w.config()
		cfg.Stage = stage
		r := w.start(cfg)
		w.publish(w.round(group(1), 1)...)
		w.await(w.total())
		r.halt()
	}
	w.verify(stage)
}

func TestStreamMadeAgain(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	log := newLogLines()
	cfg := w.config()
	cfg.Log = zerolog.New(log)
	r := w.start(cfg)
	for n := range 20 {
		w.publish(w.round(group(n%3), 1)...)
	}
	w.await(20)
	if err := w.js.DeleteStream(w.ctx, streams.StreamName(realm)); err != nil {
		t.Fatal(err)
	}
	clear(w.rounds)
	w.ensure(topology.Options{Realm: realm, Storage: topology.Memory})
	var events []streams.Event
	for n := range 100 { // more than before, so that sequences alone tell nothing
		events = append(events, w.round(group(n%3), 1)...)
	}
	w.publish(events...)
	w.await(100)
	if log.count("the stream was made again") == 0 {
		t.Error("the reader did not see it")
	}
	r.halt()
	w.verify(tally{})
}

func TestIdlePartitions(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	cfg := w.config()
	cfg.MaxIdle = 100
	r := w.start(cfg)
	for range 200 {
		w.publish(w.round(group(1), 1)...)
	}
	w.await(200)
	r.halt()
	var newest uint64
	for _, c := range w.checkpoints() {
		newest = max(newest, c.Sequence)
	}
	for p, c := range w.checkpoints() {
		if behind := newest - c.Sequence; behind > 100 {
			t.Errorf("checkpoint %d is %d sequences behind", p, behind)
		}
	}
	w.verify(tally{})
}

// TestDrain ends a runner that has stepped and not committed.
func TestDrain(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	cfg := w.config()
	cfg.MaxDelay = time.Hour
	r := w.start(cfg)
	events := w.round(group(1), 5)
	w.publish(events[:5]...)
	stepped := false
	for !stepped {
		if err := r.View(w.ctx, func(states map[streams.GroupID]streams.State) {
			state, ok := states[group(1)].(*tallyState)
			stepped = ok && len(state.dirty) > 0
		}); err != nil && w.ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	r.halt()
	if n := len(w.read(-1, streams.KindState)); n != 2 {
		t.Errorf("%d parts of states stored, want 2", n)
	}
	if err := r.View(w.ctx, func(map[streams.GroupID]streams.State) {}); err == nil {
		t.Error("views after the end")
	}
}

func TestLoadFails(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	r := w.start(w.config())
	w.publish(w.round(group(1), 1)...)
	w.await(1)
	r.halt()
	cfg := w.config()
	cfg.Stage = tally{version: 1, load: func(streams.GroupID, []streams.Part) error { return errors.New("torn") }}
	if err := w.start(cfg).end(); err == nil || !strings.Contains(err.Error(), "load state of eu-west-1/web 1: torn") {
		t.Errorf("Run: %v", err)
	}
}

func TestServerRestart(t *testing.T) {
	t.Parallel()
	s := servertest.NewPersistent(t)
	w := worldOn(t, topology.Options{Storage: topology.File}, s.Connect(), s.Connect())
	r := w.start(w.config())
	for n := range 10 {
		w.publish(w.round(group(n%3), 1)...)
	}
	w.await(5)
	s.Restart()
	for w.js.Conn().FlushTimeout(patience) != nil {
	}
	w.publish(w.round(group(1), 1)...)
	w.await(11)
	r.halt()
	w.verify(tally{})
}
