package awssim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

func fiveGroups(t *testing.T) []Group {
	var out []Group
	for n, name := range []string{"e", "b & <c>", "a", "d", "c"} {
		out = append(out, Group{Name: name, World: steady(t, nil), Managed: n%2 == 0, Tags: map[string]string{"team": name}})
	}
	return out
}

func TestDescribePages(t *testing.T) {
	k := newKit(t, Config{PageSize: 2}, fiveGroups(t)...)
	k.at(minute(1))
	tag := func(key string, values ...string) astypes.Filter {
		return astypes.Filter{Name: &key, Values: values}
	}
	for _, test := range []struct {
		in    autoscaling.DescribeAutoScalingGroupsInput
		want  string
		calls int
	}{
		{autoscaling.DescribeAutoScalingGroupsInput{}, "a, b & <c>, c, d, e", 3},
		{autoscaling.DescribeAutoScalingGroupsInput{MaxRecords: aws.Int32(1)}, "a, b & <c>, c, d, e", 5},
		{autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"d", "x", "a", "d"}}, "a, d", 1},
		{autoscaling.DescribeAutoScalingGroupsInput{Filters: []astypes.Filter{tag("tag:ml-autoscaling/managed", "true")}}, "a, c, e", 2},
		{autoscaling.DescribeAutoScalingGroupsInput{Filters: []astypes.Filter{tag("tag-key", "ml-autoscaling/managed"), tag("tag:team", "c", "d")}}, "c", 1},
		{autoscaling.DescribeAutoScalingGroupsInput{Filters: []astypes.Filter{tag("tag-value", "d", "b & <c>")}}, "b & <c>, d", 1},
		{autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"a", "b & <c>"}, Filters: []astypes.Filter{tag("tag-key", "ml-autoscaling/managed")}}, "a", 1},
	} {
		before := k.server.Counts().Calls["DescribeAutoScalingGroups"]
		var names []string
		for _, g := range k.groups(&test.in) {
			names = append(names, *g.AutoScalingGroupName)
		}
		calls := k.server.Counts().Calls["DescribeAutoScalingGroups"] - before
		if got := strings.Join(names, ", "); got != test.want || calls != test.calls {
			t.Errorf("%+v: %q in %d calls, want %q in %d", test.in, got, calls, test.want, test.calls)
		}
	}
	g := k.groups(&autoscaling.DescribeAutoScalingGroupsInput{IncludeInstances: aws.Bool(false)})[0]
	if len(g.Instances) != 0 || *g.DesiredCapacity != 8 {
		t.Errorf("without instances: %d, desired %d", len(g.Instances), *g.DesiredCapacity)
	}
	tags := map[string]string{}
	for _, tag := range g.Tags {
		tags[*tag.Key] = *tag.Value
	}
	if diff := cmp.Diff(map[string]string{"ml-autoscaling/managed": "true", "ml-autoscaling/mode": "desired", "team": "a"}, tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestDescribeRefuses(t *testing.T) {
	k := newKit(t, Config{}, fiveGroups(t)...)
	fifty := make([]string, 51)
	for i := range fifty {
		fifty[i] = fmt.Sprint("g", i)
	}
	for _, test := range []struct {
		in         autoscaling.DescribeAutoScalingGroupsInput
		code, want string
	}{
		{autoscaling.DescribeAutoScalingGroupsInput{MaxRecords: aws.Int32(101)}, "ValidationError", "1 validation error detected: Value '101' at 'maxRecords' failed to satisfy constraint: Member must have value less than or equal to 100"},
		{autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: fifty}, "ValidationError", "The number of Auto Scaling Group names that may be passed in is limited to 50"},
		{autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: fifty, MaxRecords: aws.Int32(100)}, "", ""},
		{autoscaling.DescribeAutoScalingGroupsInput{NextToken: aws.String("?")}, "InvalidNextToken", "The token provided is invalid."},
	} {
		_, err := k.as.DescribeAutoScalingGroups(t.Context(), &test.in)
		if code, message := codeOf(t, err); code != test.code || message != test.want {
			t.Errorf("%s %q, want %s %q", code, message, test.code, test.want)
		}
	}
	name := "state"
	_, err := k.as.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{Filters: []astypes.Filter{{Name: &name}}})
	if code, _ := codeOf(t, err); code != "ValidationError" {
		t.Errorf("filter: %v", err)
	}
	_, err = k.as.DescribeScalingActivities(t.Context(), &autoscaling.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("x")})
	if code, _ := codeOf(t, err); code != "ValidationError" {
		t.Errorf("activities of no group: %v", err)
	}
	_, err = k.as.DeletePolicy(t.Context(), &autoscaling.DeletePolicyInput{PolicyName: aws.String("x")})
	if code, message := codeOf(t, err); code != "InvalidAction" || message != "Could not find operation DeletePolicy for version 2011-01-01" {
		t.Errorf("%s %s", code, message)
	}
}

func TestActivityPages(t *testing.T) {
	k := newKit(t, Config{PageSize: 3}, Group{Name: "web", World: steady(t, nil)}, Group{Name: "api", World: steady(t, nil)})
	k.at(minute(1))
	k.mustSet("web", 15)
	k.mustSet("api", 9)
	all := k.activities("web")
	seen := map[string]bool{}
	for i, a := range all {
		seen[*a.ActivityId] = true
		if a.StatusCode != astypes.ScalingActivityStatusCodePreInService || a.EndTime != nil || i > 0 && a.StartTime.After(*all[i-1].StartTime) {
			t.Errorf("activity %d: %s from %v to %v", i, a.StatusCode, a.StartTime, a.EndTime)
		}
	}
	if len(all) != 7 || len(seen) != 7 || k.server.Counts().Calls["DescribeScalingActivities"] != 3 {
		t.Errorf("%d activities, %d of them different, in %d calls", len(all), len(seen), k.server.Counts().Calls["DescribeScalingActivities"])
	}
	k.mustSet("web", 14)
	newest := k.activities("web")
	if newest[0].StatusCode != astypes.ScalingActivityStatusCodeSuccessful || newest[1].StatusCode != astypes.ScalingActivityStatusCodeCancelled {
		t.Errorf("newest %s, %s: want the termination of what boots, and its launch cancelled", newest[0].StatusCode, newest[1].StatusCode)
	}
	every := 0
	for pages := autoscaling.NewDescribeScalingActivitiesPaginator(k.as, &autoscaling.DescribeScalingActivitiesInput{MaxRecords: aws.Int32(2)}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		every += len(page.Activities)
	}
	if every != 9 {
		t.Errorf("%d activities of all groups, want 9", every)
	}
}

func TestTagsPoliciesIdentity(t *testing.T) {
	k := newKit(t, Config{Account: "444455556666"}, Group{Name: "web", World: steady(t, nil)})
	k.at(minute(1))
	tag := astypes.Tag{ResourceId: aws.String("web"), ResourceType: aws.String("auto-scaling-group"), Key: aws.String("k"), Value: aws.String("v"), PropagateAtLaunch: aws.Bool(false)}
	if _, err := k.as.CreateOrUpdateTags(t.Context(), &autoscaling.CreateOrUpdateTagsInput{Tags: []astypes.Tag{tag}}); err != nil {
		t.Fatal(err)
	}
	if tags := k.group("web").Tags; len(tags) != 1 || *tags[0].Key != "k" || *tags[0].Value != "v" || *tags[0].ResourceId != "web" {
		t.Errorf("tags %+v", tags)
	}
	tag.ResourceId = aws.String("gone")
	_, err := k.as.CreateOrUpdateTags(t.Context(), &autoscaling.CreateOrUpdateTagsInput{Tags: []astypes.Tag{tag}})
	if code, _ := codeOf(t, err); code != "ValidationError" {
		t.Errorf("tag of no group: %v", err)
	}
	policies, err := k.as.DescribePolicies(t.Context(), &autoscaling.DescribePoliciesInput{AutoScalingGroupName: aws.String("web")})
	if err != nil || len(policies.ScalingPolicies) != 0 {
		t.Errorf("policies %+v: %v", policies, err)
	}
	who, err := identityOf(t.Context(), k)
	if err != nil || *who.Account != "444455556666" || !strings.HasPrefix(*who.Arn, "arn:aws:sts::444455556666:assumed-role/") {
		t.Errorf("identity %+v: %v", who, err)
	}
}

func TestAddRefuses(t *testing.T) {
	label := "app/front/1a/targetgroup/web/2b"
	one := func(fleet.Row) float64 { return 1 }
	s := New(Config{})
	if err := s.Add(Group{Name: "web", World: steady(t, nil), ResourceLabel: label, Expressions: map[string]func(fleet.Row) float64{"x": one}}); err != nil {
		t.Fatal(err)
	}
	lived := steady(t, nil)
	lived.Advance()
	lived.Serve()
	odd := steady(t, func(c *fleet.Config) {
		c.Load.Start = c.Load.Start.Add(time.Minute)
		c.Load.Period = 5 * time.Minute
	})
	for want, g := range map[string]Group{
		`add group "": want a name and a world`:                                                             {World: steady(t, nil)},
		`add group "y": want a name and a world`:                                                            {Name: "y"},
		`add group web: there is one already`:                                                               {Name: "web", World: steady(t, nil)},
		`add group y: resource label: is that of group web`:                                                 {Name: "y", World: steady(t, nil), ResourceLabel: label},
		`add group y: resource label: want app/NAME/ID/targetgroup/NAME/ID, got "app/x"`:                    {Name: "y", World: steady(t, nil), ResourceLabel: "app/x"},
		`add group y: expression "x": is that of group web`:                                                 {Name: "y", World: steady(t, nil), Expressions: map[string]func(fleet.Row) float64{"x": one}},
		`add group y: size: want 1 <= min <= max <= 40, got 3 and 2`:                                        {Name: "y", World: steady(t, nil), Min: 3, Max: 2},
		`add group y: size: want 1 <= min <= max <= 40, got 1 and 41`:                                       {Name: "y", World: steady(t, nil), Max: 41},
		`add group y: world: has served minutes already`:                                                    {Name: "y", World: lived},
		`add group y: load: begins at 2026-01-01T00:01:00Z, which is not on the grid of its period of 5m0s`: {Name: "y", World: odd},
	} {
		if err := s.Add(g); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
