package partition

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// The headers that the runner puts on what it stores, beside those of NATS.
const (
	// stageHeader names the stage that published an event.
	stageHeader = "Autoscaling-Stage"
	// roundHeader is the round of an event, or the newest that the stage
	// published of the group whose state it is on.
	roundHeader = "Autoscaling-Round"
)

// fold is a stage in memory: what recovery brought back, and what was stepped
// since. It belongs to Run's goroutine.
type fold struct {
	stage     streams.Stage
	realm     string
	log       zerolog.Logger
	shortLife time.Duration
	states    map[streams.GroupID]streams.State
	books     map[streams.GroupID]*book
	held      [streams.Partitions]held
	read      uint64 // sequence of the last event seen
	work      work
}

// book is what the runner keeps of a group beside its state.
type book struct {
	// published is the newest round that the stage had published at recovery.
	published uint64
	// emitted is the newest round that it published by now.
	emitted uint64
	// steps counts the steps since the state was last asked what changed.
	steps int
}

// first gives the sequence from which to read on.
func (f *fold) first() uint64 {
	first := uint64(math.MaxUint64)
	for _, h := range f.held {
		first = min(first, h.Seq)
	}
	return first + 1
}

// silent reports whether some partition is still where an earlier fold may
// have published.
func (f *fold) silent() bool { return slices.ContainsFunc(f.held[:], held.silent) }

// seen reports whether an event was folded in before the fold was recovered.
func (f *fold) seen(it item) bool {
	return it.partition >= 0 && it.seq <= f.held[it.partition].Seq
}

// step folds one event in and keeps what follows from it.
func (f *fold) step(it item) error {
	id := it.event.ID()
	state, ok := f.states[id]
	b := f.book(id)
	if !ok {
		state = f.stage.New(id)
		f.states[id] = state
		if r, able := state.(resumer); able && it.injected && b.published > 0 {
			r.Resume(b.published)
		}
	}
	for _, ev := range state.Step(it.event) {
		if err := f.emit(it, b, ev); err != nil {
			return faultf("step %s of %s%s: %w", it.event.Kind(), id, it.place(), err)
		}
	}
	f.work.stepped(id, b, it)
	return nil
}

func (f *fold) emit(it item, b *book, ev streams.Event) error {
	if ev.ID() != it.event.ID() {
		return fmt.Errorf("returned a %s of another group: %s", ev.Kind(), ev.ID())
	}
	round := streams.RoundOf(ev)
	if !it.injected && it.seq <= f.held[it.partition].Began && round <= b.published {
		if err := streams.Validate(ev); err != nil {
			return fmt.Errorf("returned an invalid event: %w", err)
		}
		return nil
	}
	msg, err := topology.MessageWithLife(f.realm, ev, f.shortLife)
	if err != nil {
		return fmt.Errorf("returned an invalid event: %w", err)
	}
	msg.Header.Set(stageHeader, f.stage.Name())
	msg.Header.Set(roundHeader, strconv.FormatUint(round, 10))
	b.emitted = max(b.emitted, round)
	f.work.add(msg)
	tell(f.log, ev)
	return nil
}

func (f *fold) book(id streams.GroupID) *book {
	b, ok := f.books[id]
	if !ok {
		b = &book{}
		f.books[id] = b
	}
	return b
}

// harvest asks every state that was stepped what changed.
func (f *fold) harvest() error {
	for _, id := range f.work.stale {
		b := f.books[id]
		b.steps = 0
		for _, part := range f.states[id].Changed() {
			msg, err := f.part(id, b, part)
			if err != nil {
				return err
			}
			f.work.replace(msg)
		}
	}
	f.work.stale = f.work.stale[:0]
	f.work.staleSteps = 0
	return nil
}

func (f *fold) part(id streams.GroupID, b *book, part streams.Part) (*nats.Msg, error) {
	if part.Key.Series == "" && part.Key.Slot != streams.NoSlot {
		return nil, faultf("state of %s: slot %d without a series", id, part.Key.Slot)
	}
	msg := topology.Latest(streams.StateSubject(f.realm, f.stage.Name(), id, part.Key), part.Data)
	msg.Header.Set(streams.FoldHeader, f.held[streams.PartitionOf(id)].FoldMark())
	if b.emitted > 0 {
		msg.Header.Set(roundHeader, strconv.FormatUint(b.emitted, 10))
	}
	return msg, nil
}
