package partition_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// send stores a batch as a runner wants it.
type send func() (uint64, error)

// faulty is a Publish that does to the nth batch, counted from 1, which is the
// takeover, what it is told to.
func faulty(do func(n int, send send) (uint64, error)) partition.Publish {
	n := 0
	return func(ctx context.Context, js jetstream.JetStream, msgs []*nats.Msg) (uint64, error) {
		n++
		return do(n, func() (uint64, error) { return topology.PublishBatch(ctx, js, msgs) })
	}
}

// logLines is a log in which tests wait for a line.
type logLines struct {
	mu    sync.Mutex
	lines []string
	grown chan struct{}
}

func newLogLines() *logLines { return &logLines{grown: make(chan struct{}, 1)} }

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, string(p))
	select {
	case l.grown <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (l *logLines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, line := range l.lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func (l *logLines) await(t testing.TB, text string) {
	t.Helper()
	deadline := time.After(patience)
	for l.count(text) == 0 {
		select {
		case <-l.grown:
		case <-deadline:
			t.Fatalf("no line of the log says %q", text)
		}
	}
}
