package partition_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

func TestLostAnswer(t *testing.T) {
	for name, stored := range map[string]bool{"stored": true, "not stored": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, topology.Options{Storage: topology.Memory})
			log := newLogLines()
			cfg := w.config()
			cfg.Log = zerolog.New(log)
			cfg.Publish = faulty(func(n int, send send) (uint64, error) {
				if n != 3 {
					return send()
				}
				if stored {
					must(send())
				}
				return 0, nats.ErrTimeout
			})
			r := w.start(cfg)
			for range 4 {
				w.publish(w.round(group(1), 2)...)
				w.await(w.total())
			}
			r.halt()
			w.verify(tally{})
			if n := log.count(`"message":"recovered"`); n != 1 {
				t.Errorf("recovered %d times, want once, at the start", n)
			}
			if n := log.count("its answer was lost"); stored != (n == 1) {
				t.Errorf("%d lost answers in the log", n)
			}
		})
	}
}

// TestZombie holds a batch back until another runner has taken over.
func TestZombie(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	held, release := make(chan struct{}), make(chan struct{})
	cfg := w.config()
	cfg.Owner = "zombie"
	var refusal error
	cfg.Publish = faulty(func(n int, send send) (uint64, error) {
		if n == 3 {
			close(held)
			<-release
		}
		last, err := send()
		refusal = err
		return last, err
	})
	zombie := w.start(cfg)
	w.publish(w.round(group(1), 1)...)
	w.await(1)
	w.publish(w.round(group(1), 1)...)
	<-held
	cfg = w.config()
	cfg.Owner = "heir"
	heir := w.start(cfg)
	w.publish(w.round(group(2), 1)...)
	w.await(3)
	close(release)
	err := zombie.end()
	var fenced *partition.FencedError
	if !errors.As(err, &fenced) || fenced.Owner != "heir" || fenced.Epoch != 2 {
		t.Errorf("the zombie ended with %v", err)
	}
	var api *jetstream.APIError
	if !errors.As(refusal, &api) || api.ErrorCode != jetstream.JSErrCodeStreamWrongLastSequence {
		t.Errorf("its batch was answered with %v", refusal)
	}
	heir.halt()
	w.verify(tally{})
}

// TestFencedWhileRecovering has another runner take over just before the
// takeover with which a runner would recover.
func TestFencedWhileRecovering(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	var heir *running
	cfg := w.config()
	cfg.Publish = faulty(func(n int, send send) (uint64, error) {
		switch n {
		case 2:
			return 0, &jetstream.APIError{Code: 400, ErrorCode: jetstream.JSErrCodeStreamWrongLastSequence}
		case 3:
			heir = w.start(w.config())
			w.await(1)
		}
		return send()
	})
	r := w.start(cfg)
	w.publish(w.round(group(1), 1)...)
	if err := r.end(); !errors.Is(err, partition.ErrFenced) {
		t.Errorf("Run: %v", err)
	}
	w.publish(w.round(group(1), 1)...)
	w.await(2)
	heir.halt()
	w.verify(tally{})
}

func TestRefusedForNoReason(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	cfg := w.config()
	cfg.Publish = faulty(func(n int, send send) (uint64, error) {
		if n == 3 {
			return 0, &jetstream.APIError{Code: 400, ErrorCode: jetstream.JSErrCodeStreamWrongLastSequenceConstant}
		}
		return send()
	})
	r := w.start(cfg)
	for range 4 {
		w.publish(w.round(group(1), 2)...)
		w.await(w.total())
	}
	r.halt()
	w.verify(tally{})
	if c := w.checkpoints()[0]; c.Epoch != 2 {
		t.Errorf("epoch %d, want 2 after one recovery", c.Epoch)
	}
}

// TestFull fills the stream with the runner's own states, and then makes room.
func TestFull(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.File, MaxBytes: 200_000})
	log := newLogLines()
	cfg := w.config()
	cfg.Log, cfg.Stage = zerolog.New(log), tally{version: 1, padding: 60_000}
	r := w.start(cfg)
	for n := range 4 {
		w.publish(w.round(group(n), 1)...)
	}
	log.await(t, "commit is not stored")
	err := r.Ready()
	if err == nil || !strings.Contains(err.Error(), "maximum bytes exceeded") {
		t.Errorf("ready: %v", err)
	}
	if err := r.View(w.ctx, func(map[streams.GroupID]streams.State) {}); err != nil {
		t.Errorf("view while the store is full: %v", err)
	}
	bigger := must(w.stream.Info(w.ctx)).Config
	bigger.MaxBytes = -1
	must(w.js.UpdateStream(w.ctx, bigger))
	w.await(4)
	log.await(t, "commit is stored")
	if err := r.Ready(); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if n := log.count("commit is not stored"); n != 1 {
		t.Errorf("%d lines about one cause", n)
	}
	r.halt()
	w.verify(tally{})
}

func TestFaultOfStage(t *testing.T) {
	other := func(d streams.Decision) []streams.Event {
		d.GroupID = group(99)
		return []streams.Event{d}
	}
	invalid := func(d streams.Decision) []streams.Event {
		d.Desired++
		return []streams.Event{d}
	}
	flood := func(d streams.Decision) []streams.Event {
		var all []streams.Event
		for range 1001 {
			all = append(all, d)
		}
		return all
	}
	for name, test := range map[string]struct {
		stage tally
		want  string
	}{
		"other group":   {tally{version: 1, alter: other}, "of another group: eu-west-1/web 99"},
		"invalid":       {tally{version: 1, alter: invalid}, "step group of eu-west-1/web 1 at sequence 18: returned an invalid event: decision: verdict"},
		"too many":      {tally{version: 1, alter: flood}, "too many messages for one commit"},
		"too large":     {tally{version: 1, padding: 2 << 20}, "bytes, the server takes"},
		"cannot encode": {tally{version: 1, parts: 1001}, "too many messages for one commit"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, topology.Options{Storage: topology.Memory})
			cfg := w.config()
			cfg.Stage = test.stage
			r := w.start(cfg)
			for r.Ready() != nil {
				_ = r.View(w.ctx, func(map[streams.GroupID]streams.State) {})
			}
			w.publish(w.round(group(1), 1)...)
			err := r.end()
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Run: %v, want %q", err, test.want)
			}
			if r.Ready() == nil {
				t.Error("ready after that")
			}
			if n := len(w.read(-1, streams.KindDecision)); n != 0 {
				t.Errorf("%d decisions published", n)
			}
		})
	}
}

// TestManyParts has steps that change far more parts than the runner guesses,
// with a backlog of them.
func TestManyParts(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	stage := tally{version: 1, parts: 30}
	for n := range 100 {
		w.publish(w.round(group(n), 1)...)
	}
	cfg := w.config()
	cfg.Stage = stage
	r := w.start(cfg)
	w.await(100)
	r.halt()
	w.verify(stage)
}
