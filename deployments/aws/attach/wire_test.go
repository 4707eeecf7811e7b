package attach_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/attach"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// What is found over the wire is what the group has.
func TestExamineOverTheWire(t *testing.T) {
	c := newCloud(t, lived())
	g, err := c.reader().Read(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range attach.Examine(g, streams.Policy{Mode: streams.DesiredControl, Load: streams.LoadPolicy{Unit: streams.Percent, PerInstance: 80}}) {
		got = append(got, string(f.Severity)+" "+f.Code)
	}
	want := []string{
		"refuse aws_predicts", "refuse policy_scales_in", "refuse policy_scales_in",
		"warn tracks_below", "warn step_scales_in", "warn owner_cloudformation", "warn refresh_running", "warn group_metrics_off",
		"note policy", "note policy", "note policy", "note scheduled_action",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%+v", diff, g)
	}
	if g.Monitoring != attach.Detailed || len(g.Unread) > 0 {
		t.Errorf("want detailed monitoring and all read, got %q, %+v", g.Monitoring, g.Unread)
	}
}

// Of a permission that is missing the others' answers still come, and it is
// named; throttling, which the SDK repeats, is told once it goes on.
func TestFaultsOverTheWire(t *testing.T) {
	for _, test := range []struct {
		kind  awssim.FaultKind
		op    string
		cause string
		codes []string
	}{
		{awssim.Denied, "DescribeAlarms", "cloudwatch:DescribeAlarms", []string{"unread_alarms"}},
		{awssim.Denied, "DescribePolicies", "autoscaling:DescribePolicies", []string{"unread_policies"}},
		{awssim.Throttled, "DescribeWarmPool", "Rate exceeded", []string{"unread_warm_pool"}},
		{awssim.Denied, "DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingGroups", []string{"unread_group"}},
		{awssim.Deleted, "", `"web"`, []string{"no_such_group"}},
	} {
		c := newCloud(t, lived())
		fault := awssim.Fault{Kind: test.kind, From: start}
		if test.op != "" {
			fault.Operations = []string{test.op}
		}
		c.sim.Inject(fault)
		g, err := c.reader().Read(t.Context(), "web")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range attach.Examine(g, streams.Policy{Mode: streams.Observe}) {
			if strings.HasPrefix(f.Code, "unread") || f.Code == "no_such_group" {
				got = append(got, f.Code)
				if !strings.Contains(f.Found, test.cause) {
					t.Errorf("%s %s: %s", test.kind, test.op, f.Found)
				}
			}
		}
		if diff := cmp.Diff(test.codes, got); diff != "" {
			t.Errorf("%s %s:\n%s", test.kind, test.op, diff)
		}
	}
}

// Attaching sets three tags in one call, again nothing, and desired one of them;
// detaching leaves the group as it was. Nothing else of it ever changes.
func TestAttachAndDetachTouchNothingElse(t *testing.T) {
	c := newCloud(t, lived())
	before := c.look("web")
	own := before.tags(t)
	with := func(mode string) map[string]string {
		all := maps.Clone(own)
		all[streams.ManagedTag], all[streams.ModeTag], all[streams.BaselineMinTag] = "true", mode, "2"
		return all
	}
	for _, mode := range []streams.Mode{streams.Observe, streams.Observe, streams.DesiredControl, streams.Observe} {
		c.must(c.attach("web", mode))
		tags, least := c.sameBut(before, c.look("web"))
		if diff := cmp.Diff(with(string(mode)), tags); diff != "" || least != 2 {
			t.Errorf("mode %s: min %d\n%s", mode, least, diff)
		}
	}
	if n := c.sim.Counts().Calls["CreateOrUpdateTags"]; n != 3 {
		t.Errorf("want three calls that write, got %d", n)
	}
	c.setMin("web", 3)
	c.must(c.detach("web"))
	tags, least := c.sameBut(before, c.look("web"))
	if diff := cmp.Diff(own, tags); diff != "" || least != 2 {
		t.Errorf("detached: min %d\n%s", least, diff)
	}
	calls := c.sim.Counts().Calls
	c.must(c.detach("web"))
	if after := c.sim.Counts().Calls; after["DeleteTags"] != calls["DeleteTags"] || after["UpdateAutoScalingGroup"] != calls["UpdateAutoScalingGroup"] {
		t.Errorf("detaching again writes: %v", after)
	}
}

// Whatever call of a detachment is refused, the mode is gone first, the
// baseline stays until the min is restored, and going on ends where it would
// have.
func TestInterruptedDetachGoesOn(t *testing.T) {
	for _, test := range []struct {
		operation string
		left      []string // of our tags
	}{
		{"DeleteTags", []string{streams.BaselineMinTag, streams.ManagedTag, streams.ModeTag}},
		{"UpdateAutoScalingGroup", []string{streams.BaselineMinTag, streams.ManagedTag}},
	} {
		c := newCloud(t, lived())
		before := c.look("web")
		c.must(c.attach("web", streams.DesiredControl))
		c.setMin("web", 3)
		c.sim.Inject(awssim.Fault{Kind: awssim.Denied, From: start, Until: c.now.Add(time.Second), Operations: []string{test.operation}})
		if err := c.detach("web"); err == nil || !strings.Contains(err.Error(), test.operation) {
			t.Errorf("%s: want what was refused, got %v", test.operation, err)
		}
		tags, least := c.sameBut(before, c.look("web"))
		maps.DeleteFunc(tags, func(key, _ string) bool { return !strings.HasPrefix(key, "ml-autoscaling/") })
		if got := slices.Sorted(maps.Keys(tags)); !slices.Equal(got, test.left) || least != 3 {
			t.Errorf("%s: want %v and min 3, got %v and %d", test.operation, test.left, got, least)
		}
		c.now = c.now.Add(time.Minute)
		c.must(c.detach("web"))
		after := c.look("web")
		if tags := after.tags(t); *after.Group.MinSize != 2 || len(tags) != 2 {
			t.Errorf("%s: want it as it was, got min %d, %v", test.operation, *after.Group.MinSize, tags)
		}
	}
}

// What was refused is told as AWS put it, and nothing is there; a write whose
// answer is lost is made again, and found.
func TestTagsThatAreRefusedOrLost(t *testing.T) {
	c := newCloud(t, lived())
	c.sim.Inject(awssim.Fault{Kind: awssim.Denied, From: start, Until: c.now.Add(time.Second), Operations: []string{"CreateOrUpdateTags"}})
	if err := c.attach("web", streams.Observe); err == nil || !strings.Contains(err.Error(), "CreateOrUpdateTags: AccessDenied") {
		t.Errorf("want what AWS said, got %v", err)
	}
	if tags := c.look("web").tags(t); tags[streams.ManagedTag] != "" {
		t.Errorf("want no tag of ours, got %v", tags)
	}
	c.now = c.now.Add(time.Minute)
	c.sim.Inject(awssim.Fault{Kind: awssim.Lost, From: c.now, Operations: []string{"CreateOrUpdateTags"}})
	if err := c.attach("web", streams.Observe); err == nil {
		t.Error("want an error where no answer ever comes")
	}
	if tags := c.look("web").tags(t); tags[streams.ModeTag] != "observe" {
		t.Errorf("want the tags that were written, got %v", tags)
	}
	c.now = c.now.Add(time.Minute)
	if g, err := attach.NewDescriber(c.config).Describe(t.Context(), "web"); err != nil || attach.Changes(g, streams.Observe) != nil {
		t.Errorf("want nothing left to write, got %v, %v", attach.Changes(g, streams.Observe), err)
	}
}
