package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// shadowedOn is playerOn with shadows: one with the live numbers, and roomy,
// which never has less than 60 instances.
func shadowedOn(t *testing.T, load fleet.Load, name string, minutes int) *sim.Group {
	t.Helper()
	return shadowedBy(t, samplePolicy(t), fleet.History("ours", load, demoBoot, load.Minutes()-minutes), name)
}

// shadowedBy is the same under another policy than the sample's.
func shadowedBy(t *testing.T, policy streams.Policy, lived fleet.Config, name string) *sim.Group {
	t.Helper()
	world, err := fleet.NewWorld(lived)
	if err != nil {
		t.Fatal(err)
	}
	roomy := policy.Scaling
	roomy.Min = 60
	policy.Shadows = map[string]streams.Shadow{"same": {Scaling: policy.Scaling}, "roomy": {Scaling: roomy}}
	player, err := sim.NewGroup(group(name), policy, world)
	if err != nil {
		t.Fatal(err)
	}
	return player
}

// Shadows go through JetStream as they do in memory, under subjects of their
// own; the live policy decides byte for byte as it does without them; and
// every verb that reads the timeline goes on as if they were not there.
func TestShadowsBesideTheLivePolicy(t *testing.T) {
	load := bundledLoad(t, 24*time.Hour)
	alone := folded(t, "trial", playerOn(t, load, "web", 240))
	want := folded(t, "trial", shadowedOn(t, load, "web", 240))
	l := newLookedAt(t, shadowedOn(t, load, "web", 240))
	dir := filepath.Join(t.TempDir(), "recording")
	if code, out, errs := l.run("record", dir); code != 0 {
		t.Fatalf("record: exit %d: %s%s", code, out, errs)
	}
	got := recorded(t, dir)
	compareTimelines(t, want, got)
	live := streams.EventSubject("trial", streams.Decision{GroupID: group("web")})
	if len(got[live]) != 240 || !slices.Equal(got[live], alone[live]) {
		t.Errorf("%d live decisions, want the 240 that there are without shadows", len(got[live]))
	}
	for _, name := range []string{"same", "roomy"} {
		if n := len(got[live+"."+name]); n != 240 {
			t.Errorf("%d decisions of %s, want one for each of 240 rounds", n, name)
		}
	}

	if code, out, errs := l.run("replay", "--verify", dir); code != 0 || !strings.Contains(out, "compared 720, equal 720") {
		t.Errorf("verify: exit %d: %s%s", code, out, errs)
	}
	again := filepath.Join(t.TempDir(), "again")
	if code, out, errs := runVerb(t, "replay", dir, "--keep", again); code != 0 {
		t.Errorf("replay: exit %d: %s%s", code, out, errs)
	} else {
		compareTimelines(t, got, recorded(t, again))
	}
	code, out, errs := l.run("status", "web")
	if wants(t, out, `round 240 +(scale_out|scale_in|hold)`, `policy `+samplePolicy(t).Fingerprint()); strings.Contains(out+errs, "roomy") {
		t.Errorf("status: exit %d shows a shadow: %s%s", code, out, errs)
	}
}

// why shows a shadow's decision where it is asked for, and the live one
// otherwise.
func TestWhyOfAShadow(t *testing.T) {
	load := bundledLoad(t, 24*time.Hour)
	l := newLookedAt(t, shadowedOn(t, load, "web", 30))
	code, out, errs := l.run("why", "web", "--policy", "roomy")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	wants(t, out, `^eu-west-1/web, shadow roomy$`, `round 30  hold  60 → 60`, `min_max .*policy 60 to 400`, `outcome   none: nothing acts on a shadow`, `policy    [0-9a-f]{16}: mode`)
	if code, out, errs = l.run("why", "web"); code != 0 || strings.Contains(out, "shadow") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	code, _, errs = l.run("why", "web", "--policy", "bold")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, errs, `holds no decision of a shadow bold`)
}

// After an hour there is too little to tell, and the report says what there is.
func TestABReportOfTooLittle(t *testing.T) {
	load := bundledLoad(t, 24*time.Hour)
	l := newLookedAt(t, shadowedOn(t, load, "web", 60), playerOn(t, load, "api", 5))
	code, out, errs := l.run("ab", "report", "web", "--b", "roomy")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^eu-west-1/web: live against roomy, `, `^60 rounds decided by both, 0 by one`, `^instances of both boot 3m0s, `, `instance-hours`, `^cannot tell: 1 scored day is too few`)
	wants(t, errs, `too little to tell: 1 scored day is too few, want at least 6`)
	for _, test := range []struct{ args, want string }{
		{"web", "want one of its shadows roomy, same"},
		{"web --b bold", "does not hold what both live and bold decided"},
		{"api", "its policy has no shadow to compare with"},
		{"nobody", `group "nobody"`},
		{"web --a same --b same", "want another policy than --a"},
		{"web --days 0", "want at least 1"},
	} {
		code, _, errs := l.run(append([]string{"ab", "report"}, strings.Fields(test.args)...)...)
		if code == 0 {
			t.Errorf("%s: exit 0", test.args)
		}
		wants(t, errs, test.want)
	}
}

// Over a week the report tells which is cheaper, also from a timeline whose
// holds and forecasts have expired.
func TestABReport(t *testing.T) {
	load := bundledLoad(t, 10*24*time.Hour)
	policy := samplePolicy(t)
	policy.Forecast.Model = "rls" // what is compared is the scaling, and the combination takes minutes for it
	l := storedAt(t, shadowedBy(t, policy, fleet.History("ours", load, demoBoot, load.Minutes()-8*24*60), "web"))
	code, out, errs := l.run("ab", "report", "web", "--b", "roomy")
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	wants(t, out, `^eu-west-1/web: live against roomy, `, `^(live|roomy) is cheaper: J lower by `, `the group is only observed`)
	t.Logf("\n%s", out)
	code, out, errs = l.run("ab", "report", "web", "--b", "roomy", "--days", "6")
	if code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	wants(t, out, `live against roomy: 1 load, [67] days of both`)
	if code, out, errs = l.run("ab", "report", "web", "--a", "group", "--b", "same"); code != 0 {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// storedAt stores what a player and the stages make of it, without forecasts
// and holds, and with every fifth group event.
func storedAt(t *testing.T, p sim.Player) *lookedAt {
	t.Helper()
	server := servertest.NewListening(t)
	nc, err := nats.Connect(server.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	l := &lookedAt{t: t, realm: "trial", url: server.ClientURL(), js: js}
	if _, err := topology.Ensure(t.Context(), js, topology.Options{Realm: l.realm, Storage: topology.Memory}); err != nil {
		t.Fatal(err)
	}
	var batch []*nats.Msg
	store := func(ev streams.Event) error {
		if len(batch) == topology.MaxBatch || ev == nil && len(batch) > 0 {
			if _, err := topology.PublishBatch(t.Context(), js, batch); err != nil {
				return err
			}
			batch = nil
		}
		switch e := ev.(type) {
		case nil, streams.Forecast, streams.Outcome:
			return nil
		case streams.Group:
			if e.Round%5 != 1 {
				return nil
			}
		case streams.Decision:
			if e.Verdict == streams.Hold {
				return nil
			}
		}
		msg, err := topology.Message(l.realm, ev)
		batch = append(batch, msg)
		return err
	}
	err = sim.NewLoop(stages()...).Run(p, store)
	if err == nil {
		err = store(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Over the AWS wire, with ingest and the actuator, shadows decide in every
// round, and the world is the same as without them.
func TestShadowsOverTheWire(t *testing.T) {
	load := bundledLoad(t, 24*time.Hour)
	lives := func(shadows map[string]streams.Shadow) (lived, timeline) {
		w, err := newWire(load, 20*60, zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		w.policy.Shadows = shadows
		dir := filepath.Join(t.TempDir(), "recording")
		l, err := w.live(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return l, recorded(t, dir)
	}
	want, _ := lives(nil)
	roomy := samplePolicy(t).Scaling
	roomy.Min = 60
	got, tl := lives(map[string]streams.Shadow{"roomy": {Scaling: roomy}})
	if diff := cmp.Diff(want.rows, got.rows); diff != "" || want.calls != got.calls {
		t.Errorf("%s without shadows, %s with them (-without +with):\n%.2000s", want.calls, got.calls, diff)
	}
	if diff := cmp.Diff(want.decisions, got.decisions); diff != "" {
		t.Errorf("live decisions (-without +with):\n%.2000s", diff)
	}
	found := 0
	for subject, bodies := range tl {
		if strings.HasSuffix(subject, ".roomy") {
			found += len(bodies)
		}
	}
	if found != len(want.decisions) || found == 0 {
		t.Errorf("%d decisions of the shadow, want one for each of %d rounds", found, len(want.decisions))
	}
}
