package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// emptyRealm is a realm in which nothing ran.
func emptyRealm(t *testing.T) *lookedAt {
	t.Helper()
	server := servertest.NewListening(t)
	js, err := jetstream.New(servertest.Connect(t, server))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := topology.Ensure(t.Context(), js, topology.Options{Realm: "trial", Storage: topology.Memory}); err != nil {
		t.Fatal(err)
	}
	return &lookedAt{t: t, realm: "trial", url: server.ClientURL(), js: js}
}

// outcomesIn fills a realm with outcomes of a group among others, with holes
// and with bodies that nobody can decode, and gives the rounds by sequence.
func outcomesIn(t *testing.T, l *lookedAt, id streams.GroupID) map[uint64]uint64 {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	stream, err := l.js.Stream(t.Context(), streams.StreamName(l.realm))
	if err != nil {
		t.Fatal(err)
	}
	rounds := map[uint64]uint64{}
	subject := streams.EventSubject(l.realm, streams.Outcome{GroupID: id})
	round := uint64(0)
	for range 400 {
		o := streams.Outcome{GroupID: group("other"), Round: 1, At: time.Unix(1e9, 0).UTC(), Status: streams.Applied}
		kind := rng.IntN(8)
		if kind < 3 {
			round += rng.Uint64N(3)
			o.GroupID, o.Round = id, round+1
		}
		msg, err := topology.Message(l.realm, o)
		if err != nil {
			t.Fatal(err)
		}
		if kind == 3 {
			msg.Subject, msg.Data = subject, []byte("{")
		}
		ack, err := l.js.PublishMsg(t.Context(), msg)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case kind == 2:
			if err := stream.DeleteMsg(t.Context(), ack.Sequence); err != nil {
				t.Fatal(err)
			}
		case kind < 2:
			rounds[ack.Sequence] = o.Round
		}
	}
	return rounds
}

// The search against a look at every message.
func TestNewestAgainstAll(t *testing.T) {
	l := emptyRealm(t)
	id := group("web")
	rounds := outcomesIn(t, l, id)
	look := l.lookup()
	subject := streams.EventSubject(l.realm, streams.Outcome{GroupID: id})
	rapid.Check(t, func(t *rapid.T) {
		upTo := rapid.Uint64Range(0, 420).Draw(t, "up to")
		most := rapid.Uint64Range(0, 200).Draw(t, "round")
		want := uint64(0)
		for seq, round := range rounds {
			if seq <= upTo && round <= most {
				want = max(want, seq)
			}
		}
		found, err := look.newest(context.Background(), subject, upTo, func(s stored) bool { return streams.RoundOf(s.event) <= most })
		got := uint64(0)
		if found != nil {
			got = found.seq
		}
		if err != nil || got != want {
			t.Fatalf("found sequence %d, want %d: %v", got, want, err)
		}
	})
}

// What is near takes few questions, and what is far not many.
func TestNewestAsksLittle(t *testing.T) {
	l := emptyRealm(t)
	id := group("web")
	const all = 3000
	for round := range uint64(all) {
		msg, err := topology.Message(l.realm, streams.Outcome{GroupID: id, Round: round + 1, At: time.Unix(1e9, 0).UTC(), Status: streams.Applied})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.js.PublishMsgAsync(msg); err != nil {
			t.Fatal(err)
		}
	}
	<-l.js.PublishAsyncComplete()
	look := l.lookup()
	for _, tc := range []struct{ round, most uint64 }{{all, 4}, {all - 2, 6}, {1, 30}, {all / 3, 30}} {
		asked := uint64(0)
		found, err := look.newest(t.Context(), streams.EventSubject(l.realm, streams.Outcome{GroupID: id}), all, func(s stored) bool {
			asked++
			return streams.RoundOf(s.event) <= tc.round
		})
		if err != nil || found == nil || streams.RoundOf(found.event) != tc.round {
			t.Fatalf("round %d: found %v, %v", tc.round, found, err)
		}
		if asked > tc.most {
			t.Errorf("round %d of %d: %d questions, want at most %d", tc.round, all, asked, tc.most)
		}
	}
}

func TestWithoutTimeline(t *testing.T) {
	server := servertest.NewListening(t)
	for _, tc := range []struct {
		name string
		url  string
		want string
	}{
		{"no server", "nats://127.0.0.1:1", "connect to nats://127.0.0.1:1: .*no servers"},
		{"no stream", server.ClientURL(), "has no stream AUTOSCALING_TRIAL: nothing ran in this realm yet"},
	} {
		for _, args := range [][]string{{"status"}, {"status", "web"}, {"why", "web"}} {
			t.Run(fmt.Sprint(tc.name, args), func(t *testing.T) {
				code, out, errs := runVerb(t, append(args, "--realm", "trial", "--nats-url", tc.url)...)
				if code != 1 || out != "" {
					t.Errorf("exit %d: %s", code, out)
				}
				wants(t, errs, tc.want)
			})
		}
	}
}

func TestGroupsByName(t *testing.T) {
	l := emptyRealm(t)
	code, _, errs := l.run("status", "web")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, errs, `group "web": realm trial has no group yet`)
	if code, _, errs = l.run("status"); code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, errs, `realm trial has no group yet: ingest polls those that the configuration names, and those that 'autoscaler aws attach' has tagged`)
	for _, id := range []streams.GroupID{group("web"), {Scope: "us-east-1", Group: "web"}, group("api")} {
		l.publish(streams.NewPolicyControl(id, time.Unix(1e9, 0).UTC(), samplePolicy(t)))
	}
	code, _, errs = l.run("why", "web")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, errs, `group "web": is in several scopes, want one of eu-west-1/web, us-east-1/web`)
	code, _, errs = l.run("status", "wbe")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, errs, `group "wbe": realm trial has eu-west-1/api, eu-west-1/web, us-east-1/web`)
}

// samplePolicy is that of the bundled configuration.
func samplePolicy(t *testing.T) streams.Policy {
	t.Helper()
	sample, err := sampleGroup()
	if err != nil {
		t.Fatal(err)
	}
	return sample.Policy
}
