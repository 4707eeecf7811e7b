package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// openTimeout bounds the questions that find the stream, and readTimeout
	// everything that is read of it.
	openTimeout = 5 * time.Second
	readTimeout = 30 * time.Second
)

// realmFlags are the flags of every verb that looks at a realm.
type realmFlags struct {
	connectFlags
	Config string `short:"c" placeholder:"FILE" help:"Configuration; without one, the defaults."`
	Realm  string `placeholder:"NAME" help:"Realm of the timeline; before the configuration (default live)."`
}

// lookup reads single messages of a realm's timeline, and changes nothing.
type lookup struct {
	realm  string
	stream jetstream.Stream
	// now is the server's clock when the stream was found, and end the newest
	// sequence that it had.
	now time.Time
	end uint64
}

// stored is an event as the timeline holds it.
type stored struct {
	event streams.Event
	seq   uint64
	at    time.Time // by the server's clock
}

// dial reads the configuration and connects to its server.
func (f realmFlags) dial(p process, name string) (connection, config.Config, error) {
	flags := componentFlags{connectFlags: f.connectFlags, Config: f.Config, Realm: f.Realm}
	cfg, log, err := flags.load(p)
	if err != nil {
		return connection{}, cfg, err
	}
	conn, err := f.resolve(p.env, cfg.NATS).connect("autoscaler "+name, log)
	return conn, cfg, err
}

// open finds the timeline. It gives up soon: whoever asks is waiting.
func (f realmFlags) open(ctx context.Context, p process, name string) (lookup, func(), error) {
	conn, cfg, err := f.dial(p, name)
	if err != nil {
		return lookup{}, nil, err
	}
	l, err := newLookup(ctx, conn, cfg.Realm)
	if err != nil {
		conn.nc.Close()
		return lookup{}, nil, err
	}
	return l, conn.nc.Close, nil
}

func newLookup(ctx context.Context, conn connection, realm string) (lookup, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	name, server := streams.StreamName(realm), conn.nc.ConnectedUrlRedacted()
	stream, err := conn.js.Stream(ctx, name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return lookup{}, fmt.Errorf("look at realm %s: %s has no stream %s: nothing ran in this realm yet", realm, server, name)
	case errors.Is(err, context.DeadlineExceeded):
		return lookup{}, fmt.Errorf("look at realm %s: JetStream of %s does not answer within %v", realm, server, openTimeout)
	case err != nil:
		return lookup{}, fmt.Errorf("look at realm %s: stream %s of %s: %w", realm, name, server, err)
	}
	info := stream.CachedInfo()
	return lookup{realm: realm, stream: stream, now: info.TimeStamp, end: info.State.LastSeq}, nil
}

// groups lists the groups that the timeline knows, by name.
func (l lookup) groups(ctx context.Context) ([]streams.GroupID, error) {
	known := map[streams.GroupID]bool{}
	for _, kind := range []streams.Kind{streams.KindControl, streams.KindGroup} {
		info, err := l.stream.Info(ctx, jetstream.WithSubjectFilter(streams.KindFilter(l.realm, kind)))
		if err != nil {
			return nil, fmt.Errorf("list the groups: %w", err)
		}
		for subject := range info.State.Subjects {
			if addr, err := streams.ParseSubject(subject); err == nil {
				known[addr.GroupID] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(known), func(a, b streams.GroupID) int { return strings.Compare(a.String(), b.String()) }), nil
}

// find gives the groups that a name means: scope/group, or group in any scope.
func (l lookup) find(ctx context.Context, name string) ([]streams.GroupID, error) {
	known, err := l.groups(ctx)
	if err != nil {
		return nil, err
	}
	var found []streams.GroupID
	for _, id := range known {
		if id.String() == name || id.Group == name {
			found = append(found, id)
		}
	}
	switch {
	case len(found) > 0:
		return found, nil
	case len(known) == 0:
		return nil, fmt.Errorf("group %q: %w", name, noGroup(l.realm))
	}
	return nil, fmt.Errorf("group %q: realm %s has %s", name, l.realm, list(known))
}

// noGroup is of a timeline on which nobody has polled a group.
func noGroup(realm string) error {
	return fmt.Errorf("realm %s has no group yet: ingest polls those that the configuration names, and those that 'autoscaler aws attach' has tagged; where AWS denies that, its /ready says so", realm)
}

// list names groups, the first of many.
func list(ids []streams.GroupID) string {
	const most = 20
	var names []string
	for _, id := range ids[:min(len(ids), most)] {
		names = append(names, id.String())
	}
	text := strings.Join(names, ", ")
	if more := len(ids) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// last gives the newest event of a subject; nil where there is none.
func (l lookup) last(ctx context.Context, subject string) (*stored, error) {
	msg, err := l.stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", subject, err)
	}
	ev, err := streams.Decode(msg.Subject, msg.Data)
	switch {
	case errors.Is(err, streams.ErrNewerVersion):
		return nil, fmt.Errorf("read %s at sequence %d: %w", subject, msg.Sequence, err)
	case err != nil: // the one before it, as the stages see it
		return l.newest(ctx, subject, msg.Sequence-1, func(stored) bool { return true })
	}
	return &stored{ev, msg.Sequence, msg.Time}, nil
}

// from gives the first event of a subject at a sequence or later; nil where
// there is none. What cannot be decoded is passed over, as the stages do.
func (l lookup) from(ctx context.Context, subject string, seq uint64) (*stored, error) {
	for seq = max(seq, 1); ; seq++ {
		msg, err := l.stream.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(subject))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s from sequence %d on: %w", subject, seq, err)
		}
		ev, err := streams.Decode(msg.Subject, msg.Data)
		if err == nil {
			return &stored{ev, msg.Sequence, msg.Time}, nil
		}
		if errors.Is(err, streams.ErrNewerVersion) {
			return nil, fmt.Errorf("read %s at sequence %d: %w", subject, msg.Sequence, err)
		}
		seq = msg.Sequence
	}
}

// newest gives the newest event of a subject, up to a sequence, of which holds
// is true; nil where there is none. It has to be true of all events before one
// of which it is true. What is near the sequence takes a few questions, and
// what is far about twice the logarithm of the distance.
func (l lookup) newest(ctx context.Context, subject string, upTo uint64, holds func(stored) bool) (*stored, error) {
	found, beyond, err := l.gallop(ctx, subject, upTo, holds)
	if err != nil || found == nil {
		return nil, err
	}
	for found.seq+1 < beyond {
		middle := found.seq + (beyond-found.seq)/2
		ev, err := l.from(ctx, subject, middle)
		if err != nil {
			return nil, err
		}
		if ev != nil && ev.seq < beyond && holds(*ev) {
			found = ev
		} else {
			beyond = middle
		}
	}
	return found, nil
}

// gallop goes back from a sequence in growing steps to an event of which holds
// is true, and gives the sequence from which on it is true of none.
func (l lookup) gallop(ctx context.Context, subject string, upTo uint64, holds func(stored) bool) (found *stored, beyond uint64, err error) {
	beyond = upTo + 1
	for step := uint64(4); beyond > 1; step *= 4 {
		from := upTo - min(step, upTo) + 1
		ev, err := l.from(ctx, subject, from)
		if err != nil {
			return nil, 0, err
		}
		if ev != nil && ev.seq < beyond && holds(*ev) {
			return ev, beyond, nil
		}
		beyond = from
	}
	return nil, beyond, nil
}
