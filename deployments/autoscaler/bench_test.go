package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// BenchmarkPipeline plays lockstep rounds through forecaster and decider: the
// real stages, beside the empty chain of streams/partition's BenchmarkLockstep.
func BenchmarkPipeline(b *testing.B) {
	load := bundledLoad(b, 4*24*time.Hour)
	for _, storage := range []topology.Storage{topology.Memory, topology.File} {
		for _, groups := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/groups=%d", storage, groups), func(b *testing.B) {
				rounds := 600 / groups * 4
				if storage == topology.File {
					rounds /= 4
				}
				for b.Loop() {
					playRounds(b, storage, sideBySide(b, groups, func(name string) sim.Player { return playerOn(b, load, name, rounds) }))
				}
				perSecond := float64(rounds*b.N) / b.Elapsed().Seconds()
				b.ReportMetric(perSecond, "rounds/s")
				b.ReportMetric(perSecond*float64(groups), "group-rounds/s")
			})
		}
	}
}

// BenchmarkFold plays a day through the same stages in memory.
func BenchmarkFold(b *testing.B) {
	load := bundledLoad(b, 4*24*time.Hour)
	const rounds = 24 * 60
	for b.Loop() {
		if err := sim.NewLoop(stages()...).Run(playerOn(b, load, "web", rounds), nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rounds*b.N)/b.Elapsed().Seconds(), "rounds/s")
}

func sideBySide(b *testing.B, groups int, player func(string) sim.Player) []sim.Player {
	b.Helper()
	var players []sim.Player
	for i := range groups {
		players = append(players, player(fmt.Sprintf("web-%d", i)))
	}
	return players
}

// playRounds plays players to their ends; starting the server and reading the
// history is not in the time.
func playRounds(b *testing.B, storage topology.Storage, players []sim.Player) {
	b.StopTimer()
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	pipe, err := newPipeline(ctx, "trial", storage, zerolog.Nop())
	if err != nil {
		b.Fatal(err)
	}
	defer pipe.close()
	publish, read, err := pipe.pair("replay")
	if err != nil {
		b.Fatal(err)
	}
	driver := replay.Driver{Realm: "trial", Publisher: publish, Reader: read, Timeout: time.Minute, Log: zerolog.Nop()}
	first := true
	driver.Progress = func(int) {
		if first {
			first = false
			b.StartTimer()
		}
	}
	if err := pipe.run(ctx, func(ctx context.Context) error { return driver.Run(ctx, players) }); err != nil {
		b.Fatal(err)
	}
}
