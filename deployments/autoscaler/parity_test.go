package main

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// played runs players through a private pipeline and gives all events that the
// stream then holds.
func played(t *testing.T, realm string, players ...sim.Player) timeline {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "recording")
	recordPlayed(t, realm, dir, players...)
	return recorded(t, dir)
}

// recordPlayed runs players through a private pipeline and records it.
func recordPlayed(t testing.TB, realm, dir string, players ...sim.Player) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	pipe, err := newPipeline(ctx, realm, topology.Memory, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.close()
	publish, read, err := pipe.pair("replay")
	if err != nil {
		t.Fatal(err)
	}
	driver := replay.Driver{Realm: realm, Publisher: publish, Reader: read, Timeout: time.Minute, Log: zerolog.Nop()}
	if err := pipe.run(ctx, func(ctx context.Context) error { return driver.Run(ctx, players) }); err != nil {
		t.Fatal(err)
	}
	if err := keep(ctx, connection{js: publish}, realm, dir); err != nil {
		t.Fatal(err)
	}
}

// recorded gives the events of a recording.
func recorded(t testing.TB, dir string) timeline {
	t.Helper()
	rec, err := recording.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	tl := timeline{}
	for m, err := range rec.Messages() {
		if err != nil {
			t.Fatal(err)
		}
		addr, err := streams.ParseSubject(m.Subject)
		if err != nil {
			t.Fatal(err)
		}
		if addr.Kind != streams.KindState && addr.Kind != streams.KindCheckpoint {
			tl.add(m.Subject, m.Data)
		}
	}
	return tl
}

// One trace in memory and through JetStream: every event is the same, byte
// for byte.
func TestParityOfMemoryAndJetStream(t *testing.T) {
	load := bundledLoad(t, 4*24*time.Hour)
	want := folded(t, "trial", playerOn(t, load, "web", 2*24*60))
	got := played(t, "trial", playerOn(t, load, "web", 2*24*60))
	compareTimelines(t, want, got)
	decisions := streams.EventSubject("trial", streams.Decision{GroupID: streams.GroupID{Scope: "eu-west-1", Group: "web"}})
	if n := len(got[decisions]); n != 2*24*60 {
		t.Errorf("%d decisions, want one for each of 2880 rounds", n)
	}
}

// Many groups side by side: each is as it is alone.
func TestGroupsSideBySideAreAsAlone(t *testing.T) {
	load := bundledLoad(t, 2*24*time.Hour)
	want := timeline{}
	var players []sim.Player
	for _, name := range []string{"a", "b.c", "d e/f", "g*h>i", "j%k"} {
		for subject, bodies := range folded(t, "trial", playerOn(t, load, name, 240)) {
			want[subject] = bodies
		}
		players = append(players, playerOn(t, load, name, 240))
	}
	compareTimelines(t, want, played(t, "trial", players...))
}

// 64 groups side by side: commits carry several groups each.
func TestCommitsCarrySeveralGroups(t *testing.T) {
	load := bundledLoad(t, 24*time.Hour)
	var players []sim.Player
	for i := range 64 {
		players = append(players, playerOn(t, load, fmt.Sprintf("web-%d", i), 10))
	}
	dir := filepath.Join(t.TempDir(), "recording")
	recordPlayed(t, "trial", dir, players...)
	rec, err := recording.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string]map[streams.GroupID]bool{} // by batch
	decisions := 0
	for m, err := range rec.Messages() {
		if err != nil {
			t.Fatal(err)
		}
		addr, err := streams.ParseSubject(m.Subject)
		if err != nil {
			t.Fatal(err)
		}
		if addr.Kind != streams.KindDecision {
			continue
		}
		decisions++
		batch := m.Header.Get("Nats-Batch-Id")
		if groups[batch] == nil {
			groups[batch] = map[streams.GroupID]bool{}
		}
		groups[batch][addr.GroupID] = true
	}
	most := 0
	for _, in := range groups {
		most = max(most, len(in))
	}
	t.Logf("%d decisions in %d commits, up to %d groups in one", decisions, len(groups), most)
	if decisions != 640 || most < 2 {
		t.Errorf("%d decisions, want 640; at most %d groups in a commit, want several", decisions, most)
	}
}
