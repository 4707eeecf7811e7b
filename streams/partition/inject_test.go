package partition_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// tick is an input that no timeline has.
type tick struct {
	streams.GroupID
	metrics int
}

func (tick) Kind() streams.Kind { return "tick" }

// meter is a stage that reads nothing: each tick is a round of its group.
type meter struct{ version int }

func (meter) Name() string                         { return "meter" }
func (s meter) Version() int                       { return s.version }
func (meter) Reads() []streams.Kind                { return nil }
func (meter) New(id streams.GroupID) streams.State { return &meterState{id: id} }
func (s meter) Load(id streams.GroupID, parts []streams.Part) (streams.State, error) {
	state := &meterState{id: id}
	return state, json.Unmarshal(parts[0].Data, &state.round)
}

type meterState struct {
	id    streams.GroupID
	round uint64
}

func (s *meterState) Resume(round uint64) { s.round = round }

func (s *meterState) Step(ev streams.Event) []streams.Event {
	s.round++
	now := epoch.Add(time.Duration(s.round) * time.Minute)
	var events []streams.Event
	for i := range ev.(tick).metrics {
		value := float64(i)
		events = append(events, streams.Metric{SeriesID: streams.SeriesID{GroupID: s.id, Series: "cpu"}, End: now,
			Period: streams.Duration(time.Minute), Value: &value, Unit: streams.Count, Revision: i + 1, Seen: now})
	}
	return append(events, streams.Group{GroupID: s.id, Round: s.round, Now: now})
}

func (s *meterState) Changed() []streams.Part {
	data, _ := json.Marshal(s.round)
	return []streams.Part{{Key: streams.PartKey{Slot: streams.NoSlot}, Data: data}}
}

func (w *world) meter(version int) partition.Config {
	cfg := w.config()
	cfg.Stage = meter{version}
	return cfg
}

// groupRounds gives the rounds of every group's group events, in order, and in
// how many batches they came.
func (w *world) groupRounds() (rounds map[streams.GroupID][]uint64, batches int) {
	w.Helper()
	rounds = map[streams.GroupID][]uint64{}
	seen := map[string]bool{}
	for _, msg := range w.read(-1, streams.KindGroup) {
		ev := must(streams.Decode(msg.Subject(), msg.Data()))
		rounds[ev.ID()] = append(rounds[ev.ID()], streams.RoundOf(ev))
		seen[msg.Headers().Get("Nats-Batch-Id")] = true
	}
	return rounds, len(seen)
}

func (w *world) wantRounds(id streams.GroupID, want ...uint64) {
	w.Helper()
	rounds, _ := w.groupRounds()
	if got := fmt.Sprint(rounds[id]); got != fmt.Sprint(want) {
		w.Errorf("%s: rounds %s, want %v", id, got, want)
	}
}

func TestInjectedGroupsShareCommits(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	r := w.start(w.meter(1))
	var inputs []streams.Event
	for n := range 500 {
		inputs = append(inputs, tick{GroupID: group(n), metrics: 3})
	}
	inputs = append(inputs, tick{GroupID: group(500), metrics: 390})
	if err := r.Inject(w.ctx, inputs...); err != nil {
		t.Fatal(err)
	}
	rounds, batches := w.groupRounds()
	if len(rounds) != 501 || batches < 5 || batches > 20 {
		t.Errorf("%d groups in %d batches, want 501 in a few", len(rounds), batches)
	}
	r.halt()
	r = w.start(w.meter(1))
	if err := r.Inject(w.ctx, tick{GroupID: group(1)}); err != nil {
		t.Fatal(err)
	}
	w.wantRounds(group(1), 1, 2)
	r.halt()
}

func TestInjectedIsStoredOnceWhateverAnswers(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	cfg := w.meter(1)
	cfg.Publish = faulty(func(n int, send send) (uint64, error) {
		switch n {
		case 3: // stored, and the answer is lost
			_, _ = send()
			return 0, nats.ErrTimeout
		case 5: // lost on its way
			return 0, nats.ErrTimeout
		}
		return send()
	})
	r := w.start(cfg)
	for range 5 {
		if err := r.Inject(w.ctx, tick{GroupID: group(1)}); err != nil {
			t.Fatal(err)
		}
	}
	w.wantRounds(group(1), 1, 2, 3, 4, 5)
	r.halt()
}

func TestInjectIntoFencedRunner(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	older := w.start(w.meter(1))
	if err := older.Inject(w.ctx, tick{GroupID: group(1)}); err != nil {
		t.Fatal(err)
	}
	younger := w.start(w.meter(1))
	if err := younger.Inject(w.ctx, tick{GroupID: group(1)}); err != nil {
		t.Fatal(err)
	}
	if err := older.Inject(w.ctx, tick{GroupID: group(1)}); !errors.Is(err, partition.ErrFenced) {
		t.Errorf("inject: %v", err)
	}
	if err := older.end(); !errors.Is(err, partition.ErrFenced) {
		t.Errorf("run: %v", err)
	}
	if err := older.Inject(w.ctx, tick{GroupID: group(1)}); err == nil {
		t.Error("inject after the end: no error")
	}
	w.wantRounds(group(1), 1, 2)
	younger.halt()
}

// A fold of another version begins anew, and its rounds go on all the same.
func TestRoundsGoOnAfterAnotherFold(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	for version := 1; version <= 2; version++ {
		r := w.start(w.meter(version))
		for range 2 {
			if err := r.Inject(w.ctx, tick{GroupID: group(1)}); err != nil {
				t.Fatal(err)
			}
		}
		r.halt()
	}
	w.wantRounds(group(1), 1, 2, 3, 4)
}

func TestInjectEndsWithItsContext(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	r, err := partition.New(w.meter(1), w.js, w.reader)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if err := r.Inject(ctx, tick{GroupID: group(1)}); !errors.Is(err, context.Canceled) {
		t.Errorf("inject: %v", err)
	}
}

// While nothing can be stored whoever injects may still leave.
func TestInjectLeavesWithItsContext(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	var full atomic.Bool
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	cfg := w.meter(1)
	cfg.Publish = faulty(func(_ int, send send) (uint64, error) {
		if full.Load() {
			cancel()
			return 0, nats.ErrTimeout
		}
		return send()
	})
	r := w.start(cfg)
	if err := r.Inject(ctx, tick{GroupID: group(1)}); err != nil {
		t.Fatal(err)
	}
	full.Store(true)
	if err := r.Inject(ctx, tick{GroupID: group(1)}); !errors.Is(err, context.Canceled) {
		t.Errorf("inject: %v", err)
	}
	full.Store(false)
	r.halt()
	w.wantRounds(group(1), 1, 2)
}

// A stage that reads nothing is never behind.
func TestReadyWithoutReading(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	for range 2 {
		r := w.start(w.meter(1))
		var inputs []streams.Event
		for n := range 600 {
			inputs = append(inputs, tick{GroupID: group(n), metrics: 3})
		}
		if err := r.Inject(w.ctx, inputs...); err != nil {
			t.Fatal(err)
		}
		if err := r.Ready(); err != nil {
			t.Error(err)
		}
		r.halt()
	}
	w.wantRounds(group(1), 1, 2)
}

// announced collects what Stored was told.
type announced struct {
	mu   sync.Mutex
	told []string
}

func (a *announced) stored(states map[streams.GroupID]streams.State) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var names []string
	for n := range 10 {
		if _, ok := states[group(n)]; ok {
			names = append(names, fmt.Sprint(n))
		}
	}
	a.told = append(a.told, strings.Join(names, " "))
}

func (a *announced) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.told...)
}

func TestStoredIsToldWhatChanged(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	first := &announced{}
	cfg := w.meter(1)
	cfg.Stored = first.stored
	r := w.start(cfg)
	for _, n := range []int{1, 2} {
		if err := r.Inject(w.ctx, tick{GroupID: group(n)}); err != nil {
			t.Fatal(err)
		}
	}
	r.halt()
	if got := fmt.Sprintf("%q", first.all()); got != `["1" "2"]` {
		t.Errorf("told %s", got)
	}
	second := &announced{}
	cfg.Stored = second.stored
	r = w.start(cfg)
	if err := r.Inject(w.ctx, tick{GroupID: group(3)}); err != nil {
		t.Fatal(err)
	}
	r.halt()
	if got := fmt.Sprintf("%q", second.all()); got != `["1 2" "3"]` {
		t.Errorf("after a restart told %s", got)
	}
}

// While a fold starts over nothing is told; then everything in one go.
func TestStoredIsNotToldWhileTheFoldStartsOver(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	r := w.start(w.config())
	for range 3 {
		w.publish(w.round(group(1), 1)...)
	}
	w.await(3)
	r.halt()
	told := &announced{}
	cfg := w.config()
	cfg.Stage = tally{version: 2}
	cfg.Stored = told.stored
	cfg.MaxMessages = 40 // several commits before it has caught up
	r = w.start(cfg)
	w.publish(w.round(group(1), 1)...)
	w.await(4)
	r.halt()
	all := told.all()
	if len(all) == 0 || all[len(all)-1] != "1" {
		t.Errorf("told %q, want the group once it has caught up", all)
	}
	w.verify(tally{})
}
