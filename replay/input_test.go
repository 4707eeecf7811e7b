package replay

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// readAll tells what ReadStream gives: an event by kind and round, or the bin
// of a metric; what cannot be decoded by a word; and the last error.
func (tl *timeline) readAll(since time.Time) (told []string, last error) {
	tl.Helper()
	for ev, err := range ReadStream(tl.ctx, tl.reader, streams.StreamName(realm), since) {
		switch {
		case last != nil:
			tl.Errorf("after the error %v: %v, %v", last, ev, err)
		case errors.Is(err, ErrUndecodable):
			told = append(told, "undecodable")
		case err != nil:
			last = err
		default:
			told = append(told, tell(ev))
		}
	}
	return told, last
}

func tell(ev streams.Event) string {
	if m, ok := ev.(streams.Metric); ok {
		return fmt.Sprintf("metric %v", *m.Value)
	}
	if n := streams.RoundOf(ev); n > 0 {
		return fmt.Sprintf("%s %d", ev.Kind(), n)
	}
	return string(ev.Kind())
}

// timeOf gives the server's time of a message.
func (tl *timeline) timeOf(seq uint64) time.Time {
	tl.Helper()
	m, err := tl.stream.GetMsg(tl.ctx, seq)
	if err != nil {
		tl.Fatal(err)
	}
	return m.Time
}

// eight stores two rounds and what followed from them.
func (tl *timeline) eight(s *script) {
	tl.Helper()
	outcome, _ := s.Act(scaleOut(s.group(1))[0].(streams.Decision))
	tl.put(s.retired(), s.metric(1), s.group(1), scaleOut(s.group(1))[0], outcome, s.metric(2), s.retired(), s.group(2))
}

func TestReadStream(t *testing.T) {
	t.Parallel()
	web := &script{name: "web"}
	metric, state := streams.EventSubject(realm, web.metric(1)), streams.StateSubject(realm, "decider", web.ID(), streams.PartKey{})
	all := []string{"control", "metric 1", "group 1", "metric 2", "control", "group 2"}
	remove := func(tl *timeline, seq uint64) {
		if err := tl.stream.DeleteMsg(tl.ctx, seq); err != nil {
			tl.Error(err)
		}
	}
	for _, tc := range []struct {
		name  string
		begin func(*timeline)
		since func(*timeline) time.Time
		want  []string
		err   error
	}{
		{"inputs only", func(tl *timeline) { tl.eight(web); tl.putRaw(state, []byte("state")) }, nil, all, nil},
		{"empty", func(*timeline) {}, nil, nil, nil},
		{"purged", func(tl *timeline) { tl.eight(web); tl.stream.Purge(tl.ctx) }, nil, nil, nil},
		{"the last deleted", func(tl *timeline) { tl.eight(web); remove(tl, 8) }, nil, all[:5], nil},
		{"one deleted", func(tl *timeline) { tl.eight(web); remove(tl, 2) }, nil, append([]string{"control"}, all[2:]...), nil},
		{"undecodable", func(tl *timeline) { tl.putRaw(metric, []byte("{}")); tl.eight(web) }, nil, append([]string{"undecodable"}, all...), nil},
		{"only undecodable", func(tl *timeline) { tl.putRaw(metric, nil) }, nil, []string{"undecodable"}, nil},
		{"a newer version", func(tl *timeline) {
			tl.put(web.metric(1))
			tl.putRaw(metric, []byte(`{"version":2}`))
			tl.eight(web)
		}, nil, []string{"metric 1"}, streams.ErrNewerVersion},
		{"since the beginning", func(tl *timeline) { tl.eight(web) }, func(tl *timeline) time.Time { return tl.timeOf(1) }, all, nil},
		{"since the middle", func(tl *timeline) { tl.eight(web) }, func(tl *timeline) time.Time { return tl.timeOf(6) },
			append([]string{"control"}, all[3:]...), nil},
		{"since an output", func(tl *timeline) { tl.eight(web) }, func(tl *timeline) time.Time { return tl.timeOf(4) },
			append([]string{"control"}, all[3:]...), nil},
		{"since the future", func(tl *timeline) { tl.eight(web) }, func(*timeline) time.Time { return time.Now().Add(time.Hour) },
			[]string{"control", "control"}, nil},
		{"newer controls before since", func(tl *timeline) {
			tl.putRaw(streams.EventSubject(realm, web.retired()), []byte(`{"version":2}`))
			tl.eight(web)
		}, func(tl *timeline) time.Time { return tl.timeOf(4) }, nil, streams.ErrNewerVersion},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tl := newTimeline(t, inMemory())
			tc.begin(tl)
			var since time.Time
			if tc.since != nil {
				since = tc.since(tl)
			}
			got, err := tl.readAll(since)
			if diff := cmp.Diff(tc.want, got); diff != "" || !errors.Is(err, tc.err) {
				t.Errorf("error %v, read (-want +got):\n%s", err, diff)
			}
		})
	}
}

// What is stored while it reads is not part of what the stream holds now.
func TestReadStreamThatGrows(t *testing.T) {
	t.Parallel()
	tl := newTimeline(t, inMemory())
	web := &script{name: "web"}
	tl.eight(web)
	var got []string
	for ev, err := range ReadStream(tl.ctx, tl.reader, streams.StreamName(realm), time.Time{}) {
		if err != nil {
			t.Fatal(err)
		}
		if got = append(got, tell(ev)); len(got) == 1 {
			tl.put(web.metric(3), web.group(3))
		}
	}
	if diff := cmp.Diff([]string{"control", "metric 1", "group 1", "metric 2", "control", "group 2"}, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

// Whoever has seen enough is handed nothing more, not even an error.
func TestReadStreamEndsEarly(t *testing.T) {
	t.Parallel()
	tl := newTimeline(t, inMemory())
	tl.eight(&script{name: "web"})
	for _, since := range []time.Time{{}, tl.timeOf(6)} {
		for enough := 1; enough <= 3; enough++ {
			n := 0
			for range ReadStream(tl.ctx, tl.reader, streams.StreamName(realm), since) {
				if n++; n == enough {
					break
				}
			}
			if n != enough {
				t.Errorf("%d events, want %d", n, enough)
			}
		}
	}
}

func TestReadStreamThatIsNone(t *testing.T) {
	t.Parallel()
	tl := newTimeline(t, inMemory())
	if err := tl.publish.DeleteStream(tl.ctx, streams.StreamName(realm)); err != nil {
		t.Fatal(err)
	}
	if _, err := tl.readAll(time.Time{}); !errors.Is(err, jetstream.ErrStreamNotFound) || !strings.HasPrefix(err.Error(), "read stream AUTOSCALING_TRIAL: ") {
		t.Errorf("got %v", err)
	}
	// A stream of something else has no input, and one that holds other
	// subjects beside a timeline's gives what is of the timeline.
	for _, subjects := range [][]string{{"orders.>"}, {"orders.>", streams.Root + ".>"}} {
		cfg := jetstream.StreamConfig{Name: streams.StreamName(realm), Subjects: subjects, Storage: jetstream.MemoryStorage}
		if _, err := tl.publish.CreateOrUpdateStream(tl.ctx, cfg); err != nil {
			t.Fatal(err)
		}
		tl.putRaw("orders.new", []byte("{}"))
		if got, err := tl.readAll(time.Time{}); err != nil || len(got) > 0 {
			t.Errorf("%q: %q, %v", subjects, got, err)
		}
	}
	tl.put((&script{name: "web"}).group(1))
	if got, err := tl.readAll(time.Time{}); err != nil || len(got) != 1 {
		t.Errorf("%q, %v", got, err)
	}
}

// Messages are read across what several batches hold.
func TestReadStreamThatIsLong(t *testing.T) {
	t.Parallel()
	tl := newTimeline(t, inMemory())
	d, web := tl.driver(), &script{name: "web"}
	var events []streams.Event
	for n := range 2*topology.MaxBatch + 5 {
		events = append(events, web.metric(uint64(n+1)))
	}
	if err := d.publish(tl.ctx, events); err != nil {
		t.Fatal(err)
	}
	if got, err := tl.readAll(time.Time{}); err != nil || len(got) != len(events) || got[len(got)-1] != "metric 2005" {
		t.Errorf("%d events, %v", len(got), err)
	}
}

func TestDecodeInput(t *testing.T) {
	web := &script{name: "web"}
	group := streams.EventSubject(realm, web.group(1))
	body, err := streams.Encode(web.group(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, subject string
		body          []byte
		want          streams.Event
		err           error
	}{
		{"an input", group, body, web.group(1), nil},
		{"of another group", streams.EventSubject(realm, (&script{name: "db"}).group(1)), body, nil, ErrUndecodable},
		{"a newer version", group, []byte(`{"version":9,"more":1}`), nil, streams.ErrNewerVersion},
		{"a decision", streams.EventSubject(realm, scaleOut(web.group(1))[0]), []byte("{"), nil, nil},
		{"a checkpoint", streams.CheckpointSubject(realm, 1, "decider"), []byte("{"), nil, nil},
		{"another subject", "orders.new", []byte("{"), nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := DecodeInput(tc.subject, tc.body)
			if diff := cmp.Diff(tc.want, got); diff != "" || !errors.Is(err, tc.err) {
				t.Errorf("error %v, (-want +got):\n%s", err, diff)
			}
		})
	}
}
