package actuator_test

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
)

// cloud is an Auto Scaling API in memory.
type cloud struct {
	mu      sync.Mutex
	groups  map[string]plan.Description
	refresh plan.Refresh // of every group
	calls   []string
	cause   string
	// before are asked before a call is carried out, outside the lock; what
	// one returns is the call's error, and nothing is done.
	before func(operation, name string) error
	// lost has SetDesired carried out and its answer lost.
	lost bool
	// shown, where not nil, is what Describe gives whatever there is.
	shown *plan.Description
}

func newCloud(desired int) *cloud {
	return &cloud{groups: map[string]plan.Description{"web-asg": attached(desired)}}
}

// attached is a group whose operator allows everything.
func attached(desired int) plan.Description {
	return plan.Description{Sizes: plan.Sizes{Desired: desired, Min: 1, Max: 100}, Tags: plan.Tags{Managed: "true", Mode: "desired"}}
}

func (c *cloud) enter(operation, name, call string) error {
	c.mu.Lock()
	c.calls = append(c.calls, call)
	before := c.before
	c.mu.Unlock()
	if before == nil {
		return nil
	}
	return before(operation, name)
}

// Describe reads a group.
func (c *cloud) Describe(_ context.Context, name string) (plan.Description, error) {
	if err := c.enter("describe", name, "describe"); err != nil {
		return plan.Description{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	d, ok := c.groups[name]
	if !ok {
		return d, fault("DescribeAutoScalingGroups", plan.Gone)
	}
	if c.shown != nil {
		return *c.shown, nil
	}
	return d, nil
}

// SetDesired sets a group.
func (c *cloud) SetDesired(_ context.Context, name string, desired int) (string, error) {
	if err := c.enter("set", name, fmt.Sprintf("set %d", desired)); err != nil {
		return "r-0", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.groups[name]
	if desired < d.Min || desired > d.Max {
		return "r-0", fault("SetDesiredCapacity", plan.Invalid)
	}
	d.Desired = desired
	c.groups[name] = d
	if c.lost {
		return "", errors.New("connection reset by peer")
	}
	return "r-1", nil
}

// LastActivity gives the cause that the test has put there.
func (c *cloud) LastActivity(_ context.Context, name string) (string, error) {
	if err := c.enter("activity", name, "activity"); err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause, nil
}

// InstanceRefresh gives the refresh that the test has put there.
func (c *cloud) InstanceRefresh(_ context.Context, name string) (plan.Refresh, error) {
	if err := c.enter("refresh", name, "refresh"); err != nil {
		return plan.Refresh{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.refresh, nil
}

// made gives the calls, in their order.
func (c *cloud) made() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.calls...)
}

func (c *cloud) desired(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.groups[name].Desired
}

func (c *cloud) change(name string, do func(*plan.Description)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.groups[name]
	do(&d)
	c.groups[name] = d
}

func fault(operation string, f plan.Fault) error {
	return &plan.CallError{Operation: operation, Fault: f, Err: fmt.Errorf("AWS says %s", f)}
}

// failing fails an operation with the faults in their order, and then no more.
func failing(operation string, faults ...plan.Fault) func(string, string) error {
	name := map[string]string{"describe": "DescribeAutoScalingGroups", "set": "SetDesiredCapacity", "activity": "DescribeScalingActivities",
		"refresh": "DescribeInstanceRefreshes"}[operation]
	var mu sync.Mutex
	return func(called, _ string) error {
		mu.Lock()
		defer mu.Unlock()
		if called != operation || len(faults) == 0 {
			return nil
		}
		f := faults[0]
		faults = faults[1:]
		return fault(name, f)
	}
}
