package main

import (
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

// What a verb asks of AWS while it runs is what its row of the table names: all
// of it, and nothing else.
func TestVerbsCallWhatTheirRowsName(t *testing.T) {
	sim := simulated(t, awssimVerb{Plain: true, Tracking: 60})
	nats := servertest.NewListening(t)
	config := written(t, "actuator: {mode: desired}\n"+twoGroups)
	const name = "ml-predictive-asg-1"
	for _, tc := range []struct {
		row  string
		runs [][]string
	}{
		{"check", [][]string{{"check", config, "--nats-url", nats.ClientURL()}}},
		{"doctor", [][]string{{"aws", "doctor", name, "--region", awssimRegion}}},
		{"attach", [][]string{{"aws", "attach", name, "--region", awssimRegion}}},
		{"detach", [][]string{{"aws", "detach", name, "--region", awssimRegion}}},
		{"backtest", [][]string{{"backtest", "--from-group", name, "--region", awssimRegion, "--days", "3", "--policies", "step"}}},
	} {
		before := len(sim.Calls())
		for _, args := range tc.runs {
			if code, out, errs := runVerb(t, args...); code == 2 {
				t.Fatalf("%v: exit %d: %s%s", args, code, out, errs)
			}
		}
		compareCalls(t, tc.row, sim.Calls()[before:], "UpdateAutoScalingGroup") // of a min that somebody changed
	}
}

// compareCalls compares calls with the operations of a row. Those that are seldom
// called may be missing.
func compareCalls(t *testing.T, row string, calls []awssim.Call, seldom ...string) {
	t.Helper()
	policy, err := rights.Of(row)
	if err != nil {
		t.Fatal(err)
	}
	want, got := map[string]bool{}, map[string]bool{}
	for _, call := range calls {
		got[call.Operation] = true
	}
	for _, g := range policy.Grants {
		if got[g.Operation] || !slices.Contains(seldom, g.Operation) {
			want[g.Operation] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("%s (-row +calls):\n%s", row, diff)
	}
}

// The components, too: ingest by itself, and then all four, of which one sets.
func TestComponentsCallWhatTheirRowsName(t *testing.T) {
	k, victims := newKilled(t)
	victims[0].lendEnv(t)
	nats := servertest.NewListening(t)
	runs := func(until func(context.Context), args ...string) []awssim.Call {
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		before := len(k.sim.Calls())
		exited := make(chan int, 1)
		go func() {
			p := process{stdout: io.Discard, stderr: io.Discard, env: func(string) string { return "" }}
			exited <- run(ctx, p, append(args, "--config", os.Getenv(childConfig), "--address", ""))
		}()
		until(ctx)
		stop()
		if code := <-exited; code != 0 {
			t.Errorf("%v: exit %d", args, code)
		}
		return k.sim.Calls()[before:]
	}
	read := func(ctx context.Context) {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for k.sim.Counts().Calls["GetMetricData"] == 0 {
			select {
			case <-tick.C:
			case <-ctx.Done():
				t.Fatal("nothing was read")
			}
		}
	}
	compareCalls(t, "ingest", runs(read, "ingest", "--nats-url", nats.ClientURL()))
	listen := freeAddress(t)
	applied := func(ctx context.Context) { awaitApplied(ctx, t, "nats://"+listen, k) }
	// A refresh is asked for before a capacity is lowered, and no heartbeat is configured.
	seldom := []string{"DescribeInstanceRefreshes", "PutMetricData"}
	compareCalls(t, "all", runs(applied, "all", "--listen", listen, "--store", filepath.Join(t.TempDir(), "store")), seldom...)
}
