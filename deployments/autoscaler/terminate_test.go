package main

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/compare"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// SIGTERM: a component commits what it folded and ends with 0.
func TestTerminatedStagesCommitAndEndWell(t *testing.T) {
	server := servertest.NewListening(t)
	publish, err := jetstream.New(servertest.Connect(t, server))
	if err != nil {
		t.Fatal(err)
	}
	read, err := jetstream.New(servertest.Connect(t, server))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := topology.Ensure(ctx, publish, topology.Options{Realm: "trial", Storage: topology.Memory}); err != nil {
		t.Fatal(err)
	}
	var components []*exec.Cmd
	served := freeAddress(t)
	for verb, address := range map[string]string{"forecaster": served, "decider": ""} {
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), childVerb+"="+verb, childURL+"="+server.ClientURL(), childServes+"="+address, dieAt+"=0", dieAfter+"=0s")
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		components = append(components, cmd)
	}
	driver := replay.Driver{Realm: "trial", Publisher: publish, Reader: read, Timeout: 30 * time.Second, Log: zerolog.Nop()}
	// The last three of 59 rounds bring no metric: the forecaster has folded
	// them, and had no reason to commit yet.
	if err := driver.Run(ctx, []sim.Player{playerOn(t, bundledLoad(t, 24*time.Hour), "web", 59)}); err != nil {
		t.Fatal(err)
	}
	for want := `autoscaling_events_read_total{kind="group",stage="forecaster"} 59`; ; { // of them nothing follows that could be waited for
		_, body := asked(ctx, t, http.MethodGet, "http://"+served+"/metrics", "")
		if strings.Contains(string(body), want) {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("the forecaster does not fold every round: want %s in\n%s", want, body)
		}
	}
	for _, cmd := range components {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v after SIGTERM", err)
		}
	}
	dir := filepath.Join(t.TempDir(), "recording")
	if err := keep(ctx, connection{js: publish}, "trial", dir); err != nil {
		t.Fatal(err)
	}
	checkpoints, newest := lastFolded(t, dir)
	for stage, folded := range checkpoints {
		if folded < newest {
			t.Errorf("%s committed up to sequence %d, the last group event is %d", stage, folded, newest)
		}
	}
	if len(checkpoints) != 2 {
		t.Errorf("checkpoints of %d stages, want 2", len(checkpoints))
	}
}

// lastFolded gives how far each stage has committed, at the most advanced of
// its partitions, and the sequence of the last group event.
func lastFolded(t *testing.T, dir string) (checkpoints map[string]uint64, newest uint64) {
	t.Helper()
	checkpoints = map[string]uint64{}
	err := pass(dir, func(m compare.Message) error {
		addr, err := streams.ParseSubject(m.Subject)
		switch addr.Kind {
		case streams.KindGroup:
			newest = m.Sequence
		case streams.KindCheckpoint:
			c, err := streams.DecodeCheckpoint(m.Data)
			checkpoints[addr.Stage] = max(checkpoints[addr.Stage], c.Seq)
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return checkpoints, newest
}
