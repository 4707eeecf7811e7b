package actuator_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestEndings has one decision from 10 each, and what becomes of it.
func TestEndings(t *testing.T) {
	for _, test := range []struct {
		name    string
		to      int
		prepare func(*world)
		status  streams.Status
		desired int    // of the outcome
		text    string // that its error holds
		calls   string
	}{
		{"applied", 12, nil, streams.Applied, 12, "", "describe, set 12, describe, activity"},
		{"lowered", 8, nil, streams.Applied, 8, "", "refresh, describe, set 8, describe, activity"},
		{"unchanged", 12, func(w *world) { w.cloud = newCloud(12) }, streams.Unchanged, 12, "already", "describe"},
		{"raised by others", 12, func(w *world) { w.cloud = newCloud(11) }, streams.Applied, 12, "it was 11", "describe, set 12, describe, activity"},
		{"conflict", 8, func(w *world) { w.cloud = newCloud(11) }, streams.Conflict, 11, "desired is 11", "refresh, describe"},
		{"clamped", 12, func(w *world) {
			w.cloud.change("web-asg", func(d *plan.Description) { d.Max = 11 })
		}, streams.Applied, 11, "asked for 12, max is 11", "describe, set 11, describe, activity"},
		{"ceiling", 12, func(w *world) { w.limits.Ceiling = 11 }, streams.Applied, 11, "ceiling is 11", "describe, set 11, describe, activity"},
		{"above the ceiling", 12, func(w *world) { w.limits.Ceiling = 10 }, streams.Refused, 10, "ceiling is 10", ""},
		{"not listed", 12, func(w *world) { w.limits.Groups = []string{"api"} }, streams.Refused, 10, "do not list", ""},
		{"unknown scope", 12, func(w *world) { w.scope = "us-east-1" }, streams.Refused, 10, "no client for scope eu-west-1", ""},
		{"limit observe", 12, func(w *world) { w.limits.Mode = streams.Observe }, streams.DryRun, 10, "the actuator's mode is observe", ""},
		{"not attached", 12, func(w *world) {
			w.cloud.change("web-asg", func(d *plan.Description) { d.Tags.Mode = "observe" })
		}, streams.Refused, 10, `its tag ml-autoscaling/mode is "observe"; what lifts this is: autoscaler aws attach web-asg --mode desired`, "describe"},
		{"not managed", 8, func(w *world) {
			w.cloud.change("web-asg", func(d *plan.Description) { d.Tags.Managed = "" })
		}, streams.Refused, 10, "its tag ml-autoscaling/managed is missing", "refresh, describe"},
		{"detached before a call is repeated", 12, func(w *world) {
			w.cloud.before = func(operation, _ string) error {
				if operation != "set" {
					return nil
				}
				w.cloud.change("web-asg", func(d *plan.Description) { d.Tags.Mode = "" })
				return fault("SetDesiredCapacity", plan.Invalid)
			}
		}, streams.Refused, 10, "its tag ml-autoscaling/mode is missing", "describe, set 12, describe"},
		{"lowered while a refresh is under way", 8, refreshing, streams.Conflict, 10, "instance refresh r-1, which is InProgress", "refresh, describe"},
		{"raised while a refresh is under way", 12, refreshing, streams.Applied, 12, "", "describe, set 12, describe, activity"},
		{"lowered without the right to know", 8, faulty("refresh", plan.Denied), streams.Failed, 10,
			"permission autoscaling:DescribeInstanceRefreshes is missing", "refresh, describe"},
		{"raised without the right to know", 12, faulty("refresh", plan.Denied), streams.Applied, 12, "", "describe, set 12, describe, activity"},
		{"lost race", 12, func(w *world) {
			w.cloud.cause = "At 2026-03-01T12:00:00Z a user request explicitly set group desired capacity changing the desired capacity from 13 to 12."
		}, streams.Applied, 12, "it was 13 and not 10", "describe, set 12, describe, activity"},

		{"busy", 12, faulty("set", plan.Busy), streams.Conflict, 10, "decide again", "describe, set 12"},
		{"invalid once", 12, faulty("set", plan.Invalid), streams.Applied, 12, "", "describe, set 12, describe, set 12, describe, activity"},
		{"invalid twice", 12, faulty("set", plan.Invalid, plan.Invalid), streams.Failed, 10, "invalid", "describe, set 12, describe, set 12"},
		{"throttled", 12, faulty("set", plan.Throttled), streams.Failed, 10, "throttled", "describe, set 12"},
		{"denied", 12, faulty("set", plan.Denied), streams.Failed, 10, "autoscaling:SetDesiredCapacity", "describe, set 12"},
		{"expired credentials", 12, faulty("set", plan.Expired), streams.Failed, 10, "credentials", "describe, set 12"},
		{"gone", 12, faulty("set", plan.Gone), streams.Failed, 10, "no such group", "describe, set 12"},
		{"unclear and not done", 12, faulty("set", plan.Unclear), streams.Failed, 10, "no clear answer", "describe, set 12, describe"},
		{"unclear and done", 12, func(w *world) { w.cloud.lost = true }, streams.Applied, 12, "connection reset", "describe, set 12, describe"},
		{"group gone before", 12, func(w *world) { w.cloud.groups = nil }, streams.Failed, 10, "no such group", "describe"},
		{"throttled before", 12, faulty("describe", plan.Throttled), streams.Failed, 10, "throttled", "describe"},
		{"verification fails", 12, faulty("activity", plan.Throttled), streams.Applied, 12, "", "describe, set 12, describe, activity"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, 10)
			if test.prepare != nil {
				test.prepare(w)
			}
			w.start()
			w.publish(w.policy(web, streams.DesiredControl))
			w.decide(10, test.to)
			o := w.last(1)
			if o.Status != test.status || o.Desired != test.desired || !strings.Contains(o.Error, test.text) || test.text == "" && o.Error != "" {
				t.Errorf("outcome %s", say(o))
			}
			if got := strings.Join(w.cloud.made(), ", "); got != test.calls {
				t.Errorf("calls are %s\nwant %s", got, test.calls)
			}
		})
	}
}

func refreshing(w *world) { w.cloud.refresh = plan.Refresh{ID: "r-1", Status: "InProgress"} }

func faulty(operation string, faults ...plan.Fault) func(*world) {
	return func(w *world) { w.cloud.before = failing(operation, faults...) }
}

// TestPolicyObserves holds that a group that is observed costs no call, and
// that the mode may change with the next control.
func TestPolicyObserves(t *testing.T) {
	w := newWorld(t, 10)
	w.start()
	w.publish(w.policy(web, streams.Observe))
	w.decide(10, 12)
	w.publish(w.policy(web, streams.DesiredControl))
	w.decide(10, 10)
	w.decide(10, 13)
	got := w.outcomes(2)
	if got[0].Status != streams.DryRun || got[1].Status != streams.Applied || got[1].Round != 3 || got[1].RequestID != "r-1" {
		t.Errorf("outcomes %+v", got)
	}
	if w.cloud.desired("web-asg") != 13 {
		t.Errorf("desired is %d", w.cloud.desired("web-asg"))
	}
}

// gate holds calls until it is opened.
type gate struct {
	reached chan struct{}
	open    chan struct{}
	once    sync.Once
}

// block holds the first call of an operation.
func (w *world) block(operation string) *gate {
	g := &gate{reached: make(chan struct{}), open: make(chan struct{})}
	w.cloud.before = func(called, _ string) error {
		if called == operation {
			g.once.Do(func() { close(g.reached); <-g.open })
		}
		return nil
	}
	return g
}

func TestNewestSupersedesWaiting(t *testing.T) {
	w := newWorld(t, 10)
	g := w.block("set")
	w.start()
	w.publish(w.policy(web, streams.DesiredControl))
	w.decide(10, 12)
	<-g.reached
	w.decide(10, 14)
	w.decide(10, 16)
	if o := w.last(1); o.Status != streams.Superseded || o.Round != 2 {
		t.Errorf("first outcome %s", say(o))
	}
	close(g.open)
	for i, o := range w.outcomes(3)[1:] {
		if want := uint64(1 + 2*i); o.Round != want || o.Status != streams.Applied {
			t.Errorf("outcome %s, want round %d", say(o), want)
		}
	}
	if got, want := w.cloud.made(), []string{"describe", "set 12", "describe", "activity", "describe", "set 16", "describe", "activity"}; !cmp.Equal(got, want) {
		t.Errorf("calls are %v", got)
	}
}

// TestReadingIsBehind has a decision wait while another is carried out, and then
// the group read as it was before that: what was set is not taken back.
func TestReadingIsBehind(t *testing.T) {
	for _, test := range []struct {
		to      int
		status  streams.Status
		desired int
		set     []string
	}{
		{14, streams.Unchanged, 16, []string{"set 16"}},
		{8, streams.Conflict, 16, []string{"set 16"}},
		{18, streams.Applied, 18, []string{"set 16", "set 18"}},
	} {
		w := newWorld(t, 10)
		w.cloud.shown = new(attached(10))
		w.cloud.cause = "At 2026-03-01T12:00:00Z a user request explicitly set group desired capacity changing the desired capacity from 16 to 18."
		g := w.block("set")
		w.start()
		w.publish(w.policy(web, streams.DesiredControl))
		w.decide(10, 16)
		<-g.reached
		w.decide(10, test.to)
		close(g.open)
		o := w.last(2)
		if o.Status != test.status || o.Desired != test.desired || !strings.Contains(o.Error, "10 was read, which may be from before round 1 set 16") ||
			strings.Contains(o.Error, "race") {
			t.Errorf("to %d: outcome %s", test.to, say(o))
		}
		set := slices.DeleteFunc(w.cloud.made(), func(call string) bool { return !strings.HasPrefix(call, "set") })
		if !cmp.Equal(set, test.set) {
			t.Errorf("to %d: calls are %v", test.to, set)
		}
	}
}

// TestPauseWhileWaiting has a pause arrive while the group is read.
func TestPauseWhileWaiting(t *testing.T) {
	w := newWorld(t, 10)
	g := w.block("describe")
	w.start()
	w.publish(w.policy(web, streams.DesiredControl))
	w.decide(10, 12)
	<-g.reached
	w.decide(10, 14)
	w.publish(w.policy(web, streams.Observe))
	if o := w.last(1); o.Status != streams.DryRun || o.Round != 2 {
		t.Errorf("of what waited: %s", say(o))
	}
	close(g.open)
	if o := w.last(2); o.Status != streams.DryRun || o.Round != 1 {
		t.Errorf("of the intent: %s", say(o))
	}
	if got := w.cloud.made(); !cmp.Equal(got, []string{"describe"}) {
		t.Errorf("calls are %v", got)
	}
}

func TestExpires(t *testing.T) {
	w := newWorld(t, 10)
	w.publish(w.policy(web, streams.DesiredControl), w.group(web, 10))
	late := w.decision(web, 10, 12)
	w.pass(2 * time.Minute)
	w.publish(w.group(web, 10), late)
	w.start()
	if o := w.last(1); o.Status != streams.Expired || o.Round != 1 {
		t.Errorf("at arrival: %s", say(o))
	}
	w.cloud.before = func(string, string) error { w.pass(3 * time.Minute); return nil }
	w.decide(10, 12)
	if o := w.last(2); o.Status != streams.Expired || o.Round != 3 {
		t.Errorf("just before the call: %s", say(o))
	}
	if got := w.cloud.made(); !cmp.Equal(got, []string{"describe"}) {
		t.Errorf("calls are %v", got)
	}
}

func TestClockOff(t *testing.T) {
	for _, off := range []time.Duration{-5 * time.Minute, 5 * time.Minute} {
		w := newWorld(t, 10)
		w.start()
		w.publish(w.policy(web, streams.DesiredControl))
		g, d := w.group(web, 10), w.decision(web, 10, 12)
		w.pass(off)
		w.publish(g, d)
		if o := w.last(1); o.Status != streams.Refused || !strings.Contains(o.Error, "clock was 5m0s") {
			t.Errorf("%v off: %s", off, say(o))
		}
		w.decide(10, 12)
		if o := w.last(2); o.Status != streams.Applied {
			t.Errorf("right again: %s", say(o))
		}
	}
}

// TestOthersChange has the group changed again and again: it is only observed,
// and everyone can see it.
func TestOthersChange(t *testing.T) {
	w := newWorld(t, 10)
	l := w.start()
	w.publish(w.policy(web, streams.DesiredControl))
	for _, desired := range []int{20, 18, 16, 14} {
		w.publish(w.group(web, desired))
		w.pass(time.Minute)
	}
	w.decide(14, 15)
	w.last(1)
	w.decide(14, 15) // once it is answered, what the one before changed is told
	if o := w.last(2); o.Status != streams.Refused || !strings.Contains(o.Error, "only observed") {
		t.Errorf("outcome %s", say(o))
	}
	if n := w.metric("autoscaling_actuator_distrusted_groups"); n != 1 {
		t.Errorf("%v groups are distrusted", n)
	}
	w.pass(10 * time.Minute)
	w.decide(14, 15)
	if o := w.last(3); o.Status != streams.Applied {
		t.Errorf("ten minutes later: %s", say(o))
	}
	l.halt()
	if n := w.metric("autoscaling_actuator_distrusted_groups"); n != 0 {
		t.Errorf("%v groups are distrusted afterwards", n)
	}
}
