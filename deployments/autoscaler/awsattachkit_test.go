package main

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

// shop is a simulated AWS with groups that nobody has attached, everything of
// ours beside it on the simulation's clock, and an operator in front of it.
type shop struct {
	*testing.T
	*wire
	as       *autoscaling.Client
	timeline jetstream.Consumer // decisions, outcomes and policies
	polled   bool               // whether web has rounds
}

const (
	web        = "ml-predictive-asg"
	db         = "db"
	shopConfig = "ingest: {scopes: {eu-west-1: {}}}"
)

// newShop has two groups with a policy of their own, which lets them grow hot,
// on a morning on which the traffic rises.
func newShop(t *testing.T) *shop {
	t.Helper()
	scene := scene{12*day + 3*60, 12 * 60}
	load := scene.load(t)
	w, err := newWire(load, scene.history, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	w.sim = awssim.New(awssim.Config{Region: w.id.Scope, Now: w.clock.Now})
	other, err := fleet.NewWorld(fleet.History("ours", load, demoBoot, scene.history))
	if err != nil {
		t.Fatal(err)
	}
	for name, world := range map[string]*fleet.World{web: w.world, db: other} {
		err := w.sim.Add(awssim.Group{
			Name: name, World: world, Detailed: true, Min: 2, Tags: map[string]string{"team": "shop"}, TargetTracking: awssim.TargetTracking{Target: 90},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	w.sim.Advance(w.clock.Now())
	w.policy.Forecast.Model = "naive" // what is decided is not the matter
	w.discovered = func(scope, name string) ingest.Group {
		p := w.policy
		p.AutoScalingGroup, p.Mode = name, streams.Observe // the tag goes before it
		return ingest.Group{ID: streams.GroupID{Scope: scope, Group: name}, Policy: p}
	}
	server := httptest.NewServer(w.sim)
	t.Cleanup(server.Close)
	plainAWS(t, map[string]string{"AWS_ENDPOINT_URL": server.URL})
	return &shop{T: t, wire: w, as: autoscaling.NewFromConfig(simulatedAWS(w.id.Scope, server.URL))}
}

// startAll runs all four components until the test is over.
func (s *shop) startAll() {
	s.Helper()
	server := servertest.New(s.T)
	h, err := s.host(s.Context(), server, simulatedAWS(s.id.Scope, os.Getenv("AWS_ENDPOINT_URL")))
	if err != nil {
		s.Fatal(err)
	}
	conn, err := h.connect("operator")
	if err != nil {
		s.Fatal(err)
	}
	s.timeline, err = conn.js.OrderedConsumer(s.Context(), streams.StreamName(streams.Live), jetstream.OrderedConsumerConfig{FilterSubjects: []string{
		streams.KindFilter(streams.Live, streams.KindDecision), streams.KindFilter(streams.Live, streams.KindOutcome), streams.KindFilter(streams.Live, streams.KindControl),
	}})
	if err != nil {
		s.Fatal(err)
	}
	ctx, stop := context.WithCancel(s.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.serve(ctx, "") }()
	s.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			s.Errorf("the components: %v", err)
		}
	})
	s.polled = true
	s.round()
}

// run is what the operator types, and what comes of it.
func (s *shop) run(args ...string) (code int, stdout, stderr string) {
	s.Helper()
	var out, errs bytes.Buffer
	code = run(s.Context(), process{stdout: &out, stderr: &errs, env: func(name string) string {
		if name == "AWS_REGION" {
			return "eu-west-1"
		}
		return ""
	}}, args)
	return code, out.String(), errs.String()
}

// types runs a command that ends with a code, and says some words.
func (s *shop) types(want int, words string, args ...string) string {
	s.Helper()
	code, out, errs := s.run(args...)
	if code != want || !strings.Contains(out+errs, words) {
		s.Fatalf("autoscaler %s: want exit %d and %q, got exit %d:\n%s%s", strings.Join(args, " "), want, words, code, out, errs)
	}
	return out
}

func (s *shop) group(name string) types.AutoScalingGroup {
	s.Helper()
	out, err := s.as.DescribeAutoScalingGroups(s.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
	if err != nil {
		s.Fatal(err)
	}
	return out.AutoScalingGroups[0]
}

func (s *shop) tags(name string) map[string]string {
	s.Helper()
	tags := map[string]string{}
	for _, t := range s.group(name).Tags {
		tags[*t.Key] = *t.Value
	}
	return tags
}

// sets counts the calls that set a capacity, by group.
func (s *shop) sets(name string) int {
	n := 0
	for _, c := range s.sim.Calls() {
		if c.Operation == set && c.Group == name {
			n++
		}
	}
	return n
}

// next gives the next event of the timeline.
func (s *shop) next() streams.Event {
	s.Helper()
	msg, err := s.timeline.Next(jetstream.FetchMaxWait(s.timeout))
	if err != nil {
		s.Fatalf("read the timeline: %v", err)
	}
	ev, err := streams.Decode(msg.Subject(), msg.Data())
	if err != nil {
		s.Fatal(err)
	}
	return ev
}

// minute lets a minute pass, and what it leads to, and gives the outcome of its
// decision; nil of a hold, or where the group's policy is retired.
func (s *shop) minute() *streams.Outcome {
	s.Helper()
	if err := s.step(s.Context(), s.clock.Now().Add(time.Minute)); err != nil {
		s.Fatal(err)
	}
	return s.round()
}

// round waits for the end of the round that the clock shows.
func (s *shop) round() *streams.Outcome {
	s.Helper()
	for s.polled {
		switch ev := s.next().(type) {
		case streams.Decision:
			if ev.Verdict == streams.Hold && ev.At.Equal(s.clock.Now()) {
				return nil
			}
		case streams.Outcome:
			if ev.At.Equal(s.clock.Now()) {
				return &ev
			}
		case streams.Control:
			s.polled = ev.Fingerprint != ""
		}
	}
	return nil
}

// await lets time pass until so many decisions ended in a way, and refuses that
// one ends in the other.
func (s *shop) await(want, never streams.Status, many int) {
	s.Helper()
	const patience = 120 // minutes
	for range patience {
		o := s.minute()
		switch {
		case o == nil:
		case o.Status == never:
			s.Fatalf("an outcome is %+v, want %s", *o, want)
		case o.Status == want:
			if many--; many == 0 {
				return
			}
		}
	}
	s.Fatalf("no %s came within %d minutes", want, patience)
}

// scaleOutOnly does what doctor advises, or takes it back.
func (s *shop) scaleOutOnly(name string, only bool) {
	s.Helper()
	_, err := s.as.PutScalingPolicy(s.Context(), &autoscaling.PutScalingPolicyInput{
		AutoScalingGroupName: &name, PolicyName: aws.String("target-tracking"), PolicyType: aws.String("TargetTrackingScaling"),
		TargetTrackingConfiguration: &types.TargetTrackingConfiguration{TargetValue: aws.Float64(90), DisableScaleIn: &only,
			PredefinedMetricSpecification: &types.PredefinedMetricSpecification{PredefinedMetricType: types.MetricTypeASGAverageCPUUtilization}},
	})
	if err != nil {
		s.Fatal(err)
	}
}
