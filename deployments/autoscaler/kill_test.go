package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// A test process that finds childVerb in its environment is a component.
const (
	childVerb   = "AUTOSCALER_TEST_VERB"
	childURL    = "AUTOSCALER_TEST_URL"
	childRealm  = "AUTOSCALER_TEST_REALM"     // trial where empty
	childConfig = "AUTOSCALER_TEST_CONFIG"    // a file; none where empty
	childServes = "AUTOSCALER_TEST_ADDRESS"   // any on loopback where empty
	dieAt       = "AUTOSCALER_TEST_DIE_AT"    // number of the commit, from 1; 0 is never
	dieAfter    = "AUTOSCALER_TEST_DIE_AFTER" // after the batch began to go out
)

func TestMain(m *testing.M) {
	if verb := os.Getenv(childVerb); verb != "" {
		os.Exit(child(verb))
	}
	os.Exit(m.Run())
}

// child is a component that ends itself by SIGKILL while a commit is on its
// way.
func child(verb string) int {
	commits := 0
	last, err := strconv.Atoi(os.Getenv(dieAt))
	if err != nil {
		return 2
	}
	after, err := time.ParseDuration(os.Getenv(dieAfter))
	if err != nil {
		return 2
	}
	publish := func(ctx context.Context, js jetstream.JetStream, msgs []*nats.Msg) (uint64, error) {
		if commits++; commits == last {
			time.AfterFunc(after, func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) })
		}
		sequence, err := topology.PublishBatch(ctx, js, msgs)
		if commits == last {
			select {} // the answer came, and is not acted on
		}
		return sequence, err
	}
	p := process{stdout: os.Stdout, stderr: os.Stderr, env: func(string) string { return "" }, publish: publish}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	args := []string{verb, "--realm", cmp.Or(os.Getenv(childRealm), "trial"), "--nats-url", os.Getenv(childURL), "--address", cmp.Or(os.Getenv(childServes), "127.0.0.1:0"), "--log-level", "warn"}
	if file := os.Getenv(childConfig); file != "" {
		args = append(args, "--config", file)
	}
	return run(ctx, p, args)
}

// victim runs one component again and again, and kills it at its kill points.
type victim struct {
	verb, url string
	env       []string // further variables
	rng       *rand.Rand
	deaths    atomic.Int32
	within    int // of the deaths, those while a commit was on its way
	// kill asks for a SIGKILL from outside, after a while.
	kill chan time.Duration
	out  bytes.Buffer
}

// lendEnv gives this process the variables of the victim, for the test: with them
// components in it reach the simulated AWS.
func (v *victim) lendEnv(t *testing.T) {
	t.Helper()
	for _, variable := range append([]string{"AWS_CA_BUNDLE="}, v.env...) {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	if err := os.Unsetenv("AWS_CA_BUNDLE"); err != nil { // put back by Setenv
		t.Fatal(err)
	}
}

// live runs the component until ctx ends. In every other life it ends itself
// within a commit; in the others kill ends it. After enough deaths it lives on.
func (v *victim) live(ctx context.Context, enough int) error {
	for ctx.Err() == nil {
		suicide := v.died() < enough && v.died()%2 == 0
		at := 0
		if suicide {
			at = 1 + v.rng.IntN(5)
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childVerb+"="+v.verb, childURL+"="+v.url,
			dieAt+"="+strconv.Itoa(at), dieAfter+"="+time.Duration(v.rng.IntN(int(4*time.Millisecond))).String())
		cmd.Env = append(cmd.Env, v.env...)
		cmd.Stderr = &v.out
		if err := cmd.Start(); err != nil {
			return err
		}
		died := make(chan error, 1)
		go func() { died <- cmd.Wait() }()
		if err := v.wait(ctx, cmd, died, v.died() < enough && !suicide); err != nil {
			return err
		}
		v.deaths.Add(1)
		if suicide && ctx.Err() == nil {
			v.within++
		}
	}
	return nil
}

// died is how often it died.
func (v *victim) died() int { return int(v.deaths.Load()) }

// wait returns when the component is dead. Only SIGKILL is a death to expect.
func (v *victim) wait(ctx context.Context, cmd *exec.Cmd, died <-chan error, mayKill bool) error {
	kill := v.kill
	if !mayKill {
		kill = nil
	}
	select {
	case err := <-died:
		status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !ok || status.Signal() != syscall.SIGKILL {
			return fmt.Errorf("%s ended by itself: %w\n%s", v.verb, err, v.out.String())
		}
		return nil
	case after := <-kill:
		timer := time.NewTimer(after)
		<-timer.C
	case <-ctx.Done():
	}
	err := cmd.Process.Kill()
	<-died
	return err
}

// kill -9 of either stage at seeded random points, some of them while a commit
// is on its way: nothing is lost and nothing repeated, byte for byte.
func TestKilledStagesLoseAndRepeatNothing(t *testing.T) {
	const deaths, minutes = 20, 12 * 60
	load := bundledLoad(t, 2*24*time.Hour)
	want := folded(t, "trial", playerOn(t, load, "web", minutes))

	server := servertest.NewListening(t)
	js, err := jetstream.New(servertest.Connect(t, server))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := jetstream.New(servertest.Connect(t, server))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	if _, err := topology.Ensure(ctx, js, topology.Options{Realm: "trial", Storage: topology.Memory}); err != nil {
		t.Fatal(err)
	}
	var victims []*victim
	for i, verb := range []string{"forecaster", "decider"} {
		victims = append(victims, &victim{verb: verb, url: server.ClientURL(), rng: rand.New(rand.NewPCG(7, uint64(i))), kill: make(chan time.Duration)})
	}
	driver := replay.Driver{Realm: "trial", Publisher: js, Reader: reader, Timeout: 30 * time.Second, Log: zerolog.Nop()}
	rng := rand.New(rand.NewPCG(11, 0))
	driver.Watch = func(d streams.Decision) {
		for _, v := range victims {
			if rng.IntN(12) > 0 {
				continue
			}
			select { // a life that must not be ended from outside does not listen
			case v.kill <- time.Duration(rng.IntN(int(3 * time.Millisecond))):
			default:
			}
		}
	}
	runVictims(ctx, t, victims, deaths, func(ctx context.Context) error {
		return driver.Run(ctx, []sim.Player{playerOn(t, load, "web", minutes)})
	})
	for _, v := range victims {
		t.Logf("%s was killed %d times, %d of them within a commit", v.verb, v.died(), v.within)
		if v.died() < deaths {
			t.Errorf("%s died %d times, want at least %d", v.verb, v.died(), deaths)
		}
	}
	dir := t.TempDir() + "/recording"
	if _, err := recording.Write(ctx, recording.Source{JetStream: js, Stream: streams.StreamName("trial")}, dir, nil); err != nil {
		t.Fatal(err)
	}
	compareTimelines(t, want, recorded(t, dir))
}

// runVictims runs the components beside drive, until it returns.
func runVictims(ctx context.Context, t *testing.T, victims []*victim, deaths int, drive func(context.Context) error) {
	t.Helper()
	inner, stop := context.WithCancel(ctx)
	defer stop()
	group, inner := errgroup.WithContext(inner)
	for _, v := range victims {
		group.Go(func() error { return v.live(inner, deaths) })
	}
	var once sync.Once
	group.Go(func() error {
		defer once.Do(stop)
		return drive(inner)
	})
	if err := group.Wait(); err != nil {
		for _, v := range victims {
			t.Logf("%s:\n%s", v.verb, v.out.String())
		}
		t.Fatal(err)
	}
}
