package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// shortTrace writes the first part of the bundled trace to a file.
func shortTrace(t *testing.T, bins int) string {
	t.Helper()
	tr, err := readTrace("../examples/nasa_http_5min.csv")
	if err != nil {
		t.Fatal(err)
	}
	if tr, err = tr.Cut(time.Duration(bins) * tr.Period); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "short.csv")
	if err := writeFile(path, tr.Write); err != nil {
		t.Fatal(err)
	}
	return path
}

// A recording that is played again, with a simulated fleet in place of the
// recorded one, gives every event that the trace behind it gave.
func TestReplayOfARecordingGivesItsBytes(t *testing.T) {
	first, again := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "again")
	for _, args := range [][]string{{shortTrace(t, 96), "--keep", first}, {first, "--keep", again}} {
		if code, out, errs := autoscaler(t, append([]string{"replay"}, args...)...); code != 0 {
			t.Fatalf("replay %v: exit %d: %s%s", args, code, out, errs)
		}
	}
	compareTimelines(t, recorded(t, first), recorded(t, again))
}

// readJSON reads what a verb wrote.
func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestReplaySideBySide(t *testing.T) {
	rows := filepath.Join(t.TempDir(), "rows.csv")
	code, out, errs := autoscaler(t, "replay", shortTrace(t, 48), "--copies", "64", "--timeline", rows)
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	if got := strings.Count(out, "eu-west-1/ml-predictive-asg-"); got != 64 {
		t.Errorf("%d groups in the table, want 64", got)
	}
	if !strings.Contains(out, "7680 rounds in") {
		t.Errorf("not 64 times 120 rounds:\n%s", out)
	}
	f, err := os.Open(rows)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	timeline, err := fleet.ReadRows(f)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(fleet.ByPolicy(timeline)); got != 64 {
		t.Errorf("%d groups in the timeline, want 64", got)
	}
}

// recordTwice plays a group and records it twice: after some rounds, and at
// the end.
func recordTwice(t *testing.T, realm string, p sim.Player, rounds uint64, older, newer string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
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
	driver.Watch = func(d streams.Decision) {
		if d.Round != rounds {
			return
		}
		// The next round waits for this; a stage may still commit what it
		// folded, so a recording of more than one moment is made again.
		src := recording.Source{JetStream: publish, Stream: streams.StreamName(realm)}
		for n := 0; ; n++ {
			dir := older + strconv.Itoa(n)
			written, err := recording.Write(ctx, src, dir, nil)
			if err != nil {
				t.Error(err)
				return
			}
			if written.Absent() == 0 {
				if err := os.Rename(dir, older); err != nil {
					t.Error(err)
				}
				return
			}
		}
	}
	if err := pipe.run(ctx, func(ctx context.Context) error { return driver.Run(ctx, []sim.Player{p}) }); err != nil {
		t.Fatal(err)
	}
	if err := keep(ctx, connection{js: publish}, realm, newer); err != nil {
		t.Fatal(err)
	}
}
