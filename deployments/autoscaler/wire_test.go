package main

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Without faults the pipeline over the wire decides what the same stages decide
// in memory: AWS, ingest and the actuator between them change nothing but the
// rounding of the metric.
func TestParityOfWireAndMemory(t *testing.T) {
	load := bundledLoad(t, 5*24*time.Hour)
	const start = 3 * 24 * 60
	w, err := newWire(load, start, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() + "/recording"
	got, err := w.live(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	world, err := fleet.NewWorld(fleet.History("ours", load, demoBoot, start))
	if err != nil {
		t.Fatal(err)
	}
	player, err := sim.NewGroup(w.id, w.policy, world)
	if err != nil {
		t.Fatal(err)
	}
	want := map[streams.Kind][]streams.Event{}
	err = sim.NewLoop(stages()...).Run(player, func(ev streams.Event) error {
		want[ev.Kind()] = append(want[ev.Kind()], ev)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	compareDecisions(t, want[streams.KindDecision], got.decisions)
	if diff := cmp.Diff(world.Rows(), got.rows); diff != "" {
		t.Errorf("the worlds differ (-memory +wire):\n%.2000s", diff)
	}
	compareMetrics(t, want[streams.KindMetric], recorded(t, dir))
}

// compareDecisions compares what was decided and what every rule made of it;
// the words hold the metric to the third decimal.
func compareDecisions(t *testing.T, want []streams.Event, got []streams.Decision) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%d decisions, want %d", len(got), len(want))
	}
	for i, ev := range want {
		a, b := bare(ev.(streams.Decision)), bare(got[i])
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("round %d (-memory +wire):\n%s", b.Round, diff)
		}
	}
}

// bare is a decision without the words of its trail.
func bare(d streams.Decision) streams.Decision {
	trail := make([]streams.Rule, len(d.Trail))
	for i, r := range d.Trail {
		r.Why = ""
		trail[i] = r
	}
	d.Trail = trail
	return d
}

func compareMetrics(t *testing.T, want []streams.Event, got timeline) {
	t.Helper()
	subject := streams.EventSubject(streams.Live, want[0])
	if len(got[subject]) != len(want) {
		t.Fatalf("%d metrics, want %d", len(got[subject]), len(want))
	}
	for i, body := range got[subject] {
		ev, err := streams.Decode(subject, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		a, b := want[i].(streams.Metric), ev.(streams.Metric)
		if math.Abs(*a.Value-*b.Value) > 1e-9*max(1, *a.Value) || math.Abs(*a.Instances-*b.Instances) > 1e-9 {
			t.Fatalf("%v: %v on %v instances, want %v on %v", a.End, *b.Value, *b.Instances, *a.Value, *a.Instances)
		}
		a.Value, a.Instances, b.Value, b.Instances = nil, nil, nil, nil
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("the metric of %v (-memory +wire):\n%s", a.End, diff)
		}
	}
}
