package awssim

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
)

// cpuAt gives the minutes that have a sum, and the sums.
func (k *kit) cpuAt(stat string) []point {
	k.Helper()
	got, _ := k.values(ask(start, minute(60), cpuQuery("m", stat, 5*time.Minute)))
	return got["m"].points
}

func (k *kit) expectPoints(what string, want, got []point) {
	k.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(point{})); diff != "" {
		k.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func faultyKit(t *testing.T, fs ...Fault) *kit {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Detailed: true})
	for _, f := range fs {
		k.server.Inject(f)
	}
	return k
}

// TestSilentThenLate: what ended, or was to appear, in the window comes when it
// is over; what was there stays.
func TestSilentThenLate(t *testing.T) {
	k := faultyKit(t, Fault{Kind: Silent, From: minute(11), Until: minute(30)})
	k.at(minute(11))
	k.expectPoints("before", []point{{0, 2000}}, k.cpuAt("Sum"))
	for _, m := range []int{12, 20, 29} {
		k.at(minute(m))
		k.expectPoints("silent", []point{{0, 2000}}, k.cpuAt("Sum"))
	}
	k.at(minute(30))
	k.expectPoints("late", []point{{0, 2000}, {5, 2000}, {10, 2000}, {15, 2000}, {20, 2000}}, k.cpuAt("Sum"))
	k.at(minute(31))
	if n := len(k.cpuAt("Sum")); n != 6 {
		t.Errorf("%d points, want 6", n)
	}
}

func TestSilentOfOneGroupForEver(t *testing.T) {
	k := faultyKit(t, Fault{Kind: Silent, From: start, Group: "web"})
	if err := k.server.Add(Group{Name: "api", World: steady(t, nil)}); err != nil {
		t.Fatal(err)
	}
	k.at(minute(30))
	got, _ := k.values(ask(start, minute(60), cpuQuery("web", "Sum", 5*time.Minute), about("api", "AWS/EC2", "CPUUtilization", "Sum", 5*time.Minute, "api")))
	if w, a := len(got["web"].points), len(got["api"].points); w != 0 || a != 5 {
		t.Errorf("%d and %d points, want 0 and 5", w, a)
	}
}

func TestRestated(t *testing.T) {
	k := faultyKit(t, Fault{Kind: Restated, From: minute(8), Until: minute(12), Factor: 0.8, After: 10 * time.Minute})
	for _, test := range []struct {
		minute int
		want   []point
	}{
		{11, []point{{0, 2000}, {5, 1600}}},
		{19, []point{{0, 2000}, {5, 1600}, {10, 2000}}},
		{20, []point{{0, 2000}, {5, 2000}, {10, 2000}}},
	} {
		k.at(minute(test.minute))
		k.expectPoints("restated", test.want, k.cpuAt("Sum"))
		if n, sum := k.cpuAt("SampleCount")[1].value, test.want[1].value; n != sum/50 {
			t.Errorf("minute %d: %v samples, want %v", test.minute, n, sum/50)
		}
		if u := k.cpuAt("Average")[1].value; math.Abs(u-50) > 1e-9 {
			t.Errorf("minute %d: average %v, want 50", test.minute, u)
		}
	}
}

// TestIncomplete gives the statuses of results that are not Complete.
func TestIncomplete(t *testing.T) {
	k := faultyKit(t, Fault{Kind: Partial, From: minute(20), Until: minute(30)}, Fault{Kind: Unreadable, From: minute(30), Until: minute(40)})
	k.at(minute(21))
	got, pages := k.values(ask(start, minute(60), cpuQuery("m", "Sum", 5*time.Minute)))
	if pages != 1 || got["m"].status != cwtypes.StatusCodePartialData {
		t.Errorf("%d pages, %s", pages, got["m"].status)
	}
	k.expectPoints("partial", []point{{0, 2000}, {5, 2000}}, got["m"].points)
	k.at(minute(31))
	got, _ = k.values(ask(start, minute(60), cpuQuery("m", "Sum", 5*time.Minute)))
	if len(got["m"].points) != 0 || got["m"].status != cwtypes.StatusCodeInternalError {
		t.Errorf("unreadable: %+v", got["m"])
	}
	k.at(minute(41))
	if n := len(k.cpuAt("Sum")); n != 8 {
		t.Errorf("%d points, want 8", n)
	}
}

// TestRefusals makes every call under every fault that refuses it.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		kind                  FaultKind
		describe, set, metric string
		status                int
	}{
		{Throttled, "Throttling", "Throttling", "Throttling", 400},
		{Expired, "ExpiredToken", "ExpiredToken", "ExpiredToken", 403},
		{Denied, "AccessDenied", "AccessDenied", "AccessDenied", 403},
		{Internal, "InternalFailure", "InternalFailure", "InternalFailure", 500},
		{InProgress, "", "ScalingActivityInProgress", "", 400},
		{Contention, "", "ResourceContention", "", 500},
	} {
		k := faultyKit(t, Fault{Kind: test.kind, From: minute(5), Until: minute(10)})
		calls := []struct {
			want string
			make func() error
		}{
			{test.describe, func() error {
				_, err := k.as.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{})
				return err
			}},
			{test.set, func() error { return k.set("web", 9) }},
			{test.metric, func() error {
				_, err := k.cw.GetMetricData(t.Context(), ask(start, minute(60), cpuQuery("m", "Sum", 5*time.Minute)))
				return err
			}},
		}
		for _, m := range []int{4, 7, 10} {
			k.at(minute(m))
			for _, call := range calls {
				want := call.want
				if m != 7 {
					want = ""
				}
				err := call.make()
				if code, _ := codeOf(t, err); code != want {
					t.Errorf("%s, minute %d: %v, want %q", test.kind, m, err, want)
				}
				var answered interface{ HTTPStatusCode() int }
				if want != "" && (!errors.As(err, &answered) || answered.HTTPStatusCode() != test.status) {
					t.Errorf("%s: %v, want status %d", test.kind, err, test.status)
				}
			}
		}
	}
}

func TestTypedFaults(t *testing.T) {
	k := faultyKit(t, Fault{Kind: InProgress, From: minute(1), Until: minute(2)}, Fault{Kind: Contention, From: minute(2), Until: minute(3)},
		Fault{Kind: Denied, From: minute(3), Operations: []string{"SetDesiredCapacity"}})
	k.at(minute(1))
	var busy *astypes.ScalingActivityInProgressFault
	if err := k.set("web", 9); !errors.As(err, &busy) || !strings.HasSuffix(busy.ErrorMessage(), " is in progress and blocks this action") {
		t.Errorf("in progress: %v", err)
	}
	k.at(minute(2))
	var contended *astypes.ResourceContentionFault
	if err := k.set("web", 9); !errors.As(err, &contended) || contended.ErrorMessage() == "" {
		t.Errorf("contention: %v", err)
	}
	k.at(minute(3))
	arn := *k.group("web").AutoScalingGroupARN
	_, message := codeOf(t, k.set("web", 9))
	if want := "User: arn:aws:sts::111122223333:assumed-role/autoscaler/session is not authorized to perform: autoscaling:SetDesiredCapacity on resource: " +
		arn + " because no identity-based policy allows the autoscaling:SetDesiredCapacity action"; message != want {
		t.Errorf("denied: %q, want %q", message, want)
	}
	k.expect("web", "8: 8 in service, 0 pending")
}

// TestTheSDKRetries counts what the standard retryer makes of each code.
func TestTheSDKRetries(t *testing.T) {
	for kind, want := range map[FaultKind]int{Throttled: 3, Internal: 3, Contention: 3, Lost: 3, Expired: 1, Denied: 1, InProgress: 1} {
		k := faultyKit(t, Fault{Kind: kind, From: start})
		k.retrying()
		k.at(minute(1))
		if err := k.set("web", 9); err == nil {
			t.Errorf("%s: no error", kind)
		}
		if got := k.server.Counts().Calls["SetDesiredCapacity"]; got != want {
			t.Errorf("%s: %d attempts, want %d", kind, got, want)
		}
	}
	k := faultyKit(t, Fault{Kind: Throttled, From: start})
	k.retrying()
	_, err := k.cw.GetMetricData(t.Context(), ask(start, minute(60), cpuQuery("m", "Sum", 5*time.Minute)))
	if code, message := codeOf(t, err); code != "Throttling" || message != "Rate exceeded" || k.server.Counts().Calls["GetMetricData"] != 3 {
		t.Errorf("%d attempts: %v", k.server.Counts().Calls["GetMetricData"], err)
	}
}

// TestLostAnswer does what it was asked for, and nobody hears of it.
func TestLostAnswer(t *testing.T) {
	k := faultyKit(t, Fault{Kind: Lost, From: start, Until: minute(2), Operations: []string{"SetDesiredCapacity"}})
	k.at(minute(1))
	if err := k.set("web", 9); err == nil {
		t.Error("no error")
	}
	k.expect("web", "9: 8 in service, 1 pending")
}

// TestHang does nothing until the client gives up.
func TestHang(t *testing.T) {
	k := faultyKit(t, Fault{Kind: Hang, From: start, Operations: []string{"SetDesiredCapacity"}})
	k.at(minute(1))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	name, desired := "web", int32(9)
	_, err := k.as.SetDesiredCapacity(ctx, &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: &name, DesiredCapacity: &desired})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want a deadline", err)
	}
	k.expect("web", "8: 8 in service, 0 pending")
}

// TestPageMissing fails what follows the first page.
func TestPageMissing(t *testing.T) {
	k := newKit(t, Config{PageSize: 1, PageDatapoints: 3}, Group{Name: "web", World: steady(t, nil), Detailed: true}, Group{Name: "api", World: steady(t, nil)})
	k.server.Inject(Fault{Kind: PageMissing, From: start})
	k.at(minute(30))
	first, err := k.as.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{})
	if err != nil || len(first.AutoScalingGroups) != 1 {
		t.Fatalf("%d groups: %v", len(first.AutoScalingGroups), err)
	}
	_, err = k.as.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{NextToken: first.NextToken})
	if code, _ := codeOf(t, err); code != "InternalFailure" {
		t.Errorf("second page of groups: %v", err)
	}
	in := ask(start, minute(60), cpuQuery("m", "Sum", 5*time.Minute))
	page, err := k.cw.GetMetricData(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	in.NextToken = page.NextToken
	_, err = k.cw.GetMetricData(t.Context(), in)
	var broken *cwtypes.InternalServiceFault
	if !errors.As(err, &broken) {
		t.Errorf("second page of values: %v", err)
	}
}

func TestDeleted(t *testing.T) {
	k := faultyKit(t, Fault{Kind: Deleted, From: minute(12), Until: minute(22), Group: "web"})
	k.at(minute(12))
	if found := k.groups(&autoscaling.DescribeAutoScalingGroupsInput{}); len(found) != 0 {
		t.Errorf("%d groups", len(found))
	}
	if code, message := codeOf(t, k.set("web", 9)); code != "ValidationError" || message != "AutoScalingGroup name not found - AutoScalingGroup web not found" {
		t.Errorf("%s %s", code, message)
	}
	if err := k.server.SetBy("web", 9); err == nil {
		t.Error("somebody else found it")
	}
	k.at(minute(31))
	k.expectPoints("values", []point{{0, 2000}, {5, 2000}, {20, 2000}, {25, 2000}}, k.cpuAt("Sum"))
	k.expect("web", "8: 8 in service, 0 pending")
}

func TestSuspendedByAFault(t *testing.T) {
	k := faultyKit(t, Fault{Kind: Suspended, From: minute(1), Until: minute(9), Processes: []string{"Launch"}})
	k.at(minute(1))
	k.mustSet("web", 9)
	k.expect("web", "9: 8 in service, 0 pending")
	if p := k.group("web").SuspendedProcesses; len(p) != 1 || *p[0].ProcessName != "Launch" {
		t.Errorf("suspended %+v", p)
	}
	k.mustSet("web", 7)
	k.expect("web", "7: 7 in service, 0 pending")
	k.mustSet("web", 8)
	k.at(minute(9))
	k.expect("web", "8: 7 in service, 1 pending")
	k.at(minute(12))
	k.expect("web", "8: 8 in service, 0 pending")
}

// TestStockOut fails launches, at growing pauses, until there is capacity.
func TestStockOut(t *testing.T) {
	k := faultyKit(t, Fault{Kind: StockOut, From: minute(2), Until: minute(40)})
	k.at(minute(2))
	k.mustSet("web", 10)
	k.at(minute(39))
	k.expect("web", "10: 8 in service, 0 pending")
	var tries []int
	for _, a := range k.activities("web") {
		if a.StatusCode != astypes.ScalingActivityStatusCodeFailed || !strings.Contains(*a.StatusMessage, "InsufficientInstanceCapacity") {
			t.Errorf("activity %s: %v", a.StatusCode, a.StatusMessage)
		}
		tries = append(tries, int(a.StartTime.Sub(start)/time.Minute))
	}
	if diff := cmp.Diff([]int{32, 17, 9, 5, 3, 2}, tries); diff != "" {
		t.Errorf("tries (-want +got):\n%s", diff)
	}
	k.mustSet("web", 7)
	k.expect("web", "7: 7 in service, 0 pending")
	k.mustSet("web", 9)
	k.at(minute(40))
	k.expect("web", "9: 7 in service, 2 pending")
	k.at(minute(43))
	k.expect("web", "9: 9 in service, 0 pending")
}

// TestRate shares one bucket among the operations of Auto Scaling, and leaves
// CloudWatch alone.
func TestRate(t *testing.T) {
	k := newKit(t, Config{Rate: 1. / 30, Burst: 2}, Group{Name: "web", World: steady(t, nil), Detailed: true})
	describe := func() error {
		_, err := k.as.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{})
		return err
	}
	k.at(minute(1))
	if err := describe(); err != nil {
		t.Error(err)
	}
	k.mustSet("web", 9)
	if code, message := codeOf(t, describe()); code != "Throttling" || message != "Rate exceeded" {
		t.Errorf("%s %s", code, message)
	}
	if _, err := k.cw.GetMetricData(t.Context(), ask(start, minute(60), cpuQuery("m", "Sum", 5*time.Minute))); err != nil {
		t.Error(err)
	}
	k.at(minute(1).Add(30 * time.Second))
	if err := describe(); err != nil {
		t.Error(err)
	}
	if code, _ := codeOf(t, describe()); code != "Throttling" {
		t.Errorf("want Throttling, got %s", code)
	}
}

func TestInjectPanics(t *testing.T) {
	for _, f := range []Fault{{}, {Kind: "thunder"}, {Kind: Silent, From: minute(2), Until: minute(1)}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v: no panic", f)
				}
			}()
			New(Config{}).Inject(f)
		}()
	}
}
