package aws_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

const web = `<member><AutoScalingGroupName>web</AutoScalingGroupName><CreatedTime>2026-01-02T03:04:05.678Z</CreatedTime>
<DesiredCapacity>7</DesiredCapacity><MinSize>2</MinSize><MaxSize>20</MaxSize>
<Instances><member><InstanceId>i-1</InstanceId><LifecycleState>InService</LifecycleState><WeightedCapacity>4</WeightedCapacity></member>
<member><InstanceId>i-2</InstanceId><LifecycleState>Pending:Wait</LifecycleState></member></Instances>
<SuspendedProcesses><member><ProcessName>Terminate</ProcessName></member><member><ProcessName>Launch</ProcessName></member></SuspendedProcesses>
<Tags><member><Key>ml-autoscaling/managed</Key><Value>true</Value></member><member><Key>team</Key><Value>shop</Value></member>
<member><Key>ml-autoscaling/mode</Key><Value>Desired</Value></member></Tags></member>`

func TestDescription(t *testing.T) {
	c := &cloud{groups: func(url.Values) (string, *refusal) {
		return "<AutoScalingGroups>" + web + "</AutoScalingGroups>", nil
	}}
	got, err := c.source(t, aws.Options{}).Groups(within(t), window.Listing{Names: []string{"web"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []window.Description{{
		Name: "web", Created: time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC), Managed: true, Mode: "Desired", Desired: 7, Min: 2, Max: 20,
		Instances: []window.Instance{{ID: "i-1", Lifecycle: "InService", Weight: 4}, {ID: "i-2", Lifecycle: "Pending:Wait", Weight: 1}},
		Suspended: []string{"Launch", "Terminate"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := c.forms[0].Get("MaxRecords"); got != "100" {
		t.Errorf("want 100 records a page, got %q", got)
	}
}

// account is a list of groups; those that end in * bear the managed tag.
type account []string

// serve answers with two groups a page, filtered as AWS would.
func (a account) serve(form url.Values) (string, *refusal) {
	var all []string
	for _, g := range a {
		name, managed := strings.CutSuffix(g, "*")
		tag := "false"
		if managed {
			tag = "true"
		}
		if form.Get("Filters.member.1.Name") == "tag:ml-autoscaling/managed" && form.Get("Filters.member.1.Values.member.1") != tag {
			continue
		}
		if names := list(form, "AutoScalingGroupNames.member."); len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		all = append(all, fmt.Sprintf(`<member><AutoScalingGroupName>%s</AutoScalingGroupName><DesiredCapacity>1</DesiredCapacity><MinSize>0</MinSize><MaxSize>1</MaxSize>
<Tags><member><Key>ml-autoscaling/managed</Key><Value>%s</Value></member></Tags></member>`, name, tag))
	}
	from, token := 0, ""
	fmt.Sscan(form.Get("NextToken"), &from)
	until := len(all)
	if until > from+2 {
		until = from + 2
		token = fmt.Sprintf("<NextToken>%d</NextToken>", until)
	}
	return "<AutoScalingGroups>" + strings.Join(all[from:until], "") + "</AutoScalingGroups>" + token, nil
}

func list(form url.Values, prefix string) []string {
	var all []string
	for key, values := range form {
		if strings.HasPrefix(key, prefix) {
			all = append(all, values...)
		}
	}
	return all
}

func TestListings(t *testing.T) {
	groups := account{"web-1*", "web-2", "api*", "db", "batch*", "queue*", "queue*"}
	for _, test := range []struct {
		name  string
		want  window.Listing
		names string
		calls int
	}{
		{"nothing", window.Listing{}, "", 0},
		{"managed", window.Listing{Managed: true}, "api batch queue web-1", 3},
		{"names", window.Listing{Names: []string{"db", "web-1", "gone", "db"}}, "db web-1", 1},
		{"managed and a name among them", window.Listing{Managed: true, Names: []string{"api"}}, "api batch queue web-1", 3},
		{"managed and a name beside them", window.Listing{Managed: true, Names: []string{"api", "db"}}, "api batch db queue web-1", 4},
		{"pattern", window.Listing{Patterns: []string{"web-*"}}, "web-1 web-2", 4},
		{"pattern, name and managed", window.Listing{Managed: true, Names: []string{"db", "gone"}, Patterns: []string{"web-?"}}, "api batch db queue web-1 web-2", 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &cloud{groups: groups.serve}
			got, err := c.source(t, aws.Options{}).Groups(within(t), test.want)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, d := range got {
				names = append(names, d.Name)
			}
			if all := strings.Join(names, " "); all != test.names || len(c.forms) != test.calls || len(c.told) != test.calls {
				t.Errorf("want %q in %d calls, got %q in %d, told of %q", test.names, test.calls, all, len(c.forms), c.told)
			}
		})
	}
}

func TestManyNames(t *testing.T) {
	var names []string
	for i := range 120 {
		names = append(names, fmt.Sprint("g", i))
	}
	c := &cloud{groups: account{"g7", "g119"}.serve}
	got, err := c.source(t, aws.Options{}).Groups(within(t), window.Listing{Names: names})
	if err != nil || len(got) != 2 {
		t.Fatalf("want two groups, got %+v, %v", got, err)
	}
	var asked []string
	for i, form := range c.forms {
		chunk := list(form, "AutoScalingGroupNames.member.")
		if want := []int{50, 50, 20}[i]; len(chunk) != want {
			t.Errorf("call %d: want %d names, got %d", i, want, len(chunk))
		}
		asked = append(asked, chunk...)
	}
	if diff := cmp.Diff(sorted(names), sorted(asked)); diff != "" {
		t.Error(diff)
	}
}

// TestNoHalfListing holds that a listing that is not whole is nothing but an
// error.
func TestNoHalfListing(t *testing.T) {
	whole := "<AutoScalingGroups>" + web + "</AutoScalingGroups>"
	for _, test := range []struct {
		name, first, second string
		no                  *refusal
		fault, action       string
	}{
		{name: "throttled", first: whole + "<NextToken>2</NextToken>", no: &refusal{400, "Throttling", "Rate exceeded"}, fault: "DescribeAutoScalingGroups: Throttling: Rate exceeded"},
		{name: "expired", first: whole + "<NextToken>2</NextToken>", no: &refusal{403, "ExpiredToken", "expired"}, fault: "ExpiredToken: the credentials have expired: log in again"},
		{name: "denied", first: whole + "<NextToken>2</NextToken>", no: &refusal{403, "AccessDenied", "no"}, fault: "AccessDenied: no", action: "autoscaling:DescribeAutoScalingGroups"},
		{name: "same token", first: whole + "<NextToken>2</NextToken>", second: whole + "<NextToken>2</NextToken>", fault: "the next page is the same page"},
		{name: "no size", first: strings.Replace(whole, "<MinSize>2</MinSize>", "", 1), fault: "group web lacks a size"},
		{name: "no name", first: strings.Replace(whole, ">web<", "><", 1), fault: "a group has no name"},
		{name: "bad weight", first: strings.Replace(whole, ">4<", ">four<", 1), fault: `group web: instance i-1: weight: want a number of units, got "four"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &cloud{groups: func(form url.Values) (string, *refusal) {
				if form.Get("NextToken") == "" {
					return test.first, nil
				}
				return test.second, test.no
			}}
			got, err := c.source(t, aws.Options{}).Groups(within(t), window.Listing{Managed: true})
			checkError(t, err, []string{test.fault}, test.action)
			if got != nil {
				t.Errorf("want nothing, got %+v", got)
			}
		})
	}
}

func TestBadPattern(t *testing.T) {
	c := &cloud{}
	_, err := c.source(t, aws.Options{}).Groups(within(t), window.Listing{Patterns: []string{"web-["}})
	checkError(t, err, []string{`pattern "web-[": syntax error in pattern`}, "")
}
