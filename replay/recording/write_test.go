package recording_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

func TestProgressAndManyChunks(t *testing.T) {
	js := connect(t, servertest.New(t))
	if _, err := js.CreateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	publishLarge(t, js, 40)
	var steps []int64
	dir := filepath.Join(t.TempDir(), "recording")
	written, err := recording.Write(t.Context(), recording.Source{JetStream: js, Stream: config.Name}, dir,
		func(bytes int64) { steps = append(steps, bytes) })
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) < 100 || !slices.IsSorted(steps) || steps[len(steps)-1] != written.Bytes {
		t.Errorf("%d steps up to %d bytes, want ever more up to %d", len(steps), steps[len(steps)-1], written.Bytes)
	}
}

// A state that is rolled up behind the server's back is in no recording; this
// test holds the server up in front of it.
func TestBusyStreamIsNotACut(t *testing.T) {
	js := connect(t, servertest.New(t))
	if _, err := js.CreateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	// The server runs ahead of us by its window and by its compression, which
	// keeps a MiB or two per processor.
	publishLarge(t, js, 2*(12+2*min(runtime.GOMAXPROCS(0), 32)))
	publish(t, js, "state.a", "before", "Nats-Rollup", "sub")

	dir, once := filepath.Join(t.TempDir(), "recording"), false
	written, err := recording.Write(t.Context(), recording.Source{JetStream: js, Stream: config.Name}, dir, func(int64) {
		if !once {
			publish(t, js, "state.a", "after", "Nats-Rollup", "sub")
			once = true
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if written.Absent() != 1 {
		t.Errorf("%d messages absent, want the state", written.Absent())
	}
	_, got := read(t, dir)
	if i := slices.IndexFunc(got, func(m recording.Message) bool { return m.Subject == "state.a" }); i >= 0 {
		t.Errorf("state %q is in the recording", got[i].Data)
	}
}

func TestFailedWriteLeavesNoRecording(t *testing.T) {
	server := servertest.NewPersistent(t)
	nc := servertest.Connect(t, server.Server(), nats.NoReconnect())
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	publishLarge(t, js, 40)
	src := recording.Source{JetStream: js, Stream: config.Name}
	dir := t.TempDir()
	expect := func(src recording.Source, ctx context.Context, progress func(int64), want error) {
		t.Helper()
		_, err := recording.Write(ctx, src, dir, progress)
		if !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
		if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
			t.Errorf("left behind: %v, %v", list, err)
		}
	}

	expect(recording.Source{JetStream: js, Stream: "OTHER"}, t.Context(), nil, jetstream.ErrStreamNotFound)
	canceled, cancel := context.WithCancel(t.Context())
	expect(src, canceled, func(int64) { cancel() }, context.Canceled)
	domain, err := jetstream.NewWithDomain(nc, "elsewhere")
	if err != nil {
		t.Fatal(err)
	}
	expect(recording.Source{JetStream: domain, Stream: config.Name}, t.Context(), nil, jetstream.ErrJetStreamNotEnabled)
	expect(src, t.Context(), func(int64) { server.Stop() }, nats.ErrConnectionClosed)
}

func TestWriteKeepsAnOldRecording(t *testing.T) {
	js := connect(t, servertest.New(t))
	fill(t, js, config)
	dir, _ := write(t, js)
	_, err := recording.Write(t.Context(), recording.Source{JetStream: js, Stream: config.Name}, dir, nil)
	if err == nil || !strings.Contains(err.Error(), "already holds a backup.json") {
		t.Errorf("error %v, want a refusal", err)
	}
	if _, got := read(t, dir); len(got) != 6 {
		t.Errorf("%d messages after the refusal, want 6", len(got))
	}
}
