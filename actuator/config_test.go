package actuator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/actuator"
	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestReady holds that a missing permission is named until it is there.
func TestReady(t *testing.T) {
	w := newWorld(t, 10)
	w.cloud.before = failing("set", plan.Denied)
	l := w.start()
	w.publish(w.policy(web, streams.DesiredControl))
	if err := l.Ready(); err != nil {
		t.Errorf("at first: %v", err)
	}
	w.decide(10, 12)
	w.last(1)
	if err := l.Ready(); err == nil || !strings.Contains(err.Error(), "scope eu-west-1: permission autoscaling:SetDesiredCapacity is missing") {
		t.Errorf("denied: %v", err)
	}
	w.decide(10, 12)
	w.last(2)
	if err := l.Ready(); err != nil {
		t.Errorf("allowed: %v", err)
	}
	l.halt()
	for want, labels := range map[float64][]string{
		1: {"operation=SetDesiredCapacity", "fault=denied"}, 3: {"operation=DescribeAutoScalingGroups", "fault=none"},
	} {
		if got := w.metric("autoscaling_actuator_calls_total", labels...); got != want {
			t.Errorf("%v calls of %v, want %v", got, labels, want)
		}
	}
	if n := w.metric("autoscaling_actuator_call_seconds"); n != 6 {
		t.Errorf("%v calls took time, want 6", n)
	}
}

func TestNewRefuses(t *testing.T) {
	good := actuator.Config{Realm: streams.Live, Limits: plan.Limits{Mode: streams.DesiredControl}, Now: time.Now, Log: zerolog.Nop()}
	if _, err := actuator.New(good); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*actuator.Config){
		"desired acts in realm live only, not in trial": func(c *actuator.Config) { c.Realm = "trial" },
		"realm":                         func(c *actuator.Config) { c.Realm = "" },
		"clock":                         func(c *actuator.Config) { c.Now = nil },
		"mode: want observe or desired": func(c *actuator.Config) { c.Limits.Mode = "floor" },
		"takes none": func(c *actuator.Config) {
			c.Limits.Mode, c.Clients = streams.Observe, map[string]actuator.AutoScaling{"eu-west-1": newCloud(1)}
		},
		"must not be negative": func(c *actuator.Config) { c.Parallel = -1 },
	} {
		cfg := good
		spoil(&cfg)
		if _, err := actuator.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := actuator.New(actuator.Config{Realm: "trial", Limits: plan.Limits{Mode: streams.Observe}, Now: time.Now}); err != nil {
		t.Errorf("observe in a trial: %v", err)
	}
}

// TestReadyAfterCredentialsCameBack holds that one call that goes through proves
// the credentials of all: that which lacked them may not come again for hours.
func TestReadyAfterCredentialsCameBack(t *testing.T) {
	for fault, ready := range map[plan.Fault]bool{plan.Expired: true, plan.Denied: false} {
		w := newWorld(t, 10)
		w.cloud.before = failing("refresh", fault)
		l := w.start()
		w.publish(w.policy(web, streams.DesiredControl))
		w.decide(10, 8) // describes the group before it knows of refreshes
		w.last(1)
		w.decide(10, 12)
		w.last(2)
		if err := l.Ready(); (err == nil) != ready {
			t.Errorf("%s, and then a raise that was applied: %v", fault, err)
		}
	}
}
