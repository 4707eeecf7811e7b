package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

const (
	killedGroups = 6
	killedConfig = `
realm: live
ingest: {scopes: {eu-west-1: {}}, discover: true, backfill: 12h}
actuator: {mode: desired}
defaults:
  mode: desired
  round: 500ms
  load: {period: 60s}
  forecast: {model: naive}
  scaling:
    violation_price_instance_hours: 0 # the quantile moves far more than a price
    max: 400
    scale_out_cooldown: 1s
    scale_in_cooldown: 2s
    stabilization: 5s
    foreign_hold: 2s
    expiry: 10s
    boot_prior: 1s
    max_step_in: {instances: 4, fraction: 0.5}
`
)

// killed is four processes on a NATS server and a simulated AWS on the wall
// clock, which somebody kills again and again.
type killed struct {
	*testing.T
	ctx    context.Context
	js     jetstream.JetStream
	stream jetstream.Stream
	sim    *awssim.Server
	rng    *rand.Rand
	raised map[string]raised
}

// newKilled makes the world: groups whose fleets serve what they are asked for
// at once.
func newKilled(t *testing.T) (*killed, []*victim) {
	server := servertest.NewListening(t)
	js, err := jetstream.New(servertest.Connect(t, server))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	t.Cleanup(cancel)
	k := &killed{T: t, ctx: ctx, js: js, sim: awssim.New(awssim.Config{Region: "eu-west-1"}), rng: rand.New(rand.NewPCG(13, 0)), raised: map[string]raised{}}
	if k.stream, err = topology.Ensure(ctx, js, topology.Options{Realm: streams.Live, Storage: topology.Memory}); err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	for n := range killedGroups {
		load := bundledLoad(t, 2*24*time.Hour)
		load.Start = now.Truncate(load.Period).Add(-24 * time.Hour)
		cfg := fleet.History("ours", load, 0, int(now.Sub(load.Start)/time.Minute))
		world, err := fleet.NewWorld(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.sim.Add(awssim.Group{Name: groupName(n), World: world, Detailed: true, Managed: true}); err != nil {
			t.Fatal(err)
		}
	}
	k.sim.Advance(now)
	aws := httptest.NewServer(k.sim)
	t.Cleanup(aws.Close)
	file := filepath.Join(t.TempDir(), "autoscaler.yaml")
	if err := os.WriteFile(file, []byte(killedConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	var victims []*victim
	for i, verb := range []string{"ingest", "forecaster", "decider", "actuator"} {
		victims = append(victims, &victim{
			verb: verb, url: server.ClientURL(), rng: rand.New(rand.NewPCG(17, uint64(i))), kill: make(chan time.Duration),
			env: []string{childRealm + "=" + streams.Live, childConfig + "=" + file, "AWS_ENDPOINT_URL=" + aws.URL, "AWS_CA_BUNDLE=",
				"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true"},
		})
	}
	return k, victims
}

func groupName(n int) string { return fmt.Sprintf("web-%d", n) }

// kill -9 of all four processes at seeded random points, half of them while a
// commit is on its way, while somebody else changes the groups all the time so
// that there is something to decide: nothing is lost and nothing repeated.
func TestKilledProcessesLoseAndRepeatNothing(t *testing.T) {
	const deaths = 20
	k, victims := newKilled(t)
	running, stop := context.WithCancel(k.ctx)
	defer stop()
	group, running := errgroup.WithContext(running)
	var enough atomic.Int32
	ends := make([]context.CancelFunc, len(victims))
	for i, v := range victims {
		living, end := context.WithCancel(running)
		ends[i] = end
		group.Go(func() error { return v.live(living, deaths) })
	}
	group.Go(func() error { return k.disturb(running, victims, deaths, &enough) })
	group.Go(func() error {
		defer stop()
		return k.drain(running, &enough, ends[0])
	})
	if err := group.Wait(); err != nil {
		for _, v := range victims {
			t.Logf("%s:\n%s", v.verb, v.out.String())
		}
		t.Fatal(err)
	}
	for _, v := range victims {
		t.Logf("%s was killed %d times, %d of them within a commit", v.verb, v.died(), v.within)
		if v.died() < deaths {
			t.Errorf("%s died %d times, want at least %d", v.verb, v.died(), deaths)
		}
	}
	dir := t.TempDir() + "/recording"
	if _, err := recording.Write(k.ctx, recording.Source{JetStream: k.js, Stream: streams.StreamName(streams.Live)}, dir, nil); err != nil {
		t.Fatal(err)
	}
	k.judge(dir)
}

// disturb moves the world's clock, kills, and plays somebody else who changes
// the groups, until every process died often enough.
func (k *killed) disturb(ctx context.Context, victims []*victim, deaths int, enough *atomic.Int32) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		k.sim.Advance(time.Now().UTC())
		if enough.Load() > 0 {
			continue
		}
		if k.rng.IntN(4) == 0 {
			if err := k.raise(groupName(k.rng.IntN(killedGroups))); err != nil {
				return err
			}
		}
		alive := 0
		for _, v := range victims {
			if v.died() < deaths {
				alive++
			}
			if k.rng.IntN(8) > 0 {
				continue
			}
			select { // a life that must not be ended from outside does not listen
			case v.kill <- time.Duration(k.rng.IntN(int(5 * time.Millisecond))):
			default:
			}
		}
		if alive == 0 {
			enough.Store(1)
		}
	}
}

// raise is somebody else who raises a group, for us to lower it again; whoever
// lowers one again and again is left alone.
func (k *killed) raise(name string) error {
	last := k.raised[name]
	for _, c := range k.sim.Calls() {
		if c.Operation == set && c.Group == name && c.Code == "" && c.At.After(last.at) {
			last.desired = c.Desired
		}
	}
	k.raised[name] = raised{at: time.Now().UTC(), desired: min(last.desired+1+k.rng.IntN(8), 400)}
	return k.sim.SetBy(name, k.raised[name].desired)
}

// raised is what somebody else set, and when.
type raised struct {
	at      time.Time
	desired int
}

// drain waits until everybody died often enough, ends ingest, and returns when
// every round is decided and every decision that is no hold has its outcome.
func (k *killed) drain(ctx context.Context, enough *atomic.Int32, endIngest func()) error {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for quiet := 0; quiet < 3; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if enough.Load() == 0 {
			continue
		}
		endIngest()
		open, err := k.open(ctx)
		if err != nil {
			return err
		}
		if quiet++; open > 0 {
			quiet = 0
		}
	}
	return nil
}

// open counts rounds without a decision, and decisions without an outcome, by
// the newest of each group.
func (k *killed) open(ctx context.Context) (int, error) {
	n := 0
	for i := range killedGroups {
		id := streams.GroupID{Scope: "eu-west-1", Group: groupName(i)}
		var rounds [3]uint64
		var last streams.Decision
		for j, ev := range []streams.Event{streams.Group{GroupID: id}, streams.Decision{GroupID: id}, streams.Outcome{GroupID: id}} {
			msg, err := k.stream.GetLastMsgForSubject(ctx, streams.EventSubject(streams.Live, ev))
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				continue // none yet
			}
			if err != nil {
				return 0, err
			}
			ev, err := streams.Decode(msg.Subject, msg.Data)
			if err != nil {
				return 0, err
			}
			rounds[j] = streams.RoundOf(ev)
			if d, ok := ev.(streams.Decision); ok {
				last = d
			}
		}
		if rounds[1] < rounds[0] || last.Verdict != streams.Hold && rounds[2] < rounds[1] {
			n++
		}
	}
	return n, nil
}
