package embedded

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
)

func TestLogLevels(t *testing.T) {
	var log bytes.Buffer
	b := &logBridge{log: zerolog.New(&log), fatal: make(chan error, 1)}
	b.Noticef("n%d", 1)
	b.Warnf("w%d", 2)
	b.Errorf("e%d", 3)
	b.Fatalf("f%d", 4)
	b.Fatalf("f%d", 5)
	b.Debugf("d%d", 6)
	b.Tracef("t%d", 7)
	want := `{"level":"debug","detail":"n1","message":"nats server notice"}
{"level":"warn","detail":"w2","message":"nats server warning"}
{"level":"error","detail":"e3","message":"nats server error"}
{"level":"error","detail":"f4","message":"nats server fatal condition"}
{"level":"error","detail":"f5","message":"nats server fatal condition"}
{"level":"trace","detail":"d6","message":"nats server debug"}
{"level":"trace","detail":"t7","message":"nats server trace"}
`
	if diff := cmp.Diff(want, log.String()); diff != "" {
		t.Error(diff)
	}
	if err := <-b.fatal; err.Error() != "f4" {
		t.Errorf("fatal condition %v, want the first one", err)
	}
}

func TestFatalAfterStart(t *testing.T) {
	s, err := StartTemporary(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	s.native.Fatalf("listener lost: %s", "why")
	if err := <-s.Fatal(); err.Error() != "listener lost: why" {
		t.Errorf("fatal condition %v", err)
	}
}
