package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

// Two accounts: ingest reads the first with its own keys and the second as a
// role, and the actuator has a role of its own in each.
const (
	homeAccount = "111122223333"
	awayAccount = "444455556666"
	homeActor   = "arn:aws:iam::111122223333:role/ml-autoscaling-actuator"
	awayActor   = "arn:aws:iam::444455556666:role/ml-autoscaling-actuator"
	awayReader  = "arn:aws:iam::444455556666:role/ml-autoscaling-ingest"
	externalID  = "f00d"
)

// scopedConfig is a configuration of both, in which the ids are external.
func scopedConfig(readerID, actorID string) string {
	return fmt.Sprintf(`
realm: live
ingest:
  backfill: 12h
  scopes:
    home: {region: eu-west-1}
    away: {region: us-east-1, role_arn: %q, external_id: %q}
actuator:
  mode: desired
  scopes:
    home: {role_arn: %q}
    away: {role_arn: %q, external_id: %q}
defaults:
  mode: desired
  round: 500ms
  load: {period: 60s}
  forecast: {model: naive}
  scaling:
    violation_price_instance_hours: 0
    max: 400
    scale_out_cooldown: 1s
    scale_in_cooldown: 2s
    stabilization: 5s
    foreign_hold: 2s
    expiry: 10s
    boot_prior: 1s
    max_step_in: {instances: 4, fraction: 0.5}
`, awayReader, readerID, homeActor, awayActor, actorID)
}

// scoped is a cloud of two places on the wall clock, each with a group that
// bears the same name, to which the SDK of this process is sent.
type scoped struct {
	*testing.T
	cloud      *awssim.Cloud
	home, away *awssim.Server
	raised     int
}

func newScoped(t *testing.T) *scoped {
	t.Helper()
	s := &scoped{T: t, home: awssim.New(awssim.Config{Account: homeAccount, Region: "eu-west-1"}), away: awssim.New(awssim.Config{Account: awayAccount, Region: "us-east-1"})}
	now := time.Now().UTC()
	for _, server := range []*awssim.Server{s.home, s.away} {
		load := bundledLoad(t, 2*24*time.Hour)
		load.Start = now.Truncate(load.Period).Add(-24 * time.Hour)
		world, err := fleet.NewWorld(fleet.History("ours", load, 0, int(now.Sub(load.Start)/time.Minute)))
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Add(awssim.Group{Name: "web", World: world, Detailed: true, Managed: true}); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if s.cloud, err = awssim.NewCloud(homeAccount, s.home, s.away); err != nil {
		t.Fatal(err)
	}
	for _, r := range []awssim.Role{
		{ARN: awayReader, ExternalID: externalID, Allowed: actionsOf(t, "ingest")},
		{ARN: homeActor, Allowed: actionsOf(t, "actuator")},
		{ARN: awayActor, ExternalID: externalID, Allowed: actionsOf(t, "actuator")},
	} {
		if err := s.cloud.Trust(r); err != nil {
			t.Fatal(err)
		}
	}
	s.cloud.Advance(now)
	front := httptest.NewServer(s.cloud)
	t.Cleanup(front.Close)
	sendSDK(t, front.URL)
	return s
}

// actionsOf are those of the policy that a verb is printed.
func actionsOf(t *testing.T, verb string) []string {
	t.Helper()
	p, err := rights.Of(verb)
	if err != nil {
		t.Fatal(err)
	}
	return p.Actions()
}

// run runs everything in one process until done says so, and gives its log.
func (s *scoped) run(config string, done func(ctx context.Context, js jetstream.JetStream) bool) string {
	s.Helper()
	return runAll(s.T, config, func(n int) {
		s.cloud.Advance(time.Now().UTC())
		if n%20 == 10 { // less often than foreign_hold
			s.raise()
		}
	}, done)
}

// raise is somebody else who raises the groups, for us to lower them again.
func (s *scoped) raise() {
	s.raised++
	for _, server := range []*awssim.Server{s.home, s.away} {
		if err := server.SetBy("web", 100+s.raised); err != nil {
			s.Fatal(err)
		}
	}
}

func outcomeOf(scope string) streams.Outcome {
	return streams.Outcome{GroupID: streams.GroupID{Scope: scope, Group: "web"}}
}

// Two accounts and regions, each with a group of the same name, polled and acted
// on by one process: every call goes to its place, as the role that is meant for
// it, and no role has to do what its policy does not list.
func TestScopesOfTwoAccounts(t *testing.T) {
	s := newScoped(t)
	applied := map[string]streams.Outcome{}
	s.run(scopedConfig(externalID, externalID), func(ctx context.Context, js jetstream.JetStream) bool {
		for _, scope := range []string{"home", "away"} {
			if o := lastOf(ctx, t, js, outcomeOf(scope)); o != nil && o.Status == streams.Applied {
				applied[scope] = *o
			}
		}
		return len(applied) == 2
	})
	for scope, server := range map[string]*awssim.Server{"home": s.home, "away": s.away} {
		account, actor := map[string]string{"home": homeAccount, "away": awayAccount}[scope], "assumed-role/ml-autoscaling-actuator/autoscaler"
		reader := map[string]string{"home": "assumed-role/autoscaler/session", "away": "assumed-role/ml-autoscaling-ingest/autoscaler"}[scope]
		callers := map[string]map[string]bool{}
		found := false
		for _, c := range server.Calls() {
			if c.Code != "" {
				t.Errorf("%s: %s of %s was refused: %s", scope, c.Operation, c.Caller, c.Code)
			}
			if callers[c.Operation] == nil {
				callers[c.Operation] = map[string]bool{}
			}
			callers[c.Operation][strings.TrimPrefix(c.Caller, "arn:aws:sts::"+account+":")] = true
			found = found || c.Operation == set && c.Desired == applied[scope].Desired && c.RequestID == applied[scope].RequestID
		}
		if !found {
			t.Errorf("%s: no call set %d as request %s", scope, applied[scope].Desired, applied[scope].RequestID)
		}
		for operation, want := range map[string]string{"GetMetricData": reader, set: actor, "DescribeScalingActivities": actor, "DescribeInstanceRefreshes": actor} {
			if got := callers[operation]; len(got) != 1 || !got[want] {
				t.Errorf("%s: %s was called by %v, want %s", scope, operation, got, want)
			}
		}
		if got := callers["DescribeAutoScalingGroups"]; len(got) != 2 || !got[reader] || !got[actor] {
			t.Errorf("%s: groups were described to %v", scope, got)
		}
	}
}

// A wrong external id, once of ingest and once of the actuator: the log and the
// timeline name scope and role, and the other scope goes on.
func TestScopeWithAWrongExternalID(t *testing.T) {
	t.Run("ingest", func(t *testing.T) {
		s := newScoped(t)
		log := s.run(scopedConfig("wrong", externalID), func(ctx context.Context, js jetstream.JetStream) bool {
			o := lastOf(ctx, t, js, outcomeOf("home"))
			return o != nil && o.Status == streams.Applied
		})
		denied(t, log, "ingest", awayReader)
	})
	t.Run("actuator", func(t *testing.T) {
		s := newScoped(t)
		var failed, applied *streams.Outcome
		log := s.run(scopedConfig(externalID, "wrong"), func(ctx context.Context, js jetstream.JetStream) bool {
			if o := lastOf(ctx, t, js, outcomeOf("home")); o != nil && o.Status == streams.Applied {
				applied = o
			}
			if o := lastOf(ctx, t, js, outcomeOf("away")); o != nil && o.Status == streams.Failed {
				failed = o
			}
			return applied != nil && failed != nil
		})
		denied(t, log, "actuator", awayActor)
		if !strings.Contains(failed.Error, awayActor) || !strings.Contains(failed.Error, "sts:AssumeRole") {
			t.Errorf("the outcome says %q: want it to name the role and sts:AssumeRole", failed.Error)
		}
		if n := s.away.Counts().Calls[set]; n > 0 {
			t.Errorf("%d calls of %s in the account of the role", n, set)
		}
	})
	t.Run("check", func(t *testing.T) {
		newScoped(t)
		nats := servertest.NewListening(t)
		code, out, _ := runVerb(t, "check", written(t, scopedConfig("wrong", externalID)), "--nats-url", nats.ClientURL())
		if code != 1 {
			t.Errorf("exit %d", code)
		}
		wants(t, out, `^ok +aws +scope home \(eu-west-1\): 1 Auto Scaling groups`, `^MISSING +aws +scope away \(us-east-1\) as `+awayReader+`: permission sts:AssumeRole: .*AccessDenied`)
	})
}

// denied wants a line of the log that tells what is wrong, and of which scope.
func denied(t *testing.T, log, who, role string) {
	t.Helper()
	for line := range strings.Lines(log) {
		if strings.Contains(line, role) && strings.Contains(line, "away") && strings.Contains(line, "sts:AssumeRole") && !strings.Contains(line, "home") {
			return
		}
	}
	t.Errorf("no line of the log names scope away, %s and sts:AssumeRole, for the %s:\n%s", role, who, log)
}
