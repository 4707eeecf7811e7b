package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// on reads the decisions of the realm.
func (tl *timeline) on() reader {
	return reader{
		js: tl.reader, stream: streams.StreamName(realm), log: zerolog.New(zerolog.NewTestWriter(tl)),
		subjects: []string{streams.KindFilter(realm, streams.KindDecision)},
	}
}

// write stores numbered bodies as decisions.
func (tl *timeline) write(from, to int) {
	tl.Helper()
	subject := streams.EventSubject(realm, scaleOut((&script{name: "web"}).group(1))[0])
	for chunk := range slices.Chunk(numbers(from, to), topology.MaxBatch) {
		var msgs []*nats.Msg
		for _, n := range chunk {
			msgs = append(msgs, &nats.Msg{Subject: subject, Data: []byte(n)})
		}
		if _, err := topology.PublishBatch(tl.ctx, tl.publish, msgs); err != nil {
			tl.Error(err)
		}
	}
}

func numbers(from, to int) (all []string) {
	for n := from; n <= to; n++ {
		all = append(all, fmt.Sprint(n))
	}
	return all
}

// Whatever breaks a reader off, it delivers each message once and in order.
func TestReaderGoesOn(t *testing.T) {
	t.Parallel()
	for name, breakOff := range map[string]func(*testing.T, *timeline, *servertest.Persistent){
		"consumer deleted": func(t *testing.T, tl *timeline, _ *servertest.Persistent) {
			for name := range tl.stream.ConsumerNames(tl.ctx).Name() {
				if err := tl.stream.DeleteConsumer(tl.ctx, name); err != nil {
					t.Error(err)
				}
			}
		},
		"server restarted": func(t *testing.T, tl *timeline, p *servertest.Persistent) {
			back := tl.publish.Conn().StatusChanged(nats.CONNECTED)
			p.Restart()
			<-back
		},
		"connection reset": func(t *testing.T, tl *timeline, _ *servertest.Persistent) {
			if err := tl.reader.Conn().ForceReconnect(); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := servertest.NewPersistent(t)
			tl := timelineOn(t, func() *nats.Conn { return p.Connect() }, topology.Options{})
			tl.write(1, 3)
			half, ended := make(chan struct{}), make(chan error, 1)
			var got []string
			r := tl.on()
			go func() {
				ended <- r.run(tl.ctx, func(m jetstream.Msg, _ *jetstream.MsgMetadata) bool {
					got = append(got, string(m.Data()))
					if len(got) == 3 {
						close(half)
					}
					return len(got) < 6
				})
			}()
			<-half
			breakOff(t, tl, p)
			tl.write(4, 6)
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(numbers(1, 6), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A stream, a connection or a ctx that is gone ends it at once.
func TestReaderEnds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		end  func(*timeline, context.CancelFunc)
		want error
	}{
		"stream deleted": {func(tl *timeline, _ context.CancelFunc) {
			if err := tl.publish.DeleteStream(tl.ctx, streams.StreamName(realm)); err != nil {
				tl.Error(err)
			}
		}, jetstream.ErrStreamNotFound},
		"connection closed": {func(tl *timeline, _ context.CancelFunc) { tl.reader.Conn().Close() }, nats.ErrConnectionClosed},
		"cancelled":         {func(_ *timeline, cancel context.CancelFunc) { cancel() }, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tl := newTimeline(t, inMemory())
			tl.write(1, 3)
			ctx, cancel := context.WithCancel(tl.ctx)
			defer cancel()
			r, n := tl.on(), 0
			err := r.run(ctx, func(jetstream.Msg, *jetstream.MsgMetadata) bool {
				if n++; n == 3 {
					tc.end(tl, cancel)
				}
				return true
			})
			if !errors.Is(err, tc.want) || n != 3 || strings.HasPrefix(err.Error(), "gave up") {
				t.Errorf("got %v after %d messages, want %v", err, n, tc.want)
			}
		})
	}
}

// What can never be read is given up, with the cause.
func TestReaderGivesUp(t *testing.T) {
	t.Parallel()
	tl := newTimeline(t, inMemory())
	r := tl.on()
	r.subjects = []string{"bad..subject"}
	err := r.run(tl.ctx, func(jetstream.Msg, *jetstream.MsgMetadata) bool { return true })
	if err == nil || !strings.HasPrefix(err.Error(), "gave up at sequence 0 after 10 attempts: create consumer: ") {
		t.Errorf("got %v", err)
	}
}

// To the end: of a stream that grows, of one whose messages are deleted while
// it is read, and of an empty one.
func TestReaderToTheEnd(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		written    int
		first      func(*timeline)
		atLeast    int
		everything bool
	}{
		{"empty", 0, nil, 0, true},
		{"long", 3000, nil, 3000, true},
		{"grows", 600, func(tl *timeline) { tl.write(601, 1200) }, 600, true},
		{"deleted meanwhile", 3000, func(tl *timeline) {
			if err := tl.stream.Purge(tl.ctx); err != nil {
				tl.Error(err)
			}
		}, 1, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tl := newTimeline(t, inMemory())
			tl.write(1, tc.written)
			var got []string
			r := tl.on()
			r.toEnd = true
			err := r.run(tl.ctx, func(m jetstream.Msg, _ *jetstream.MsgMetadata) bool {
				if got = append(got, string(m.Data())); len(got) == 1 && tc.first != nil {
					tc.first(tl)
				}
				return true
			})
			if err != nil || len(got) < tc.atLeast || !tc.everything && len(got) >= tc.written {
				t.Errorf("%d messages: %v", len(got), err)
			}
			if diff := cmp.Diff(numbers(1, len(got)), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The first sequence and the first instant say where it begins.
func TestReaderBegins(t *testing.T) {
	t.Parallel()
	tl := newTimeline(t, inMemory())
	tl.write(1, 2)
	tl.write(3, 5)
	third, err := tl.stream.GetMsg(tl.ctx, 3)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		begin func(*reader)
		want  []string
	}{
		"beginning": {func(*reader) {}, numbers(1, 5)},
		"sequence":  {func(r *reader) { r.next = 4 }, numbers(4, 5)},
		"beyond":    {func(r *reader) { r.next = 9 }, nil},
		"instant":   {func(r *reader) { r.since = third.Time }, numbers(3, 5)},
		"future":    {func(r *reader) { r.since = time.Now().Add(time.Hour) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := tl.on()
			r.toEnd = true
			tc.begin(&r)
			var got []string
			err := r.run(tl.ctx, func(m jetstream.Msg, _ *jetstream.MsgMetadata) bool {
				got = append(got, string(m.Data()))
				return true
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
