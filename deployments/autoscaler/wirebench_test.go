package main

import (
	"context"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// BenchmarkThousandGroups runs 1,000 groups with a series of 60 s through the
// whole pipeline, file storage, and the simulated AWS, in one process: what a
// round of a minute costs. The history is two hours; more of it is read once.
func BenchmarkThousandGroups(b *testing.B) {
	const groups, rounds = 1000, 20
	for b.Loop() {
		w := thousand(b, groups, rounds)
		usage := cost{}
		err := w.under(b.Context(), func(stream jetstream.Stream) {
			done := 0
			w.progress = func(int) {
				switch done++; done {
				case 2: // the history is read, and the first live bins
					usage = measure(b, w, stream)
				case rounds:
					usage = usage.until(measure(b, w, stream))
				}
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		usage.report(b, rounds-2)
	}
}

// thousand is the bundled group and its copies, all at 60 s.
func thousand(b *testing.B, groups, rounds int) *wire {
	b.Helper()
	load := bundledLoad(b, 2*24*time.Hour)
	start := load.Minutes() - rounds
	w, err := newWire(load, start, zerolog.Nop())
	if err != nil {
		b.Fatal(err)
	}
	sample, err := sampleGroup()
	if err != nil {
		b.Fatal(err)
	}
	w.policy = sample.WithPeriod(time.Minute)
	w.policy.Mode = streams.DesiredControl
	w.backfill, w.storage, w.timeout = 2*time.Hour, topology.File, 5*time.Minute
	for n := 1; n < groups; n++ {
		world, err := fleet.NewWorld(fleet.History("ours", load, demoBoot, start))
		if err != nil {
			b.Fatal(err)
		}
		p := w.policy
		p.AutoScalingGroup = fmt.Sprintf("copy-%d", n)
		if err := w.sim.Add(awssim.Group{Name: p.AutoScalingGroup, World: world, Detailed: true, Managed: true}); err != nil {
			b.Fatal(err)
		}
		w.others = append(w.others, ingest.Group{ID: streams.GroupID{Scope: w.id.Scope, Group: p.AutoScalingGroup}, Policy: p})
	}
	return w
}

// under runs the pipeline on a server of its own, and hands over its stream.
func (w *wire) under(ctx context.Context, use func(jetstream.Stream)) error {
	server, err := embedded.StartTemporary(embedded.Options{Logger: w.log})
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop() }()
	h := &host{log: w.log}
	h.embed(server)
	defer h.close()
	c, err := h.connect("benchmark")
	if err != nil {
		return err
	}
	stream, err := topology.Ensure(ctx, c.js, topology.Options{Realm: streams.Live, Storage: w.storage})
	if err != nil {
		return err
	}
	use(stream)
	return w.run(ctx, server)
}

// cost is what was used so far, or between two looks.
type cost struct {
	at          time.Time
	wall, cpu   float64 // seconds
	polls       float64 // seconds
	stored      float64 // seconds that ingest waited for its commits
	commits     float64 // of ingest
	bytes       float64 // of the stream
	heap, total float64 // bytes
}

func measure(b *testing.B, w *wire, stream jetstream.Stream) cost {
	b.Helper()
	c := cost{at: time.Now()}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	c.cpu = time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
	families, err := w.registry.Gather()
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.Metric {
			switch h := m.GetHistogram(); {
			case f.GetName() == "autoscaling_poll_seconds":
				c.polls = h.GetSampleSum()
			case f.GetName() == "autoscaling_commit_seconds" && m.Label[0].GetValue() == "ingest":
				c.stored, c.commits = h.GetSampleSum(), float64(h.GetSampleCount())
			}
		}
	}
	info, err := stream.Info(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	c.bytes = float64(info.State.Bytes)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	c.heap, c.total = float64(memory.HeapAlloc), float64(memory.Sys)
	return c
}

func (c cost) until(d cost) cost {
	return cost{wall: d.at.Sub(c.at).Seconds(), cpu: d.cpu - c.cpu, polls: d.polls - c.polls,
		stored: d.stored - c.stored, commits: d.commits - c.commits, bytes: d.bytes - c.bytes, heap: d.heap, total: d.total}
}

// report gives figures per round, which is a minute of live time.
func (c cost) report(b *testing.B, rounds float64) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(c.polls/rounds, "poll-s/round")
	b.ReportMetric(100*c.polls/rounds/60, "poll-%-of-minute")
	b.ReportMetric(c.stored/rounds, "commit-s/round")
	b.ReportMetric(c.commits/rounds, "commits/round")
	b.ReportMetric(c.wall/rounds, "wall-s/round")
	b.ReportMetric(100*c.cpu/rounds/60, "cpu-%-of-a-core")
	b.ReportMetric(c.heap/1e6, "heap-MB")
	b.ReportMetric(c.total/1e6, "sys-MB")
	b.ReportMetric(c.bytes/rounds*1440/1e9, "GB/day")
}
