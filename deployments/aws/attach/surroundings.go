package attach

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// warmup warns where AWS does not know how long an instance takes.
func (x *examination) warmup() {
	if x.Warmup == nil {
		x.add(Finding{
			Warn, "no_warmup", "DefaultInstanceWarmup is not set",
			"policies count instances that just start, and add or remove too much; also 0 is better than nothing",
			x.command("update-auto-scaling-group", "--default-instance-warmup 120"),
		})
	}
}

// tools warns of others who set the capacity.
func (x *examination) tools() {
	told := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(x.Tags)) {
		tool := toolOf(key)
		if tool == "" || told[tool] {
			continue
		}
		told[tool] = true
		x.add(Finding{
			Warn, "other_tool", fmt.Sprintf("the tag %s = %q is one of %s", key, x.Tags[key], tool),
			"two that set the capacity of one group undo each other", "see that " + tool + " leaves this group's capacity alone",
		})
	}
}

// toolOf names the tool that a tag belongs to; empty where none is known.
func toolOf(key string) string {
	for _, t := range []struct{ prefix, tool string }{
		{"k8s.io/cluster-autoscaler/", "cluster-autoscaler"},
		{"karpenter.sh/", "Karpenter"},
		{"karpenter.k8s.aws/", "Karpenter"},
		{"eks:", "an EKS node group"},
		{"kops.k8s.io/", "kOps"},
		{"kubernetes.io/cluster/", "a Kubernetes cluster"},
		{"elasticbeanstalk:", "Elastic Beanstalk"},
		{"AmazonECSManaged", "an ECS capacity provider"},
		{"spotinst:", "Spot.io"},
		{"spot.io/", "Spot.io"},
		{"spot-enabled", "AutoSpotting"},
	} {
		if strings.HasPrefix(key, t.prefix) {
			return t.tool
		}
	}
	return ""
}

const (
	// stackTag is what CloudFormation puts on what it makes.
	stackTag = "aws:cloudformation:stack-name"
	// targetStack is the stack of 'autoscaler aws apply target'.
	targetStack = "ml-autoscaling-target"
)

// stack names the CloudFormation stack that made the group; empty where none
// did.
func (g Group) stack() string { return g.Tags[stackTag] }

// owner warns of templates that put back what they say.
func (x *examination) owner() {
	switch stack := x.stack(); stack {
	case "":
	case targetStack:
		x.add(Finding{
			Warn, "owner_cloudformation", "the group is of the stack " + stack,
			"its next update puts the tags and policies back that its parameter Mode stands for", "autoscaler aws apply target --set Mode=" + x.modeName(),
		})
	default:
		x.add(Finding{
			Warn, "owner_cloudformation", "the group is of the CloudFormation stack " + stack,
			"a template with DesiredCapacity sets it back at each deploy, and tags that it does not have may go",
			"leave DesiredCapacity out of the template, and set UpdatePolicy AutoScalingScheduledAction IgnoreUnmodifiedGroupSizeProperties: true",
		})
	}
	for _, key := range slices.Sorted(maps.Keys(x.Tags)) {
		text := strings.ToLower(key + "=" + x.Tags[key])
		for _, tool := range []string{"terraform", "opentofu", "pulumi"} {
			if strings.Contains(text, tool) {
				x.add(Finding{
					Warn, "owner_" + tool, fmt.Sprintf("the tag %s = %q says that %s made the group", key, x.Tags[key], tool),
					"its next run sets desired_capacity back, and removes tags that it does not know",
					"ignore changes of desired_capacity, min_size and tag (in Terraform lifecycle { ignore_changes = [desired_capacity, min_size, tag] })",
				})
				return
			}
		}
	}
}

func (x *examination) modeName() string {
	if x.desired {
		return "desired"
	}
	return "observe"
}

// busiest is the share of a busy instance up to which one may be used, in
// percent: what load.per_instance is by default.
const busiest = 80

// weight gives the weights of the smallest and of the largest instance; 1 of a
// group without weights.
func (g Group) weight() (least, most int) {
	if len(g.Weights) == 0 {
		return 1, 1
	}
	all := slices.Sorted(maps.Values(g.Weights))
	return all[0], all[len(all)-1]
}

// units warns where the capacity counts something else than instances.
func (x *examination) units() {
	if x.CapacityType != "" && x.CapacityType != "units" {
		x.add(Finding{
			Warn, "capacity_type", "DesiredCapacityType is " + x.CapacityType,
			"desired, min and max count that and not instances, and so does the forecast's need",
			fmt.Sprintf("set load.per_instance to the load of one unit: for CPU %d divided by what an instance has of it; it is %s", busiest, figure(x.load.PerInstance)),
		})
	}
	least, most := x.weight()
	if most == 1 {
		return
	}
	var weights []string
	for _, kind := range slices.Sorted(maps.Keys(x.Weights)) {
		weights = append(weights, fmt.Sprintf("%s %d", kind, x.Weights[kind]))
	}
	fix := fmt.Sprintf("set load.per_instance to the load of one unit: for CPU %d / %d = %.4g; it is %s", busiest, most, busiest/float64(most), figure(x.load.PerInstance))
	if least != most {
		fix = fmt.Sprintf("set load.per_instance to the load of one unit: for CPU between %.4g and %.4g; it is %s; "+
			"a sum of CPU counts a large instance like a small one, so better forecast requests", busiest/float64(most), busiest/float64(least), figure(x.load.PerInstance))
	}
	x.add(Finding{Warn, "weights", "the group has weights: " + strings.Join(weights, ", "), "desired, min and max are in capacity units", fix})
}

func (x *examination) warmPool() {
	if p := x.WarmPool; p != nil {
		x.add(Finding{
			Warn, "warm_pool", fmt.Sprintf("the group has a warm pool (%s, at least %d)", p.State, p.Min),
			"an instance of the pool is in service sooner than one that boots, so the time to boot varies",
			"none is needed: the time is learned from the group; set scaling.boot_prior to that of the pool",
		})
	}
}

func (x *examination) refresh() {
	r := x.Refresh
	if r == nil || !slices.Contains([]string{"Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking"}, r.Status) {
		return
	}
	x.add(Finding{
		Warn, "refresh_running", fmt.Sprintf("the instance refresh %s is %s, %d %% done", r.ID, r.Status, r.Percent),
		"instances come and go for another reason than the load", "wait for its end",
	})
}

func (x *examination) activity() {
	if a := x.Activity; a != nil && a.Status == "Failed" {
		x.add(Finding{
			Warn, "activity_failed", fmt.Sprintf("the newest scaling activity failed at %s: %s: %s", a.Start.UTC().Format(time.RFC3339), a.Description, a.Message),
			"what is launched next may fail of the same", x.command("describe-scaling-activities", "--max-items 5"),
		})
	}
}

// groupMetrics warns where nobody can see afterwards how large the group was.
func (x *examination) groupMetrics() {
	var missing []string
	for _, name := range []string{"GroupDesiredCapacity", "GroupInServiceInstances"} {
		if !slices.Contains(x.Metrics, name) {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		x.add(Finding{
			Warn, "group_metrics_off", "not enabled of the group metrics: " + strings.Join(missing, ", "),
			"how large the group was is recorded nowhere, so nothing can be compared with it; they cost nothing",
			x.command("enable-metrics-collection", "--granularity 1Minute"),
		})
	}
}

// schedule notes what the group's owner has planned, and warns, in mode desired,
// of what sets the capacity over what is decided.
func (x *examination) schedule() {
	for _, a := range x.Scheduled {
		f := Finding{Severity: Note, Code: "scheduled_action", Found: a.String(), Why: "it goes on as before: min and max that it sets bound what is decided"}
		if a.Min != nil {
			f.Why += "; detach sets the min of today again, unless it is given --keep-min"
		}
		if x.desired && a.Desired != nil {
			f.Severity, f.Why = Warn, "it sets the capacity, whatever the load is and was decided"
			f.Fix = "let it set min or max instead of desired"
		}
		x.add(f)
	}
}

// String tells when an action happens and what it sets.
func (a ScheduledAction) String() string {
	when := "once at " + a.Start.UTC().Format(time.RFC3339)
	if a.Recurrence != "" {
		zone := a.Zone
		if zone == "" {
			zone = "UTC"
		}
		when = fmt.Sprintf("at %q %s", a.Recurrence, zone)
		if !a.End.IsZero() {
			when += " until " + a.End.UTC().Format(time.RFC3339)
		}
	}
	text := ""
	for _, s := range []struct {
		name string
		n    *int
	}{{"min", a.Min}, {"max", a.Max}, {"desired", a.Desired}} {
		if s.n != nil {
			text += fmt.Sprintf(", %s %d", s.name, *s.n)
		}
	}
	return a.Name + " " + when + text
}
