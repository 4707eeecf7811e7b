package main

import (
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// webBeside puts a group into a simulated region, with the load of the others.
func webBeside(t *testing.T, server *awssim.Server, g awssim.Group) {
	t.Helper()
	now := time.Now().UTC()
	load, err := awssimVerb{Peak: demoPeak, Aggregate: "none"}.load(now)
	if err != nil {
		t.Fatal(err)
	}
	g.Name, g.Detailed = "web", true
	if g.World, err = fleet.NewWorld(fleet.History(g.Name, load, demoBoot, int(now.Sub(load.Start)/time.Minute))); err != nil {
		t.Fatal(err)
	}
	if err := server.Add(g); err != nil {
		t.Fatal(err)
	}
	server.Advance(now)
}

// burst is a step scaling policy, and the alarm that it acts on.
func burst() (astypes.ScalingPolicy, cwtypes.MetricAlarm) {
	return astypes.ScalingPolicy{
			PolicyName: aws.String("burst"), PolicyType: aws.String("StepScaling"), AdjustmentType: aws.String("ChangeInCapacity"),
			StepAdjustments: []astypes.StepAdjustment{
				{MetricIntervalLowerBound: aws.Float64(0), MetricIntervalUpperBound: aws.Float64(5), ScalingAdjustment: aws.Int32(2)},
				{MetricIntervalLowerBound: aws.Float64(5), ScalingAdjustment: aws.Int32(6)},
			},
		}, cwtypes.MetricAlarm{
			AlarmName: aws.String("hot"), AlarmActions: []string{"burst"}, Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"),
			Dimensions: []cwtypes.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: aws.String("web")}},
			Statistic:  cwtypes.StatisticAverage, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(2), Threshold: aws.Float64(72),
			ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold,
		}
}

// requests is a policy on what cannot be played.
func requests() astypes.ScalingPolicy {
	return astypes.ScalingPolicy{
		PolicyName: aws.String("requests"), PolicyType: aws.String("TargetTrackingScaling"),
		TargetTrackingConfiguration: &astypes.TargetTrackingConfiguration{
			TargetValue:                   aws.Float64(900),
			PredefinedMetricSpecification: &astypes.PredefinedMetricSpecification{PredefinedMetricType: astypes.MetricTypeALBRequestCountPerTarget},
		},
	}
}

func fromWeb(args ...string) []string {
	return append([]string{"backtest", "--from-group", "web", "--region", "eu-west-1", "--days", "2", "--boot", "120s"}, args...)
}

// The policies that a group has play with the alarms that it has, as what ours
// is to beat: with those of a published definition, that definition in every
// minute.
func TestBacktestPlaysTheGroupsOwnPolicies(t *testing.T) {
	server := simulated(t, awssimVerb{})
	webBeside(t, server, awssim.Group{
		TargetTracking: awssim.TargetTracking{Target: 60}, Description: astypes.AutoScalingGroup{DefaultInstanceWarmup: aws.Int32(0)},
	})
	dir := t.TempDir()
	rows := filepath.Join(dir, "rows.csv")
	code, out, errs := runVerb(t, fromWeb("--policies", "tt.7,tt.9", "--timeline", rows)...)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	wants(t, out, `^incumbent: what web scales by, at a capacity of 1 to \d+$`,
		`^  target tracking "target-tracking" of CPU at 60 %: out on CPU > 60 % in 3 of 3 x 60 s, in on CPU < 42 % in 15 of 15 x 60 s$`, `^ +incumbent +\d`)
	all, err := fleet.ReadRows(strings.NewReader(contents(t, rows)))
	if err != nil {
		t.Fatal(err)
	}
	parts := fleet.ByPolicy(all)
	if len(parts) != 3 || parts[2][0].Policy != "incumbent" {
		t.Fatalf("%d policies", len(parts))
	}
	differs := 0
	for i := range parts[0] {
		for n := range parts {
			parts[n][i].Policy = ""
		}
		if parts[1][i] != parts[2][i] {
			differs++
		}
	}
	if diff := cmp.Diff(parts[0], parts[2]); diff != "" || differs == 0 {
		t.Errorf("%d minutes differ from tt.9@60; (-tt.7@60 +incumbent):\n%s", differs, diff)
	}
}

// What cannot be played is named everywhere, and the rest is starred everywhere.
func TestBacktestPlaysAPartOfTheGroupsPolicies(t *testing.T) {
	policy, alarm := burst()
	server := simulated(t, awssimVerb{})
	webBeside(t, server, awssim.Group{
		TargetTracking: awssim.TargetTracking{Target: 60}, Policies: []astypes.ScalingPolicy{policy, requests()}, Alarms: []cwtypes.MetricAlarm{alarm},
	})
	dir := t.TempDir()
	page, figures := filepath.Join(dir, "page.html"), filepath.Join(dir, "figures.json")
	code, out, errs := runVerb(t, fromWeb("--policies", "step", "--gate", "--margin", "0%", "--sweep", "--prices", "8", "--json", figures, "--report", page, "--ab", "incumbent,step")...)
	if code > 1 || code == 1 && !strings.Contains(out, "gate NOT PASSED") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	wants(t, out, `^incumbent\*: what web scales by, `, `^  step scaling "burst" on CPU > 72 % in 2 of 2 x 60 s: \+2 from 72 to 77 %, \+6 from 77 %, warm-up 300 s$`,
		`^  not played: scaling policy "requests": tracks ALBRequestCountPerTarget, `, `^ +incumbent\* +\d`, `^incumbent\* is an emulation: a part of`,
		`^gate .* of that of incumbent\*, wanted at most 1\.000$`, `^incumbent\* against step@70: `)
	if strings.Contains(out, "incumbent**") || strings.Contains(out, "incumbent*@") || strings.Contains(out, "public in full") {
		t.Errorf("the star is told twice: %s", out)
	}
	wants(t, contents(t, page), `not played: scaling policy .{1,6}requests`, `the group&#39;s own policies|the group's own policies`)
	var told backtestJSON
	readJSON(t, figures, &told)
	var definition rivals.Incumbent
	if err := json.Unmarshal(told.Incumbent.Definition, &definition); err != nil {
		t.Fatal(err)
	}
	if told.Incumbent.Policy != "incumbent*" || told.Gate == nil || len(definition.Steps) != 1 || definition.Steps[0].Alarms[0].Threshold != 72 || len(definition.Unplayed) != 1 {
		t.Errorf("incumbent %+v: %+v", told.Incumbent, definition)
	}
	runs := 0
	for _, r := range told.Traces[0].Runs {
		if r.Policy == "incumbent*" {
			runs++
			if !r.Emulation {
				t.Errorf("%+v", r)
			}
		}
	}
	if runs != 1 {
		t.Errorf("the incumbent played %d times", runs)
	}
}

// Where nothing of a group can be played, that is said loudly.
func TestBacktestNamesTheStandIn(t *testing.T) {
	server := simulated(t, awssimVerb{})
	webBeside(t, server, awssim.Group{Policies: []astypes.ScalingPolicy{requests()}})
	figures := filepath.Join(t.TempDir(), "figures.json")
	code, out, errs := runVerb(t, fromWeb("--policies", "step", "--gate", "--margin", "0%", "--json", figures)...)
	if code > 1 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	wants(t, out, `^NO INCUMBENT: nothing of what web scales by can be played; tt\.7 stands in for it\.$`, `^  not played: scaling policy "requests": tracks ALB`,
		`^gate .* of that of tt\.7@60, wanted at most 1\.000; tt\.7@60 stands in for what web scales by$`)
	var told backtestJSON
	readJSON(t, figures, &told)
	if told.Incumbent == nil || told.Incumbent.Policy != "" || told.Incumbent.StandIn != "tt.7" {
		t.Errorf("incumbent %+v", told.Incumbent)
	}
	code, _, errs = runVerb(t, fromWeb("--policies", "step", "--gate", "--incumbent", "incumbent")...)
	if code != 1 || !strings.Contains(errs, `policy incumbent: nothing of what web scales by can be played: scaling policy "requests": tracks ALB`) {
		t.Errorf("exit %d: %s", code, errs)
	}
	code, out, _ = runVerb(t, "backtest", "--from-group", "ml-predictive-asg-1", "--region", "eu-west-1", "--days", "2", "--policies", "step")
	if code != 0 || !strings.Contains(out, "it has no scaling policy and no scheduled action") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// A group whose policies only scale out is no feat to beat, and that is said.
func TestBacktestWarnsOfARatchet(t *testing.T) {
	policy, alarm := burst()
	server := simulated(t, awssimVerb{})
	webBeside(t, server, awssim.Group{Policies: []astypes.ScalingPolicy{policy}, Alarms: []cwtypes.MetricAlarm{alarm}})
	code, out, errs := runVerb(t, fromWeb("--policies", "step", "--gate")...)
	if code > 1 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	wants(t, out, `^  IT NEVER SCALES IN: `, `^gate .* of that of incumbent, wanted at most 0\.950; incumbent never scales in$`)
}

// Without the rights to read policies, the missing one is named, and so is how
// to go on without it.
func TestBacktestWithoutTheRightToReadPolicies(t *testing.T) {
	server := simulated(t, awssimVerb{Tracking: 60})
	server.Inject(awssim.Fault{Kind: awssim.Denied, Operations: []string{"DescribePolicies", "DescribeScheduledActions", "DescribeAlarms"}})
	args := []string{"backtest", "--from-group", "ml-predictive-asg-1", "--region", "eu-west-1", "--days", "2", "--policies", "step"}
	code, _, errs := runVerb(t, args...)
	if code != 1 || !strings.Contains(errs, "read what ml-predictive-asg-1 scales by: the permission autoscaling:DescribePolicies is missing: ") || !strings.Contains(errs, "(--incumbent tt.7 goes on without it)") {
		t.Errorf("exit %d: %s", code, errs)
	}
	before := len(server.Calls())
	code, out, errs := runVerb(t, append(args, "--incumbent", "tt.7")...)
	if code != 0 || strings.Contains(strings.ToLower(out), "incumbent") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	for _, c := range server.Calls()[before:] {
		if c.Operation != "GetMetricData" && c.Operation != "DescribeAutoScalingGroups" {
			t.Errorf("it calls %s", c.Operation)
		}
	}
}

// What an incumbent scored is known while it is the same one.
func TestBacktestKnowsTheSameIncumbent(t *testing.T) {
	found := ownScaling{read: true, Incumbent: rivals.Incumbent{Group: "web", Min: 1, Max: 9, Tracking: []rivals.TargetTracking{
		{Name: "cpu", Target: 60, High: &rivals.MetricAlarm{Comparison: rivals.Above, Threshold: 60, Period: streams.Duration(time.Minute), EvaluationPeriods: 3, Datapoints: 3}},
	}}}
	plan := backtestPlan{own: found}
	earlier := backtestJSON{
		Settings: newSettingsJSON(plan.settings), Incumbent: found.json(),
		Traces: []traceJSON{{Load: "x", Runs: []runJSON{{Policy: "incumbent"}, {Policy: "step", Knob: 70}}}},
	}
	path := filepath.Join(t.TempDir(), "known")
	if err := writeFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(earlier)
	}); err != nil {
		t.Fatal(err)
	}
	other := found
	other.Max = 10
	for name, test := range map[string]struct {
		own  ownScaling
		want int
	}{"the same": {found, 2}, "another": {other, 1}, "none": {ownScaling{}, 1}} {
		plan.own = test.own
		k, err := readKnown(path, plan)
		if err != nil || len(k["x"]) != test.want {
			t.Errorf("%s: %v is known, %v", name, k, err)
		}
	}
}

func TestBacktestRefusesAnIncumbent(t *testing.T) {
	trace := shortTrace(t, 24)
	for _, args := range [][]string{{"--policies", "incumbent"}, {"--gate", "--incumbent", "incumbent"}, {"--ab", "ours,incumbent"}} {
		code, _, errs := autoscaler(t, append([]string{"backtest", trace}, args...)...)
		if code != 2 || !strings.Contains(errs, "policy incumbent: goes with --from-group") {
			t.Errorf("%v: exit %d: %s", args, code, errs)
		}
	}
	pattern := written(t, "groups: {web: {scope: eu-west-1, auto_scaling_group: web-*}}")
	code, _, errs := autoscaler(t, "backtest", "--from-group", "web", "--config", pattern)
	if code != 1 || !strings.Contains(errs, "--from-group: web stands for the groups web-*: name one of those, or ") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
