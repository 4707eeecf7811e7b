package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	managedValue = "true" // of streams.ManagedTag
	// pageOfGroups and namesPerCall are the most that AWS allows.
	pageOfGroups = 100
	namesPerCall = 50
)

// described are groups by their names: a listing may hold one twice where
// groups come and go while it is read.
type described map[string]window.Description

// Groups describes the groups that a listing asks for, each once, by name: all
// of those that are there, or none with an error. A name that is not there is no
// error.
func (s *Source) Groups(ctx context.Context, want window.Listing) ([]window.Description, error) {
	for _, p := range want.Patterns {
		if _, err := path.Match(p, ""); err != nil {
			return nil, &window.CallError{Operation: describeAutoScalingGroups, Err: fmt.Errorf("pattern %q: %w", p, err)}
		}
	}
	found := described{}
	for _, in := range listings(want) {
		if err := s.list(ctx, in, found); err != nil {
			return nil, err
		}
	}
	if missing := found.missing(want.Names); len(want.Patterns) == 0 {
		for names := range slices.Chunk(missing, namesPerCall) {
			if err := s.list(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: names}, found); err != nil {
				return nil, err
			}
		}
	}
	maps.DeleteFunc(found, func(_ string, d window.Description) bool { return !wanted(want, d) })
	return slices.SortedFunc(maps.Values(found), func(a, b window.Description) int { return cmp.Compare(a.Name, b.Name) }), nil
}

// listings are the calls that go without names: a pattern needs everything,
// which then serves the rest too.
func listings(want window.Listing) []*autoscaling.DescribeAutoScalingGroupsInput {
	switch {
	case len(want.Patterns) > 0:
		return []*autoscaling.DescribeAutoScalingGroupsInput{{}}
	case want.Managed:
		return []*autoscaling.DescribeAutoScalingGroupsInput{{Filters: []types.Filter{
			{Name: sdk.String("tag:" + streams.ManagedTag), Values: []string{managedValue}}}}}
	}
	return nil
}

// missing gives the names that were not found, each once.
func (d described) missing(names []string) []string {
	var missing []string
	for _, name := range names {
		if _, ok := d[name]; !ok && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	return missing
}

func wanted(want window.Listing, d window.Description) bool {
	return want.Managed && d.Managed || slices.Contains(want.Names, d.Name) ||
		slices.ContainsFunc(want.Patterns, func(p string) bool {
			ok, err := path.Match(p, d.Name)
			return ok && err == nil
		})
}

// list reads every page of a call.
func (s *Source) list(ctx context.Context, in *autoscaling.DescribeAutoScalingGroupsInput, found described) error {
	in.MaxRecords = sdk.Int32(pageOfGroups)
	for {
		if err := s.wait(ctx, 0); err != nil {
			return failed(describeAutoScalingGroups, err)
		}
		s.told(describeAutoScalingGroups, 0)
		out, err := s.describeGroups(ctx, in)
		if err != nil {
			return failed(describeAutoScalingGroups, err)
		}
		for _, g := range out.AutoScalingGroups {
			d, err := description(g)
			if err != nil {
				return &window.CallError{Operation: describeAutoScalingGroups, Err: err}
			}
			found[d.Name] = d
		}
		next := sdk.ToString(out.NextToken)
		if next == "" {
			return nil
		}
		if next == sdk.ToString(in.NextToken) {
			return &window.CallError{Operation: describeAutoScalingGroups, Err: errSameToken}
		}
		in.NextToken = &next
	}
}

// description takes over what AWS said of a group. A size that is absent is an
// error: it must not pass for 0.
func description(g types.AutoScalingGroup) (window.Description, error) {
	if sdk.ToString(g.AutoScalingGroupName) == "" {
		return window.Description{}, errors.New("a group has no name")
	}
	d := window.Description{Name: *g.AutoScalingGroupName}
	for _, t := range g.Tags {
		switch value := sdk.ToString(t.Value); sdk.ToString(t.Key) {
		case streams.ManagedTag:
			d.Managed = value == managedValue
		case streams.ModeTag:
			d.Mode = value
		}
	}
	if g.DesiredCapacity == nil || g.MinSize == nil || g.MaxSize == nil {
		return d, fmt.Errorf("group %s lacks a size", d.Name)
	}
	d.Desired, d.Min, d.Max = int(*g.DesiredCapacity), int(*g.MinSize), int(*g.MaxSize)
	if g.CreatedTime != nil {
		d.Created = g.CreatedTime.UTC()
	}
	for _, i := range g.Instances {
		weight, err := weightOf(i)
		if err != nil {
			return d, fmt.Errorf("group %s: %w", d.Name, err)
		}
		d.Instances = append(d.Instances, window.Instance{ID: sdk.ToString(i.InstanceId), Lifecycle: string(i.LifecycleState), Weight: weight})
	}
	for _, p := range g.SuspendedProcesses {
		d.Suspended = append(d.Suspended, sdk.ToString(p.ProcessName))
	}
	slices.Sort(d.Suspended)
	d.Suspended = slices.Compact(d.Suspended)
	return d, nil
}

func weightOf(i types.Instance) (int, error) {
	text := sdk.ToString(i.WeightedCapacity)
	if text == "" {
		return 1, nil
	}
	weight, err := strconv.Atoi(text)
	if err != nil || weight < 1 {
		return 0, fmt.Errorf("instance %s: weight: want a number of units, got %.20q", sdk.ToString(i.InstanceId), text)
	}
	return weight, nil
}
