package attach

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

func ptr[T any](v T) *T { return &v }

// under is the policy that a group is to have.
func under(mode streams.Mode) streams.Policy {
	return streams.Policy{Mode: mode, Load: streams.LoadPolicy{Unit: streams.Percent, PerInstance: 80}}
}

// tracking is a policy that scales out only, as mode desired wants it.
func tracking() Policy {
	return Policy{
		Name: "cpu", Kind: TargetTracking, Enabled: true, Target: 90, Metric: "ASGAverageCPUUtilization", Predefined: true,
		DisableScaleIn: true, Alarms: []string{"cpu-high"},
	}
}

func step(name string, adjustments ...Adjustment) Policy {
	return Policy{Name: name, Kind: StepScaling, Enabled: true, AdjustmentType: "ChangeInCapacity", Adjustments: adjustments, Alarms: []string{"cpu-high"}}
}

// clean is a group about which there is nothing to say but what its policy is.
func clean() Group {
	return Group{
		Name: "web", Found: true, Desired: 4, Min: 2, Max: 20, Warmup: ptr(2 * time.Minute), Tags: map[string]string{"team": "shop"},
		Metrics:  []string{"GroupDesiredCapacity", "GroupInServiceInstances", "GroupMinSize"},
		Policies: []Policy{tracking()},
		Alarms:   map[string]Alarm{"cpu-high": {Name: "cpu-high", State: "OK", High: true, Condition: "CPUUtilization > 60 for 3x60s"}},
		Activity: &Activity{Status: "Successful"}, Refresh: &Refresh{Status: "Successful"}, Monitoring: Detailed,
	}
}

func TestNothingIsFoundOfACleanGroup(t *testing.T) {
	for _, mode := range []streams.Mode{streams.Observe, streams.DesiredControl} {
		for _, f := range Examine(clean(), under(mode)) {
			if f.Code != "policy" || f.Severity != Note {
				t.Errorf("mode %s: %+v", mode, f)
			}
		}
	}
}

// Each rule finds what it is for, says it in the group's words, and says how to
// mend it, in the modes in which it is so; and nothing else is found.
func TestFindings(t *testing.T) {
	both := []streams.Mode{streams.Observe, streams.DesiredControl}
	desired, observe := both[1:], both[:1]
	for _, test := range []struct {
		name     string
		change   func(*Group)
		modes    []streams.Mode
		severity Severity
		code     string
		found    string // part of it
		fix      string // part of it
	}{
		{"gone", func(g *Group) { *g = Group{Name: "web"} }, both, Refuse, "no_such_group", `"web"`, "describe-auto-scaling-groups"},
		{"deleted", func(g *Group) { g.Status = "Delete in progress" }, both, Refuse, "being_deleted", `"Delete in progress"`, ""},
		{"operated", func(g *Group) { g.Operator = "batch.amazonaws.com" }, desired, Refuse, "operated", "batch.amazonaws.com", ""},
		{"operated", func(g *Group) { g.Operator = "batch.amazonaws.com" }, observe, Warn, "operated", "batch.amazonaws.com", ""},
		{"no policy", func(g *Group) { g.Policies = nil }, desired, Refuse, "nothing_reacts", "no scaling policy", `{"TargetValue":90,"PredefinedMetricSpecification":{"PredefinedMetricType":"ASGAverageCPUUtilization"},"DisableScaleIn":true}`},
		{"no policy", func(g *Group) { g.Policies = nil }, observe, Refuse, "nothing_reacts", "no scaling policy", `{"TargetValue":70,"PredefinedMetricSpecification":{"PredefinedMetricType":"ASGAverageCPUUtilization"}}`},
		{"disabled", func(g *Group) { g.Policies[0].Enabled = false }, both, Refuse, "nothing_reacts", "no scaling policy", "put-scaling-policy"},
		{"only predictive", func(g *Group) {
			g.Policies = []Policy{{Name: "p", Kind: PredictiveScaling, Enabled: true, Mode: "ForecastOnly"}}
		}, both, Refuse, "nothing_reacts", "no scaling policy", "put-scaling-policy"},
		{"predictive", func(g *Group) {
			g.Policies = append(g.Policies, Policy{Name: "p", Kind: PredictiveScaling, Enabled: true, Mode: "ForecastAndScale"})
		}, both, Refuse, "aws_predicts", "p (PredictiveScaling), mode ForecastAndScale", "Scaling based on forecast: off"},
		{"launch", func(g *Group) { g.Suspended = []string{"Launch"} }, both, Refuse, "launch_suspended", "Launch", "resume-processes --auto-scaling-group-name web --scaling-processes Launch"},
		{"terminate", func(g *Group) { g.Suspended = []string{"Terminate"} }, desired, Refuse, "terminate_suspended", "Terminate", "resume-processes"},
		{"terminate", func(g *Group) { g.Suspended = []string{"Terminate"} }, observe, Warn, "terminate_suspended", "Terminate", "resume-processes"},
		{"alarms", func(g *Group) { g.Suspended = []string{"AlarmNotification"} }, both, Refuse, "alarms_suspended", "AlarmNotification", "resume-processes"},
		{"schedule", func(g *Group) { g.Suspended = []string{"ScheduledActions"} }, both, Warn, "schedule_suspended", "ScheduledActions", "resume-processes"},
		{"min is max", func(g *Group) { g.Min, g.Max = 4, 4 }, both, Refuse, "min_is_max", "both 4", "--max-size"},
		{"max", func(g *Group) { g.Desired = 20 }, both, Warn, "max_reached", "desired is 20", "--max-size"},
		{"tracking in", func(g *Group) { g.Policies[0].DisableScaleIn = false }, desired, Refuse, "policy_scales_in", "cpu (TargetTrackingScaling) tracks ASGAverageCPUUtilization at 90, scales out and in",
			`--policy-name cpu --policy-type TargetTrackingScaling --target-tracking-configuration '{"TargetValue":90,"PredefinedMetricSpecification":{"PredefinedMetricType":"ASGAverageCPUUtilization"},"DisableScaleIn":true}'`},
		{"tracking requests in", func(g *Group) {
			g.Policies[0].DisableScaleIn, g.Policies[0].Metric, g.Policies[0].Label = false, "ALBRequestCountPerTarget", "app/web/1/targetgroup/web/1"
		}, desired, Refuse, "policy_scales_in", "of app/web/1/targetgroup/web/1", `"ResourceLabel":"app/web/1/targetgroup/web/1"},"DisableScaleIn":true}'`},
		{"tracking another metric in", func(g *Group) {
			g.Policies[0].DisableScaleIn, g.Policies[0].Metric, g.Policies[0].Predefined = false, "average of Shop/Queue", false
		}, desired, Refuse, "policy_scales_in", "average of Shop/Queue", "Disable scale in"},
		{"tracking in, of our stack", func(g *Group) {
			g.Policies[0].DisableScaleIn = false
			g.Tags["aws:cloudformation:stack-name"] = "ml-autoscaling-target"
		}, desired, Refuse, "policy_scales_in", "cpu", "autoscaler aws apply target --set Mode=desired"},
		{"simple in", func(g *Group) {
			g.Policies = append(g.Policies, Policy{Name: "in", Kind: SimpleScaling, Enabled: true, AdjustmentType: "PercentChangeInCapacity", Adjustments: []Adjustment{{By: -10}}, Alarms: []string{"cpu-high"}})
		}, desired, Refuse, "policy_scales_in", "in (SimpleScaling) sets -10 %", "delete-policy --auto-scaling-group-name web --policy-name in"},
		{"simple", func(g *Group) {
			g.Policies = append(g.Policies, Policy{Name: "out", Kind: SimpleScaling, Enabled: true, AdjustmentType: "ChangeInCapacity", Adjustments: []Adjustment{{By: 2}}, Alarms: []string{"cpu-high"}})
		}, both, Warn, "simple_policy", "out (SimpleScaling) sets +2", "target tracking"},
		{"step in", func(g *Group) {
			g.Policies = []Policy{step("both ways", Adjustment{Lower: ptr(0.0), By: 3}, Adjustment{Upper: ptr(-20.0), By: -1})}
		}, desired, Refuse, "policy_scales_in", "both ways (StepScaling) sets +3, -1 below -20", "leave its steps that add"},
		{"exact", func(g *Group) {
			p := step("fixed", Adjustment{By: 5})
			p.AdjustmentType = "ExactCapacity"
			g.Policies = []Policy{p}
		}, desired, Refuse, "policy_scales_in", "fixed (StepScaling) sets to 5", "leave its steps"},
		{"cooler", func(g *Group) { g.Policies[0].Target = 60 }, desired, Warn, "tracks_below", "cpu (TargetTrackingScaling)", "set load.per_instance to 60 or less"},
		{"step beside tracking, both ways", func(g *Group) {
			g.Policies = append(g.Policies, step("s", Adjustment{Lower: ptr(0.0), By: 2}, Adjustment{Upper: ptr(0.0), By: -1}))
		}, observe, Warn, "step_scales_in", "beside target tracking (cpu)", "leave its steps that add"},
		{"step beside tracking", func(g *Group) { g.Policies = append(g.Policies, step("in", Adjustment{By: -1})) }, observe, Warn, "step_scales_in", "beside target tracking (cpu)", "delete-policy"},
		{"five minutes", func(g *Group) { g.Monitoring = Basic }, both, Warn, "tracking_without_minutes", "every 5 minutes", "monitor-instances"},
		{"warmup", func(g *Group) { g.Warmup = nil }, both, Warn, "no_warmup", "DefaultInstanceWarmup", "--default-instance-warmup"},
		{"warm pool", func(g *Group) { g.WarmPool = &WarmPool{State: "Stopped", Min: 3} }, both, Warn, "warm_pool", "Stopped, at least 3", "boot_prior"},
		{"refresh", func(g *Group) { g.Refresh = &Refresh{ID: "r-1", Status: "InProgress", Percent: 40} }, both, Warn, "refresh_running", "r-1 is InProgress, 40 % done", "wait"},
		{"failed", func(g *Group) {
			g.Activity = &Activity{Status: "Failed", Description: "Launching a new EC2 instance", Message: "no capacity"}
		}, both, Warn, "activity_failed", "Launching a new EC2 instance: no capacity", "describe-scaling-activities"},
		{"group metrics", func(g *Group) { g.Metrics = []string{"GroupDesiredCapacity"} }, both, Warn, "group_metrics_off", "not enabled of the group metrics: GroupInServiceInstances", "enable-metrics-collection"},
		{"alarm gone", func(g *Group) { g.Policies[0].Alarms = []string{"cpu-high", "cpu-low"} }, both, Warn, "alarm_missing", "policy cpu there is no alarm cpu-low", "save the policy again"},
		{"alarm without data", func(g *Group) {
			g.Alarms["cpu-high"] = Alarm{Name: "cpu-high", State: "INSUFFICIENT_DATA", High: true, Condition: "CPUUtilization > 60 for 3x60s"}
		}, both, Warn, "alarm_without_data", "no data: cpu-high", "see that the metric comes"},
		{"weight", func(g *Group) { g.Weights = map[string]int{"m7g.large": 2, "m7a.large": 2} }, both, Warn, "weights", "m7a.large 2, m7g.large 2", "80 / 2 = 40"},
		{"weights", func(g *Group) { g.Weights = map[string]int{"m7g.large": 2, "m7g.xlarge": 4} }, both, Warn, "weights", "m7g.large 2, m7g.xlarge 4", "between 20 and 40"},
		{"vcpu", func(g *Group) { g.CapacityType = "vcpu" }, both, Warn, "capacity_type", "vcpu", "load.per_instance"},
		{"stack", func(g *Group) { g.Tags["aws:cloudformation:stack-name"] = "shop" }, both, Warn, "owner_cloudformation", "stack shop", "IgnoreUnmodifiedGroupSizeProperties"},
		{"our stack", func(g *Group) { g.Tags["aws:cloudformation:stack-name"] = "ml-autoscaling-target" }, desired, Warn, "owner_cloudformation", "ml-autoscaling-target", "autoscaler aws apply target --set Mode=desired"},
		{"our stack", func(g *Group) { g.Tags["aws:cloudformation:stack-name"] = "ml-autoscaling-target" }, observe, Warn, "owner_cloudformation", "ml-autoscaling-target", "autoscaler aws apply target --set Mode=observe"},
		{"terraform", func(g *Group) { g.Tags["ManagedBy"] = "Terraform" }, both, Warn, "owner_terraform", "ManagedBy", "ignore_changes"},
		{"baseline", func(g *Group) { g.Tags[streams.BaselineMinTag] = "two" }, both, Warn, "baseline_unclear", `"two"`, "attach"},
		{"scheduled", func(g *Group) {
			g.Scheduled = []ScheduledAction{{Name: "morning", Recurrence: "0 7 * * 1-5", Zone: "Europe/Berlin", Min: ptr(6), Max: ptr(30)}}
		}, both, Note, "scheduled_action", `morning at "0 7 * * 1-5" Europe/Berlin, min 6, max 30`, ""},
		{"scheduled once", func(g *Group) {
			g.Scheduled = []ScheduledAction{{Name: "sale", Start: time.Date(2026, 11, 27, 6, 0, 0, 0, time.UTC), Desired: ptr(0)}}
		}, observe, Note, "scheduled_action", "sale once at 2026-11-27T06:00:00Z, desired 0", ""},
	} {
		for _, mode := range test.modes {
			t.Run(test.name+"/"+string(mode), func(t *testing.T) {
				g := clean()
				test.change(&g)
				f := only(t, Examine(g, under(mode)), test.code)
				if f.Severity != test.severity || !strings.Contains(f.Found, test.found) || !strings.Contains(f.Fix, test.fix) {
					t.Errorf("want %s, ... %s ..., ... %s ..., got %+v", test.severity, test.found, test.fix, f)
				}
				if f.Severity != Note && f.Why == "" {
					t.Errorf("%s does not say why", f.Code)
				}
			})
		}
	}
}

// alongside are findings that come of the same cause as another: what a rule's
// test leaves aside, by the code that is looked for.
func alongside(code string) []string {
	return map[string][]string{
		"nothing_reacts":   {"policy", "alarm_missing", "alarm_mute"},
		"policy_scales_in": {"simple_policy", "owner_cloudformation", "step_scales_in"},
		"baseline_unclear": {"attached"},
	}[code]
}

// only gives the finding of a code, and holds that there is no other one but
// what goes with it.
func only(t *testing.T, findings []Finding, code string) Finding {
	t.Helper()
	var found Finding
	for _, f := range findings {
		switch {
		case f.Code == code && found.Code == "":
			found = f
		case f.Code == "policy" && f.Severity == Note, slices.Contains(alongside(code), f.Code):
		default:
			t.Errorf("beside %s: %+v", code, f)
		}
	}
	if found.Code == "" {
		t.Fatalf("no %s among %+v", code, findings)
	}
	return found
}

// A policy whose alarms are gone, or mute, reacts to nothing.
func TestPolicyWithoutAlarmDoesNotReact(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Group)
		beside string
	}{
		{"none", func(g *Group) { g.Policies[0].Alarms = nil }, "alarm_missing"},
		{"gone", func(g *Group) { g.Alarms = nil }, "alarm_missing"},
		{"mute", func(g *Group) { g.Alarms["cpu-high"] = Alarm{Name: "cpu-high", State: "OK", Mute: true} }, "alarm_mute"},
	} {
		g := clean()
		test.change(&g)
		findings := Examine(g, under(streams.Observe))
		if f := only(t, findings, "nothing_reacts"); f.Severity != Refuse || !strings.Contains(f.Found, "cpu") {
			t.Errorf("%s: got %+v", test.name, f)
		}
		if !slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == test.beside && f.Severity == Warn }) {
			t.Errorf("%s: want %s too, got %+v", test.name, test.beside, findings)
		}
	}
}

// What could not be read is not taken for what is not there, and refuses where
// a refusal hangs on it.
func TestUnreadIsNotAbsent(t *testing.T) {
	for operation, want := range map[string]struct {
		code     string
		severity Severity
		action   string
	}{
		describeGroups:     {"unread_group", Refuse, "autoscaling:DescribeAutoScalingGroups"},
		describePolicies:   {"unread_policies", Refuse, "autoscaling:DescribePolicies"},
		describeAlarms:     {"unread_alarms", Refuse, "cloudwatch:DescribeAlarms"},
		describeScheduled:  {"unread_schedule", Warn, "autoscaling:DescribeScheduledActions"},
		describeWarmPool:   {"unread_warm_pool", Warn, "autoscaling:DescribeWarmPool"},
		describeRefreshes:  {"unread_refreshes", Warn, "autoscaling:DescribeInstanceRefreshes"},
		describeActivities: {"unread_activities", Warn, "autoscaling:DescribeScalingActivities"},
		getMetricData:      {"unread_metrics", Warn, "cloudwatch:GetMetricData"},
	} {
		for _, denied := range []bool{true, false} {
			g := clean()
			switch operation {
			case describeGroups:
				g = Group{Name: "web"}
			case describePolicies:
				g.Policies, g.Alarms = nil, nil
			case describeAlarms:
				g.Alarms = nil
			}
			g.Unread = []Unread{{Operation: operation, Action: actionOf(operation), Denied: denied, Cause: "Throttling: Rate exceeded"}}
			f := only(t, Examine(g, under(streams.Observe)), want.code)
			if f.Severity != want.severity || strings.Contains(f.Found, "permission "+want.action) != denied || strings.Contains(f.Fix, want.action) != denied {
				t.Errorf("%s, denied %v: want %+v, got %+v", operation, denied, want, f)
			}
		}
	}
}

func TestOtherTools(t *testing.T) {
	for key, tool := range map[string]string{
		"k8s.io/cluster-autoscaler/enabled": "cluster-autoscaler", "k8s.io/cluster-autoscaler/shop": "cluster-autoscaler", "karpenter.sh/nodepool": "Karpenter",
		"eks:nodegroup-name": "EKS", "eks:cluster-name": "EKS", "kubernetes.io/cluster/shop": "Kubernetes", "kops.k8s.io/instancegroup": "kOps",
		"elasticbeanstalk:environment-name": "Elastic Beanstalk", "AmazonECSManaged": "ECS", "spotinst:aws:ec2:group:id": "Spot.io", "spot-enabled": "AutoSpotting",
	} {
		g := clean()
		g.Tags[key] = "yes"
		if f := only(t, Examine(g, under(streams.Observe)), "other_tool"); f.Severity != Warn || !strings.Contains(f.Found, tool) || !strings.Contains(f.Found, key) {
			t.Errorf("%s: want %s, got %+v", key, tool, f)
		}
	}
	for _, key := range []string{"Name", "aws:autoscaling:groupName", "k8s.io/role", streams.ManagedTag} {
		if tool := toolOf(key); tool != "" {
			t.Errorf("%s is taken for a tag of %s", key, tool)
		}
	}
}
