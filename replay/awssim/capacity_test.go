package awssim

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"
)

// seen tells a group in a line: desired, in service, pending.
func (k *kit) seen(name string) string {
	k.Helper()
	g := k.group(name)
	states := map[string]int{}
	for _, i := range g.Instances {
		states[string(i.LifecycleState)]++
	}
	return fmt.Sprintf("%d: %d in service, %d pending", *g.DesiredCapacity, states["InService"], states["Pending"])
}

func (k *kit) expect(name, want string) {
	k.Helper()
	if got := k.seen(name); got != want {
		k.Errorf("%s at minute %v: %s, want %s", name, k.clock.Now().Sub(start).Minutes(), got, want)
	}
}

// TestBoot follows a launch from Pending to InService, and its end.
func TestBoot(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Managed: true, Max: 10})
	k.at(minute(1))
	k.expect("web", "8: 8 in service, 0 pending")
	k.mustSet("web", 10)
	k.expect("web", "10: 8 in service, 2 pending")
	k.at(minute(3))
	k.expect("web", "10: 8 in service, 2 pending")
	k.at(minute(4))
	k.expect("web", "10: 10 in service, 0 pending")
	k.mustSet("web", 7)
	k.expect("web", "7: 7 in service, 0 pending")
	if rows := k.server.groups["web"].world.Rows(); rows[1].Billed != 10 || rows[3].InService != 8 {
		t.Errorf("rows %+v: want 10 billed in minute 1, 8 in service in minute 3", rows[:4])
	}

	got := k.group("web")
	if *got.MinSize != 1 || *got.MaxSize != 10 || !got.CreatedTime.Equal(start) || *got.DefaultCooldown != 300 {
		t.Errorf("group %+v", got)
	}
	first, again := got.Instances[0], k.group("web").Instances[0]
	if *first.InstanceId != *again.InstanceId || len(*first.InstanceId) != 19 || *first.AvailabilityZone != "eu-west-1b" || *first.HealthStatus != "Healthy" || first.WeightedCapacity != nil {
		t.Errorf("instance %+v, then %+v", first, again)
	}
}

func TestActivitiesTellWhy(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil)})
	k.at(minute(1))
	k.mustSet("web", 9)
	k.at(minute(5).Add(30 * time.Second))
	k.mustSet("web", 7)
	all := k.activities("web")
	var got []string
	for _, a := range all {
		got = append(got, fmt.Sprintf("%s %d: %s", a.StatusCode, *a.Progress, *a.Cause))
	}
	ids := []string{"i-0" + "%s00000009", "i-0" + "%s00000008"}
	high, _ := hashes("web")
	for i := range ids {
		ids[i] = fmt.Sprintf(ids[i], fmt.Sprintf("%08x", high))
	}
	down := "At 2026-01-01T00:05:30Z a user request explicitly set group desired capacity changing the desired capacity from 9 to 7.  " +
		"At 2026-01-01T00:05:30Z an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 9 to 7.  " +
		"At 2026-01-01T00:05:30Z instance %s was selected for termination."
	want := []string{
		"Successful 100: " + fmt.Sprintf(down, ids[0]),
		"Successful 100: " + fmt.Sprintf(down, ids[1]),
		"Successful 100: At 2026-01-01T00:01:00Z a user request explicitly set group desired capacity changing the desired capacity from 8 to 9.  " +
			"At 2026-01-01T00:01:00Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 8 to 9.",
	}
	if diff := cmp.Diff(want[2:], got[2:]); diff != "" {
		t.Errorf("launch (-want +got):\n%s", diff)
	}
	slices.Sort(got[:2]) // they ended in the same minute
	slices.Sort(want[:2])
	if diff := cmp.Diff(want[:2], got[:2]); diff != "" {
		t.Errorf("terminations (-want +got):\n%s", diff)
	}
	if launch := all[2]; *launch.Description != "Launching a new EC2 instance: "+ids[0] || !launch.EndTime.Equal(minute(4)) {
		t.Errorf("launch %s ended at %v", *launch.Description, launch.EndTime)
	}
}

// TestSetDesiredCapacityRefuses holds AWS's wording.
func TestSetDesiredCapacityRefuses(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Min: 2, Max: 10})
	k.at(minute(1))
	for _, test := range []struct {
		group   string
		desired int32
		want    string
	}{
		{"web", 16, "New SetDesiredCapacity value 16 is above max value 10 for the AutoScalingGroup."},
		{"web", 1, "New SetDesiredCapacity value 1 is below min value 2 for the AutoScalingGroup."},
		{"web", -1, "1 validation error detected: Value '-1' at 'desiredCapacity' failed to satisfy constraint: Member must have value greater than or equal to 0"},
		{"gone", 3, "AutoScalingGroup name not found - AutoScalingGroup gone not found"},
	} {
		code, message := codeOf(t, k.set(test.group, test.desired))
		if code != "ValidationError" || message != test.want {
			t.Errorf("%s to %d: %s %q, want %q", test.group, test.desired, code, message, test.want)
		}
	}
	k.expect("web", "8: 8 in service, 0 pending")

	k.mustSet("web", 9)
	honour := &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("web"), DesiredCapacity: aws.Int32(10), HonorCooldown: aws.Bool(true)}
	_, err := k.as.SetDesiredCapacity(t.Context(), honour)
	var busy *astypes.ScalingActivityInProgressFault
	if want := "Scaling activity " + *k.activities("web")[0].ActivityId + " is in progress and blocks this action"; !errors.As(err, &busy) || busy.ErrorMessage() != want {
		t.Errorf("within the cooldown: %v, want %s", err, want)
	}
	k.at(minute(6))
	if _, err := k.as.SetDesiredCapacity(t.Context(), honour); err != nil {
		t.Errorf("after the cooldown: %v", err)
	}
	if got := k.server.Counts(); got.Calls["SetDesiredCapacity"] != 7 || got.Errors["SetDesiredCapacity"] != 5 {
		t.Errorf("counts %+v", got)
	}
}

// TestSomebodyElse changes what is desired without a call.
func TestSomebodyElse(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Max: 10})
	k.at(minute(1))
	if err := k.server.SetBy("web", 5); err != nil {
		t.Fatal(err)
	}
	k.expect("web", "5: 5 in service, 0 pending")
	if err := k.server.SetBy("web", 11); err == nil {
		t.Error("above max: no error")
	}
	if err := k.server.SetBy("gone", 1); err == nil {
		t.Error("unknown group: no error")
	}
	for _, c := range k.server.Calls() {
		if c.Operation == "SetDesiredCapacity" {
			t.Errorf("call %+v", c)
		}
	}
}

// TestDescribeLag shows what was there so long ago.
func TestDescribeLag(t *testing.T) {
	k := newKit(t, Config{DescribeLag: 90 * time.Second}, Group{Name: "web", World: steady(t, nil)})
	k.at(minute(1))
	k.mustSet("web", 9)
	k.expect("web", "8: 8 in service, 0 pending")
	k.at(minute(2))
	k.expect("web", "8: 8 in service, 0 pending")
	k.at(minute(3))
	k.expect("web", "9: 8 in service, 1 pending")
	k.at(minute(5))
	k.expect("web", "9: 8 in service, 1 pending")
	k.clock.set(minute(5).Add(30 * time.Second))
	k.expect("web", "9: 9 in service, 0 pending")
	if n := len(k.server.groups["web"].views); n > 4 {
		t.Errorf("%d views are kept", n)
	}
}

func TestSuspendedProcesses(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil)})
	k.at(minute(1))
	suspend := func(names ...string) {
		if _, err := k.as.SuspendProcesses(t.Context(), &autoscaling.SuspendProcessesInput{AutoScalingGroupName: aws.String("web"), ScalingProcesses: names}); err != nil {
			t.Fatal(err)
		}
	}
	resume := func(names ...string) {
		if _, err := k.as.ResumeProcesses(t.Context(), &autoscaling.ResumeProcessesInput{AutoScalingGroupName: aws.String("web"), ScalingProcesses: names}); err != nil {
			t.Fatal(err)
		}
	}
	suspend("Launch")
	k.mustSet("web", 10)
	k.at(minute(9))
	k.expect("web", "10: 8 in service, 0 pending")
	if p := k.group("web").SuspendedProcesses; len(p) != 1 || *p[0].ProcessName != "Launch" || *p[0].SuspensionReason != "User suspended at 2026-01-01T00:01:00Z" {
		t.Errorf("suspended %+v", p)
	}
	if n := len(k.activities("web")); n != 0 {
		t.Errorf("%d activities", n)
	}
	resume("Launch")
	k.expect("web", "10: 8 in service, 2 pending")
	suspend()
	k.mustSet("web", 3)
	k.at(minute(12))
	k.expect("web", "3: 10 in service, 0 pending")
	resume()
	k.expect("web", "3: 3 in service, 0 pending")
	_, err := k.as.SuspendProcesses(t.Context(), &autoscaling.SuspendProcessesInput{AutoScalingGroupName: aws.String("web"), ScalingProcesses: []string{"Lunch"}})
	if code, message := codeOf(t, err); code != "ValidationError" || message != "Lunch is not a valid process type" {
		t.Errorf("%s %s", code, message)
	}
}

// TestEndOfTheLoad leaves a group as it is when its load is over.
func TestEndOfTheLoad(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Detailed: true})
	if got := k.server.Until(); !got.Equal(minute(60)) {
		t.Errorf("until %v", got)
	}
	k.at(minute(100))
	k.mustSet("web", 9)
	k.expect("web", "9: 8 in service, 0 pending")
	got, _ := k.values(ask(minute(55), minute(120), cpuQuery("n", "SampleCount", time.Minute)))
	if points := got["n"].points; len(points) != 5 || points[4] != (point{59, 8}) {
		t.Errorf("points %v", points)
	}
}
