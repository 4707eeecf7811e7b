package recording_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/streams/embedded"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

var config = jetstream.StreamConfig{
	Name:        "TIMELINE",
	Description: "what happened",
	Subjects:    []string{"event.>", "state.*"},
	Metadata:    map[string]string{"partitions": "16"},
	AllowRollup: true,
	AllowMsgTTL: true,
	AllowDirect: true,
}

// byBytes compares payloads at once instead of byte by byte.
var byBytes = cmp.Comparer(bytes.Equal)

func connect(t *testing.T, s *embedded.Server) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(servertest.Connect(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func publish(t *testing.T, js jetstream.JetStream, subject, data string, header ...string) {
	t.Helper()
	msg := nats.NewMsg(subject)
	msg.Data = []byte(data)
	for pair := range slices.Chunk(header, 2) {
		msg.Header.Add(pair[0], pair[1])
	}
	if _, err := js.PublishMsg(t.Context(), msg); err != nil {
		t.Fatal(err)
	}
}

// fill makes a stream with everything that a timeline has: headers in several
// spellings and with several values, lifetimes, rollups and deletions that
// leave gaps at the beginning, in the middle and at the end.
func fill(t *testing.T, js jetstream.JetStream, cfg jetstream.StreamConfig) jetstream.Stream {
	t.Helper()
	stream, err := js.CreateStream(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	publish(t, js, "state.a", "old", "Nats-Rollup", "sub")
	publish(t, js, "event.metric", `{"value":42.5}`, "ce-type", "metric", "traceparent", "00-01", "Nats-TTL", "never")
	publish(t, js, "event.forecast", `{"p50":43}`, "Nats-TTL", "168h", "many", "b", "many", "a")
	publish(t, js, "event.empty", "")
	publish(t, js, "event.deleted", "x")
	publish(t, js, "event.binary", "\x00\xff\r\n\x00", "Text", "zwölf: \t Punkte")
	publish(t, js, "state.a", "new", "Nats-Rollup", "sub", "Nats-TTL", "never")
	publish(t, js, "event.large", strings.Repeat("0123456789", 50_000))
	publish(t, js, "event.deleted", "y")
	for _, seq := range []uint64{5, 9} {
		if err := stream.DeleteMsg(t.Context(), seq); err != nil {
			t.Fatal(err)
		}
	}
	return stream
}

// publishLarge publishes n messages of 512 KiB that cannot be compressed. The
// server sends 8 MiB of a snapshot ahead of our acknowledgements, no more.
func publishLarge(t *testing.T, js jetstream.JetStream, n int) {
	t.Helper()
	data := make([]byte, 512<<10)
	for range n {
		if _, err := rand.Read(data); err != nil {
			t.Fatal(err)
		}
		publish(t, js, "event.large", string(data))
	}
}

// stored reads the messages of a stream one by one, past our reader.
func stored(t *testing.T, stream jetstream.Stream) []recording.Message {
	t.Helper()
	info, err := stream.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var list []recording.Message
	for seq := info.State.FirstSeq; seq <= info.State.LastSeq; seq++ {
		raw, err := stream.GetMsg(t.Context(), seq)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		// A direct get adds what a recorded message has as fields.
		for key := range raw.Header {
			if slices.Contains([]string{"Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp"}, key) {
				raw.Header.Del(key)
			}
		}
		if len(raw.Header) == 0 {
			raw.Header = nil
		}
		list = append(list, recording.Message{
			Subject: raw.Subject, Sequence: raw.Sequence, Time: raw.Time.UTC(), Header: raw.Header, Data: raw.Data,
		})
	}
	return list
}

func write(t *testing.T, js jetstream.JetStream) (string, recording.Written) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "recording")
	written, err := recording.Write(t.Context(), recording.Source{JetStream: js, Stream: config.Name}, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dir, written
}

func read(t *testing.T, dir string) (recording.Info, []recording.Message) {
	t.Helper()
	rec, err := recording.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []recording.Message
	for msg, err := range rec.Messages() {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, msg)
	}
	return rec.Info(), list
}

func TestWhatIsReadIsWhatWasStored(t *testing.T) {
	for _, storage := range []jetstream.StorageType{jetstream.FileStorage, jetstream.MemoryStorage} {
		t.Run(storage.String(), func(t *testing.T) {
			js := connect(t, servertest.New(t))
			cfg := config
			cfg.Storage = storage
			stream := fill(t, js, cfg)
			if _, err := stream.CreateConsumer(t.Context(), jetstream.ConsumerConfig{Durable: "reader"}); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			dir, written := write(t, js)
			info, got := read(t, dir)

			want := stored(t, stream)
			if diff := cmp.Diff(want, got, byBytes); diff != "" {
				t.Errorf("messages (-stored +read):\n%s", diff)
			}
			if len(got) != 6 || got[0].Sequence != 2 {
				t.Fatalf("%d messages from sequence %d, want 6 from 2", len(got), got[0].Sequence)
			}
			live, err := stream.Info(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(live.Config, info.Config, cmpopts.EquateEmpty(), cmpopts.IgnoreMapEntries(serverMetadata)); diff != "" {
				t.Errorf("config (-live +read):\n%s", diff)
			}
			if diff := cmp.Diff(live.State, info.State, cmpopts.IgnoreFields(live.State, "Consumers", "Deleted", "NumDeleted", "Lost")); diff != "" {
				t.Errorf("state (-live +read):\n%s", diff)
			}
			if info.Taken.Before(start) || info.Taken.After(time.Now()) {
				t.Errorf("taken at %v, not within the test", info.Taken)
			}
			if diff := cmp.Diff(info, written.Info); diff != "" {
				t.Errorf("info (-read +written):\n%s", diff)
			}
			file, err := os.Stat(filepath.Join(dir, "stream.arc.s2"))
			if err != nil {
				t.Fatal(err)
			}
			if written.Messages != 6 || written.Absent() != 0 || written.Bytes != file.Size() {
				t.Errorf("written %d messages, %d absent, %d bytes; want 6, 0, %d", written.Messages, written.Absent(), written.Bytes, file.Size())
			}
		})
	}
}

// serverMetadata are the entries that the server adds to an answer about a
// stream and does not store.
func serverMetadata(key, _ string) bool {
	return strings.HasPrefix(key, "_nats.")
}

func TestEmptyStream(t *testing.T) {
	js := connect(t, servertest.New(t))
	stream, err := js.CreateStream(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	for _, last := range []uint64{0, 1} {
		dir, written := write(t, js)
		info, got := read(t, dir)
		if len(got) != 0 || info.State.LastSeq != last || written.Messages != 0 {
			t.Errorf("%d messages, last sequence %d; want none, %d", len(got), info.State.LastSeq, last)
		}
		publish(t, js, "event.x", "x")
		if err := stream.Purge(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLoopsStartOverAndMayStop(t *testing.T) {
	js := connect(t, servertest.New(t))
	fill(t, js, config)
	dir, _ := write(t, js)
	rec, err := recording.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for msg, err := range rec.Messages() {
			if err != nil || msg.Sequence != 2 {
				t.Errorf("first message %d, %v; want 2", msg.Sequence, err)
			}
			break
		}
	}
}
