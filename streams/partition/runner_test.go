package partition_test

import (
	"errors"
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

func TestFollow(t *testing.T) {
	for _, storage := range []topology.Storage{topology.Memory, topology.File} {
		t.Run(string(storage), func(t *testing.T) {
			w := newWorld(t, topology.Options{Storage: storage})
			r := w.start(w.config())
			for n := range 30 {
				w.publish(append(w.round(group(n%5), n%4), w.round(group(n%3), 1)...)...)
			}
			w.await(60)
			if err := r.Ready(); err != nil {
				t.Error(err)
			}
			r.halt()
			w.verify(tally{})
			if err := r.Ready(); err == nil {
				t.Error("ready after the end")
			}
		})
	}
}

func TestFencedByYounger(t *testing.T) {
	w := newWorld(t, topology.Options{Storage: topology.Memory})
	cfg := w.config()
	cfg.Owner = "older"
	older := w.start(cfg)
	w.publish(w.round(group(1), 1)...)
	w.await(1)
	cfg.Owner = "younger"
	younger := w.start(cfg)
	for younger.Ready() != nil { // against a runner that commits all the time
		w.publish(w.round(group(2), 1)...)
	}
	w.publish(w.round(group(1), 1)...)
	err := older.end()
	var fenced *partition.FencedError
	if !errors.Is(err, partition.ErrFenced) || !errors.As(err, &fenced) || fenced.Owner != "younger" {
		t.Errorf("the older one ended with %v", err)
	}
	w.await(w.total())
	younger.halt()
	w.verify(tally{})
}
