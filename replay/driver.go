package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// ErrNotEmpty says that a realm holds a timeline already.
var ErrNotEmpty = errors.New("the realm holds a timeline already; choose another one")

// Driver plays groups into a realm whose stream exists and whose stages run.
type Driver struct {
	Realm string
	// Publisher publishes. Reader reads decisions, on a connection of its own.
	Publisher, Reader jetstream.JetStream
	// Speed is how many seconds of the players' clock pass in a second; 0 is
	// as fast as the stages decide.
	Speed float64
	// Timeout bounds the wait for the decisions of one round.
	Timeout time.Duration
	Log     zerolog.Logger
	// Watch sees every decision of a live policy, in the order of rounds; may
	// be nil.
	Watch func(streams.Decision)
	// Progress is told how many rounds of all groups are done; may be nil.
	Progress func(rounds int)
}

// Run plays all players side by side to their ends, or until ctx ends.
func (d *Driver) Run(ctx context.Context, players []sim.Player) error {
	from, err := d.head(ctx)
	if err != nil {
		return fmt.Errorf("replay into realm %s: %w", d.Realm, err)
	}
	decided := kindsAfter(d.Reader, d.Realm, from, streams.KindDecision)
	decided.log = d.Log
	decisions, stop := listen(ctx, decided)
	defer stop()

	var begin []streams.Event
	for _, p := range players {
		begin = append(begin, p.Begin()...)
	}
	if err := d.publish(ctx, begin); err != nil {
		return err
	}
	pace := pacer{speed: d.Speed}
	for {
		done, err := d.round(ctx, players, &pace, decisions)
		if done || err != nil {
			return err
		}
	}
}

// round plays one round of every player that has one left.
func (d *Driver) round(ctx context.Context, players []sim.Player, pace *pacer, decisions <-chan heard) (done bool, err error) {
	waiting := map[streams.GroupID]waiter{}
	var events []streams.Event
	for _, p := range players {
		if !p.Next() {
			continue
		}
		own := p.Round()
		group := own[len(own)-1].(streams.Group)
		waiting[p.ID()] = waiter{p, group.Round}
		if err := pace.wait(ctx, group.Now); err != nil {
			return false, err
		}
		events = append(events, own...)
	}
	if len(waiting) == 0 {
		for _, p := range players {
			p.End()
		}
		return true, nil
	}
	if err := d.publish(ctx, events); err != nil {
		return false, err
	}
	decided, err := d.await(ctx, waiting, decisions)
	if err != nil {
		return false, err
	}
	var outcomes []streams.Event
	for _, dec := range decided {
		if d.Watch != nil {
			d.Watch(dec)
		}
		if outcome, ok := waiting[dec.GroupID].player.Act(dec); ok {
			outcomes = append(outcomes, outcome)
		}
	}
	if d.Progress != nil {
		d.Progress(len(decided))
	}
	return false, d.publish(ctx, outcomes)
}

// waiter is a player whose round waits for its decision.
type waiter struct {
	player sim.Player
	round  uint64
}

// await collects one decision for each waiter, in the order of identities.
func (d *Driver) await(ctx context.Context, waiting map[streams.GroupID]waiter, decisions <-chan heard) ([]streams.Decision, error) {
	timer := time.NewTimer(d.Timeout)
	defer timer.Stop()
	decided := make([]streams.Decision, 0, len(waiting))
	seen := make(map[streams.GroupID]bool, len(waiting))
	for len(decided) < len(waiting) {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-timer.C:
			return nil, fmt.Errorf("replay into realm %s: no decision within %v of %s; do forecaster and decider run on this realm?",
				d.Realm, d.Timeout, missing(waiting, seen))
		case h, ok := <-decisions:
			if !ok { // which only the end of ctx does
				return nil, ctx.Err()
			}
			if h.err != nil {
				return nil, fmt.Errorf("replay into realm %s: %w", d.Realm, h.err)
			}
			dec := h.event.(streams.Decision)
			if dec.Shadow() { // which nobody acts on
				continue
			}
			w, ours := waiting[dec.GroupID]
			if !ours || dec.Round != w.round || seen[dec.GroupID] {
				return nil, fmt.Errorf("replay into realm %s: %s: a decision of round %d that nobody waits for", d.Realm, dec.GroupID, dec.Round)
			}
			seen[dec.GroupID] = true
			decided = append(decided, dec)
		}
	}
	slices.SortFunc(decided, func(a, b streams.Decision) int { return strings.Compare(a.GroupID.String(), b.GroupID.String()) })
	return decided, nil
}

func missing(waiting map[streams.GroupID]waiter, seen map[streams.GroupID]bool) string {
	var names []string
	for id, w := range waiting {
		if !seen[id] {
			names = append(names, fmt.Sprintf("%s round %d", id, w.round))
		}
	}
	slices.Sort(names)
	return some(names)
}

// publish stores events in order, as few atomic batches as they fit in.
func (d *Driver) publish(ctx context.Context, events []streams.Event) error {
	for chunk := range slices.Chunk(events, topology.MaxBatch) {
		msgs := make([]*nats.Msg, 0, len(chunk))
		for _, ev := range chunk {
			m, err := topology.Message(d.Realm, ev)
			if err != nil {
				return fmt.Errorf("replay into realm %s: %w", d.Realm, err)
			}
			msgs = append(msgs, m)
		}
		if _, err := topology.PublishBatch(ctx, d.Publisher, msgs); err != nil {
			return fmt.Errorf("replay into realm %s: publish %d events: %w", d.Realm, len(msgs), err)
		}
	}
	return nil
}

// head gives the sequence after which decisions are read, and refuses a realm
// that was fed before.
func (d *Driver) head(ctx context.Context) (uint64, error) {
	stream, err := d.Reader.Stream(ctx, streams.StreamName(d.Realm))
	if err != nil {
		return 0, err
	}
	for _, kind := range inputs {
		info, err := stream.Info(ctx, jetstream.WithSubjectFilter(streams.KindFilter(d.Realm, kind)))
		if err != nil {
			return 0, err
		}
		if len(info.State.Subjects) > 0 {
			return 0, ErrNotEmpty
		}
	}
	return stream.CachedInfo().State.LastSeq, nil
}
