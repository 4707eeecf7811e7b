package partition

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// versioned is a stage that has no more than a version.
type versioned struct {
	streams.Stage
	version int
}

func (v versioned) Version() int { return v.version }

func TestDistrust(t *testing.T) {
	made := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	now := made.Add(30 * 24 * time.Hour)
	info := &jetstream.StreamInfo{Created: made, TimeStamp: now, State: jetstream.StreamState{LastSeq: 100},
		Config: jetstream.StreamConfig{MaxAge: 21 * 24 * time.Hour}}
	old := now.Add(-22 * 24 * time.Hour)
	r := &Runner{cfg: Config{Stage: versioned{version: 3}}}
	for _, test := range []struct {
		name   string
		change func(*held)
		want   string
	}{
		{"good", func(*held) {}, ""},
		{"missing", func(h *held) { *h = held{} }, "no checkpoint"},
		{"other stream", func(h *held) { h.Created = now }, "another stream"},
		{"other fold", func(h *held) { h.Fold = 2 }, "version 2 of the fold, this binary has 3"},
		{"shorter", func(h *held) { h.Seq = 101 }, "shorter"},
		{"old", func(h *held) { h.stored = old }, "528h0m0s old, events live 504h0m0s"},
		{"old, and took hands since", func(h *held) { h.Folded = &old }, "old, events live"},
	} {
		h := held{Checkpoint: streams.Checkpoint{Fold: 3, Seq: 100, Created: made}, at: 99, stored: now}
		test.change(&h)
		if got := r.distrust(h, info); !strings.Contains(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// delivered is a message of which only the numbers count.
type delivered struct {
	jetstream.Msg
	consumer uint64
}

func (d delivered) Metadata() (*jetstream.MsgMetadata, error) {
	return &jetstream.MsgMetadata{Sequence: jetstream.SequencePair{Consumer: d.consumer}}, nil
}

func TestDeliveryEndsAtGap(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	var taken []uint64
	d := &delivery{ctx: ctx, end: cancel, fn: func(_ context.Context, _ jetstream.Msg, m *jetstream.MsgMetadata) bool {
		taken = append(taken, m.Sequence.Consumer)
		return true
	}}
	for _, n := range []uint64{1, 2, 4, 5, 3} {
		d.take(delivered{consumer: n})
	}
	if len(taken) != 2 || !errors.Is(context.Cause(ctx), errGap) {
		t.Errorf("took %v, ended with %v", taken, context.Cause(ctx))
	}
}

func TestReadyWantsYoungGroupEvents(t *testing.T) {
	made := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		age, round time.Duration
		want       string
	}{
		{170 * time.Second, time.Minute, ""},
		{190 * time.Second, time.Minute, "the newest group event is 3m10s old"},
		{190 * time.Second, 2 * time.Minute, ""},
		{2 * time.Second, 500 * time.Millisecond, "the newest group event is 2s old"},
	} {
		s := status{down: errNotStarted, rounds: true}
		s.setDown(nil)
		if err := s.ready(); err != nil {
			t.Errorf("at the start: %v", err)
		}
		for n := range 3 {
			s.round(streams.Group{Now: made.Add(time.Duration(n) * test.round)}, time.Now().Add(-test.age))
		}
		err := s.ready()
		if got := fmt.Sprint(err); test.want == "" && err != nil || test.want != "" && got != test.want {
			t.Errorf("a group event %v old at rounds of %v: want %q, got %s", test.age, test.round, test.want, got)
		}
	}
}
