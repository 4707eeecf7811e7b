package attach

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

// timeout bounds each call with its repetitions.
const timeout = 30 * time.Second

// Describer reads what DescribeAutoScalingGroups tells of groups, and can do
// nothing else.
type Describer struct {
	// A method and not a client, from which others could be reached.
	groups func(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
	region string
}

// NewDescriber makes a describer for the account and the region that c is for.
func NewDescriber(c aws.Config) *Describer {
	return &Describer{groups: autoscaling.NewFromConfig(c).DescribeAutoScalingGroups, region: c.Region}
}

// Matches are the names of the groups that a pattern matches.
type Matches struct {
	// Newest is the youngest; empty where there is none.
	Newest string
	// Attached are those that bear a tag of ours, in AWS's order.
	Attached []string
}

// Match finds the groups that a pattern of path.Match matches.
func (d *Describer) Match(ctx context.Context, pattern string) (Matches, error) {
	var found Matches
	created := time.Time{}
	err := ingestaws.Pages(func(token *string) (*string, error) {
		out, err := d.groups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{MaxRecords: aws.Int32(100), NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, g := range out.AutoScalingGroups {
			ok, err := path.Match(pattern, aws.ToString(g.AutoScalingGroupName))
			if err != nil {
				return nil, fmt.Errorf("pattern %q: %w", pattern, err)
			}
			if !ok {
				continue
			}
			name := aws.ToString(g.AutoScalingGroupName)
			if at := aws.ToTime(g.CreatedTime); found.Newest == "" || at.After(created) {
				found.Newest, created = name, at
			}
			if slices.ContainsFunc(g.Tags, func(t types.TagDescription) bool { return slices.Contains(ownTags(), aws.ToString(t.Key)) }) {
				found.Attached = append(found.Attached, name)
			}
		}
		return out.NextToken, nil
	})
	if err != nil {
		return Matches{}, ingestaws.Failed(describeGroups, err)
	}
	return found, nil
}

// Describe reads the group alone: one call. Where AWS has none of that name,
// Found is false and there is no error. Every error is a *window.CallError.
func (d *Describer) Describe(ctx context.Context, name string) (Group, error) {
	g := Group{Name: name, Region: d.region, Tags: map[string]string{}}
	var out *autoscaling.DescribeAutoScalingGroupsOutput
	err := bounded(ctx, func(ctx context.Context) (err error) {
		out, err = d.groups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
		return err
	})
	if err != nil {
		return g, ingestaws.Failed(describeGroups, err)
	}
	for _, found := range out.AutoScalingGroups {
		if aws.ToString(found.AutoScalingGroupName) == name {
			if err := g.take(found); err != nil {
				return g, &window.CallError{Operation: describeGroups, Err: err}
			}
		}
	}
	return g, nil
}

// take takes over what AWS said of a group. A size that is absent is an error:
// it must not pass for 0.
func (g *Group) take(d types.AutoScalingGroup) error {
	if d.DesiredCapacity == nil || d.MinSize == nil || d.MaxSize == nil {
		return fmt.Errorf("group %s lacks a size", g.Name)
	}
	g.Found, g.Status, g.CapacityType = true, aws.ToString(d.Status), aws.ToString(d.DesiredCapacityType)
	g.Desired, g.Min, g.Max = int(*d.DesiredCapacity), int(*d.MinSize), int(*d.MaxSize)
	if w := d.DefaultInstanceWarmup; w != nil && *w >= 0 {
		g.Warmup = aws.Duration(time.Duration(*w) * time.Second)
	}
	g.Protected = aws.ToBool(d.NewInstancesProtectedFromScaleIn)
	if d.Operator != nil {
		g.Operator = aws.ToString(d.Operator.Principal)
	}
	for _, t := range d.Tags {
		g.Tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	for _, p := range d.SuspendedProcesses {
		g.Suspended = append(g.Suspended, aws.ToString(p.ProcessName))
	}
	for _, m := range d.EnabledMetrics {
		g.Metrics = append(g.Metrics, aws.ToString(m.Metric))
	}
	return g.weigh(d)
}

// weigh reads the weights of the group's types: those that it may launch, and
// those that it has.
func (g *Group) weigh(d types.AutoScalingGroup) error {
	weights := map[string]string{}
	if m := d.MixedInstancesPolicy; m != nil && m.LaunchTemplate != nil {
		for _, o := range m.LaunchTemplate.Overrides {
			if kind := aws.ToString(o.InstanceType); aws.ToString(o.WeightedCapacity) != "" {
				weights[kind] = *o.WeightedCapacity
			}
		}
	}
	for _, i := range d.Instances {
		if aws.ToString(i.WeightedCapacity) != "" {
			weights[aws.ToString(i.InstanceType)] = *i.WeightedCapacity
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(weights)) {
		w, err := strconv.Atoi(weights[kind])
		if err != nil || w < 1 {
			return fmt.Errorf("group %s: weight of %s: want a number of units, got %.20q", g.Name, kind, weights[kind])
		}
		if g.Weights == nil {
			g.Weights = map[string]int{}
		}
		g.Weights[kind] = w
	}
	return nil
}

func bounded(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return call(ctx)
}
