package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/ml-autoscaling/autoscaler/actuator/asg"
	"github.com/ml-autoscaling/autoscaler/actuator/heartbeat"
	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// actuator tries what the actuator reads before it writes, as the actuator and
// on one group of each scope: these rights know no single groups. Then it tells
// of every group whether its operator allows to act on it.
func (c *checkup) actuator(ctx context.Context, g *glimpse, all map[string]*witness) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		at := placeOf(name, c.cfg.ActuatorScope(name))
		client, err := loadAWS(ctx, c.cfg.ActuatorScope(name))
		if err != nil {
			c.fault("actuator", "scope %s: %v", at, err)
			continue
		}
		group := groupIn(g, name)
		if group == "" && all[name].listed < 0 {
			continue // that the listing failed has been told
		}
		if group == "" {
			c.fault("actuator", "scope %s: no group is known on which its rights could be tried", at)
			continue
		}
		reader := asg.NewObserver(client)
		_, described := reader.Describe(ctx, group)
		_, active := reader.LastActivity(ctx, group)
		_, refreshed := reader.InstanceRefresh(ctx, group)
		if c.rights(at, described, active, refreshed) {
			c.fine("actuator", "scope %s: DescribeAutoScalingGroups, DescribeScalingActivities and DescribeInstanceRefreshes are allowed; autoscaling:SetDesiredCapacity cannot be tried without setting", at)
		}
	}
	if g == nil {
		return
	}
	for _, id := range g.groups() {
		s, ok := g.of(id)
		d, listed := all[id.Scope].groups[s.policy.AutoScalingGroup]
		if ok && listed {
			c.attached(id, s.policy, d)
		}
	}
}

// unacted tells of groups that are to be acted on, and by the configuration's
// actuator are not.
func (c *checkup) unacted(g *glimpse) {
	if g == nil {
		return
	}
	for _, id := range g.groups() {
		if s, ok := g.of(id); ok && s.policy.Mode == streams.DesiredControl {
			c.line("note", "actuator", "%s is in mode desired, and nothing is set: actuator.mode of this configuration is %s", id, c.cfg.Actuator.Mode)
		}
	}
}

// attached tells whether a group is attached in mode desired. It has to be only
// where its policy's mode is desired.
func (c *checkup) attached(id streams.GroupID, p streams.Policy, d window.Description) {
	why := unattached(d)
	switch {
	case !plan.Limits{Groups: c.cfg.Actuator.Groups}.Allow(id):
		c.fine("actuator", "%s: %s is not acted on: actuator.groups does not list it", id, d.Name)
	case why == "" && p.Mode == streams.DesiredControl:
		c.fine("actuator", "%s: %s is attached in mode desired, and will be acted on", id, d.Name)
	case why == "":
		c.fine("actuator", "%s: %s is attached in mode desired, and only observed: the policy's mode is %s", id, d.Name, p.Mode)
	case p.Mode == streams.DesiredControl:
		c.fault("actuator", "%s: %s is not attached in mode desired, and will be refused: %s; run autoscaler aws attach %s --mode desired", id, d.Name, why, d.Name)
	default:
		c.fine("actuator", "%s: %s is only observed: the policy's mode is %s, and it is not attached in mode desired", id, d.Name, p.Mode)
	}
}

// unattached says which tag of a group is against acting on it; empty where none
// is.
func unattached(d window.Description) string {
	switch {
	case !d.Managed:
		return "its tag " + streams.ManagedTag + " is not true"
	case d.Mode == "":
		return "its tag " + streams.ModeTag + " is missing"
	case d.Mode != string(streams.DesiredControl):
		return fmt.Sprintf("its tag %s is %.40q", streams.ModeTag, d.Mode)
	}
	return ""
}

// heartbeat tells where the heartbeat goes.
func (c *checkup) heartbeat() {
	if beat := c.cfg.Actuator.Heartbeat; beat.On() {
		c.fine("heartbeat", "scope %s: %s %s, %s=%s, once a minute; cloudwatch:PutMetricData cannot be tried without putting",
			placeOf(beat.Scope, c.cfg.ActuatorScope(beat.Scope)), heartbeat.Namespace, heartbeat.Metric, heartbeat.Dimension, beat.Name)
	}
}

// rights tells what calls of the actuator failed of, and says whether none did.
// What keeps all of them from being made, such as a role, is told once.
func (c *checkup) rights(at string, calls ...error) bool {
	told := map[string]bool{}
	for _, err := range calls {
		var call *plan.CallError
		var words string
		switch {
		case err == nil:
			continue
		case errors.As(err, &call) && call.Fault == plan.Denied:
			words = fmt.Sprintf("permission autoscaling:%s: %v", call.Operation, call.Err)
		case errors.As(err, &call) && call.Fault == plan.Expired:
			words = call.Err.Error()
		default:
			words = err.Error()
		}
		if !told[words] {
			c.fault("actuator", "scope %s: %s", at, words)
		}
		told[words] = true
	}
	return len(told) == 0
}

// groupIn gives an Auto Scaling group of a scope; empty where none is known.
func groupIn(g *glimpse, scope string) string {
	if g == nil {
		return ""
	}
	first := ""
	for id := range g.states {
		if s, ok := g.of(id); ok && id.Scope == scope && s.capacity != nil && (first == "" || s.policy.AutoScalingGroup < first) {
			first = s.policy.AutoScalingGroup
		}
	}
	return first
}
