package awssim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// attended has scheduled actions at minutes 10, 20 and 30, two refreshes and a
// warm pool of two.
func attended(t *testing.T, name string) Group {
	g := Group{Name: name, World: steady(t, nil), Description: astypes.AutoScalingGroup{
		WarmPoolSize: aws.Int32(2), WarmPoolConfiguration: &astypes.WarmPoolConfiguration{MinSize: aws.Int32(2), PoolState: astypes.WarmPoolStateStopped},
	}}
	for n := 10; n <= 30; n += 10 {
		g.Scheduled = append(g.Scheduled, astypes.ScheduledUpdateGroupAction{
			ScheduledActionName: aws.String(fmt.Sprint("at-", n)), StartTime: aws.Time(minute(n)), Time: aws.Time(minute(n)), MinSize: aws.Int32(int32(n)), Recurrence: aws.String("0 8 * * *"),
		})
	}
	for n := range 2 {
		g.Refreshes = append(g.Refreshes, astypes.InstanceRefresh{InstanceRefreshId: aws.String(fmt.Sprint("refresh-", n)), Status: astypes.InstanceRefreshStatusInProgress, PercentageComplete: aws.Int32(40)})
		g.WarmPool = append(g.WarmPool, astypes.Instance{InstanceId: aws.String(fmt.Sprint("i-warm", n)), LifecycleState: astypes.LifecycleStateWarmedStopped})
	}
	return g
}

func (k *kit) scheduled(in *autoscaling.DescribeScheduledActionsInput) string {
	k.Helper()
	var names []string
	for pages := autoscaling.NewDescribeScheduledActionsPaginator(k.as, in); pages.HasMorePages(); {
		page, err := pages.NextPage(k.Context())
		if err != nil {
			k.Fatal(err)
		}
		for _, a := range page.ScheduledUpdateGroupActions {
			names = append(names, *a.AutoScalingGroupName+"/"+*a.ScheduledActionName)
			if want := ":scheduledActionName/" + *a.ScheduledActionName; !strings.HasSuffix(*a.ScheduledActionARN, want) {
				k.Errorf("ARN %s, want one that ends with %s", *a.ScheduledActionARN, want)
			}
		}
	}
	return strings.Join(names, " ")
}

func TestDescribeScheduledActions(t *testing.T) {
	k := newKit(t, Config{PageSize: 2}, attended(t, "web"), attended(t, "api"), Group{Name: "bare", World: steady(t, nil)})
	k.at(minute(25))
	for _, test := range []struct {
		in   autoscaling.DescribeScheduledActionsInput
		want string
	}{
		{autoscaling.DescribeScheduledActionsInput{}, "api/at-10 api/at-20 api/at-30 web/at-10 web/at-20 web/at-30"},
		{autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: aws.String("web"), StartTime: aws.Time(minute(20))}, "web/at-20 web/at-30"},
		{autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: aws.String("web"), EndTime: aws.Time(minute(20))}, "web/at-10 web/at-20"},
		{autoscaling.DescribeScheduledActionsInput{ScheduledActionNames: []string{"at-30"}, StartTime: aws.Time(minute(40))}, "api/at-30 web/at-30"},
		{autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: aws.String("bare")}, ""},
	} {
		if got := k.scheduled(&test.in); got != test.want {
			t.Errorf("%+v: %q, want %q", test.in, got, test.want)
		}
	}
	if g := k.group("web"); *g.MinSize != 1 || *g.DesiredCapacity != 8 {
		t.Errorf("min %d, desired %d: a scheduled action was executed", *g.MinSize, *g.DesiredCapacity)
	}
}

func TestDescribeRefreshesAndWarmPool(t *testing.T) {
	k := newKit(t, Config{}, attended(t, "web"), Group{Name: "bare", World: steady(t, nil)})
	k.at(minute(1))
	web, bare := aws.String("web"), aws.String("bare")
	one, err := k.as.DescribeInstanceRefreshes(t.Context(), &autoscaling.DescribeInstanceRefreshesInput{AutoScalingGroupName: web, InstanceRefreshIds: []string{"refresh-1"}})
	if err != nil || len(one.InstanceRefreshes) != 1 || *one.InstanceRefreshes[0].InstanceRefreshId != "refresh-1" {
		t.Errorf("refreshes %+v: %v", one, err)
	}
	none, err := k.as.DescribeInstanceRefreshes(t.Context(), &autoscaling.DescribeInstanceRefreshesInput{AutoScalingGroupName: bare})
	if err != nil || len(none.InstanceRefreshes) != 0 {
		t.Errorf("refreshes %+v: %v", none, err)
	}
	first, err := k.as.DescribeWarmPool(t.Context(), &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: web, MaxRecords: aws.Int32(1)})
	if err != nil || len(first.Instances) != 1 || first.NextToken == nil || *first.WarmPoolConfiguration.MinSize != 2 {
		t.Fatalf("warm pool %+v: %v", first, err)
	}
	second, err := k.as.DescribeWarmPool(t.Context(), &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: web, NextToken: first.NextToken})
	if err != nil || len(second.Instances) != 1 || *second.Instances[0].InstanceId != "i-warm1" || second.NextToken != nil {
		t.Errorf("warm pool %+v: %v", second, err)
	}
	empty, err := k.as.DescribeWarmPool(t.Context(), &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: bare})
	if err != nil || len(empty.Instances) != 0 || empty.WarmPoolConfiguration != nil {
		t.Errorf("warm pool %+v: %v", empty, err)
	}
	_, err = k.as.DescribeWarmPool(t.Context(), &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: aws.String("gone")})
	if code, _ := codeOf(t, err); code != "ValidationError" {
		t.Errorf("warm pool of no group: %v", err)
	}
}
