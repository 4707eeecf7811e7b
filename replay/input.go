package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// ErrUndecodable says that a message of a timeline cannot be decoded; stages
// skip it, and so does a replay.
var ErrUndecodable = errors.New("message cannot be decoded")

// inputs are the kinds that a replay feeds.
//
//nolint:gochecknoglobals // a table that nothing writes, as TestBans holds
var inputs = [...]streams.Kind{streams.KindMetric, streams.KindGroup, streams.KindControl}

// anyRealm is NATS's wildcard in the place of a realm.
const anyRealm = "*"

// DecodeInput decodes what a replay feeds again: metrics, group events and
// controls. Of any other message it gives neither an event nor an error.
func DecodeInput(subject string, body []byte) (streams.Event, error) {
	addr, err := streams.ParseSubject(subject)
	if err != nil || !slices.Contains(inputs[:], addr.Kind) {
		return nil, nil
	}
	ev, err := streams.Decode(subject, body)
	switch {
	case errors.Is(err, streams.ErrNewerVersion):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrUndecodable, err)
	}
	return ev, nil
}

// ReadStream gives the inputs that a stream holds now and that were stored at
// since or later, in order; before them the controls that were stored earlier,
// since they are in force. A message that cannot be decoded is an
// ErrUndecodable, and the next one follows it. Any other error is the last.
func ReadStream(ctx context.Context, js jetstream.JetStream, stream string, since time.Time) iter.Seq2[streams.Event, error] {
	return func(yield func(streams.Event, error) bool) {
		all := reader{js: js, stream: stream, since: since, toEnd: true, subjects: filters(inputs[:]...)}
		if err := readStream(ctx, all, yield); err != nil {
			yield(nil, fmt.Errorf("read stream %s: %w", stream, err))
		}
	}
}

func readStream(ctx context.Context, all reader, yield func(streams.Event, error) bool) error {
	asking, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	stream, err := all.js.Stream(asking, all.stream)
	if err != nil {
		return err
	}
	last := stream.CachedInfo().State.LastSeq
	var fault error
	more := true
	hand := func(m jetstream.Msg, meta *jetstream.MsgMetadata) bool {
		if meta.Sequence.Stream > last {
			return false
		}
		ev, err := DecodeInput(m.Subject(), m.Data())
		if err != nil {
			err = fmt.Errorf("sequence %d: %w", meta.Sequence.Stream, err)
		}
		switch {
		case err != nil && !errors.Is(err, ErrUndecodable):
			fault, more = err, false
		case err != nil || ev != nil:
			more = yield(ev, err)
		}
		return more
	}
	if !all.since.IsZero() {
		controls := reader{js: all.js, stream: all.stream, toEnd: true, subjects: filters(streams.KindControl)}
		err := controls.run(ctx, func(m jetstream.Msg, meta *jetstream.MsgMetadata) bool {
			return meta.Timestamp.Before(all.since) && hand(m, meta)
		})
		if err != nil || !more {
			return cmp.Or(err, fault)
		}
	}
	return cmp.Or(all.run(ctx, hand), fault)
}

// filters match kinds in whatever realm a stream has.
func filters(kinds ...streams.Kind) []string {
	var subjects []string
	for _, k := range kinds {
		subjects = append(subjects, streams.KindFilter(anyRealm, k))
	}
	return subjects
}
