package recording_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

// edit copies a recording and lets change alter each message on the way.
func edit(t *testing.T, from string, change func(*recording.Message)) string {
	t.Helper()
	rec, err := recording.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "edited")
	w, err := recording.Create(dir, rec.Info().Config)
	if err != nil {
		t.Fatal(err)
	}
	for msg, err := range rec.Messages() {
		if err != nil {
			t.Fatal(err)
		}
		change(&msg)
		if err := w.Append(msg); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func changeOneDigit(msg *recording.Message) {
	if msg.Subject == "event.metric" {
		msg.Data = []byte(strings.Replace(string(msg.Data), "42.5", "42.6", 1))
	}
}

func TestCopyWithOneDigitChanged(t *testing.T) {
	js := connect(t, servertest.New(t))
	fill(t, js, config)
	dir, _ := write(t, js)
	info, want := read(t, dir)
	for i := range want {
		changeOneDigit(&want[i])
	}
	copied, got := read(t, edit(t, dir, changeOneDigit))
	if diff := cmp.Diff(want, got, byBytes); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	if string(got[0].Data) != `{"value":42.6}` {
		t.Errorf("metric is %s", got[0].Data)
	}
	if diff := cmp.Diff(info.Config, copied.Config); diff != "" {
		t.Errorf("config (-original +copy):\n%s", diff)
	}
	state := jetstream.StreamState{
		Msgs: 6, FirstSeq: 2, FirstTime: want[0].Time, LastSeq: 8, LastTime: want[5].Time,
	}
	if diff := cmp.Diff(state, copied.State); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

func TestCreateNothing(t *testing.T) {
	dir := t.TempDir()
	w, err := recording.Create(dir, config)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	info, got := read(t, dir)
	if len(got) != 0 || info.Config.Name != config.Name {
		t.Errorf("%d messages of %s", len(got), info.Config.Name)
	}
	if _, err := recording.Create(dir, config); err == nil {
		t.Error("a recording was written over")
	}
	if _, err := recording.Create(t.TempDir(), jetstream.StreamConfig{}); err == nil {
		t.Error("a recording of no stream was begun")
	}
}

func TestRefusedMessages(t *testing.T) {
	good := recording.Message{Subject: "event.x", Sequence: 7, Time: time.Unix(1, 0), Data: []byte("x")}
	for name, test := range map[string]struct {
		msg  recording.Message
		want string
	}{
		"same sequence": {good, "sequence must be above 7"},
		"no sequence":   {recording.Message{Subject: "event.x"}, "sequence must be above 7"},
		"no subject":    {recording.Message{Sequence: 8}, "message has no subject"},
		"too large":     {recording.Message{Subject: "event.x", Sequence: 8, Data: make([]byte, 64<<20+1)}, "is too large"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			w, err := recording.Create(dir, config)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Append(good); err != nil {
				t.Fatal(err)
			}
			refusal := w.Append(test.msg)
			if refusal == nil || !strings.Contains(refusal.Error(), test.want) {
				t.Errorf("error %v, want %q", refusal, test.want)
			}
			next := good
			next.Sequence = 9
			for _, err := range []error{w.Append(next), w.Close(), w.Close()} {
				if !errors.Is(err, refusal) {
					t.Errorf("later error %v, want the first one", err)
				}
			}
			if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
				t.Errorf("left behind: %v, %v", list, err)
			}
		})
	}
}

func TestHeadersCannotBreakOut(t *testing.T) {
	dir := t.TempDir()
	w, err := recording.Create(dir, config)
	if err != nil {
		t.Fatal(err)
	}
	msg := recording.Message{
		Subject: "event.x", Sequence: 1, Time: time.Unix(1, 0).UTC(), Data: []byte("x"),
		Header: nats.Header{"a": {" one\r\nb: two "}, "Empty": {""}},
	}
	if err := w.Append(msg); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Append(msg); err == nil {
		t.Error("a closed recording took a message")
	}
	_, got := read(t, dir)
	want := nats.Header{"a": {"one  b: two"}, "Empty": {""}}
	if diff := cmp.Diff(want, got[0].Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}
