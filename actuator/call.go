package actuator

import (
	"context"
	"errors"
	"time"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
)

// The operations, by AWS's names: what a permission is called after.
const (
	describeGroups     = "DescribeAutoScalingGroups"
	setDesiredCapacity = "SetDesiredCapacity"
	describeActivities = "DescribeScalingActivities"
	describeRefreshes  = "DescribeInstanceRefreshes"
)

// look reads the group, and before that, for a scale-in, whether an instance
// refresh is under way: the description is the last thing that is read.
func (e errand) look(ctx context.Context, client AutoScaling) (plan.Description, *plan.CallError) {
	var refresh plan.Refresh
	if e.intent.Lowers() {
		refresh = e.refresh(ctx, client)
	}
	d, fault := e.describe(ctx, client)
	d.Refresh = refresh
	return d, fault
}

func (e errand) refresh(ctx context.Context, client AutoScaling) (r plan.Refresh) {
	fault := e.call(ctx, describeRefreshes, func(ctx context.Context) (err error) {
		r, err = client.InstanceRefresh(ctx, e.intent.AutoScalingGroup)
		return err
	})
	if fault != nil {
		return plan.Refresh{Unread: fault}
	}
	return r
}

func (e errand) describe(ctx context.Context, client AutoScaling) (d plan.Description, fault *plan.CallError) {
	fault = e.call(ctx, describeGroups, func(ctx context.Context) (err error) {
		d, err = client.Describe(ctx, e.intent.AutoScalingGroup)
		return err
	})
	return d, fault
}

// set changes the group. It is not broken off when Run is to end.
func (e errand) set(client AutoScaling, t attempt) (requestID string, fault *plan.CallError) {
	fault = e.call(e.finish, setDesiredCapacity, func(ctx context.Context) (err error) {
		requestID, err = client.SetDesired(ctx, t.intent.AutoScalingGroup, t.call.Desired)
		return err
	})
	return requestID, fault
}

func (e errand) lastActivity(client AutoScaling) (cause string, fault *plan.CallError) {
	fault = e.call(e.finish, describeActivities, func(ctx context.Context) (err error) {
		cause, err = client.LastActivity(ctx, e.intent.AutoScalingGroup)
		return err
	})
	return cause, fault
}

// call makes one call in bounded time, and counts it.
func (e errand) call(ctx context.Context, operation string, do func(context.Context) error) *plan.CallError {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	began := time.Now()
	err := do(ctx)
	var fault *plan.CallError
	if err != nil && !errors.As(err, &fault) {
		fault = &plan.CallError{Operation: operation, Fault: plan.Unclear, Err: err}
	}
	e.metrics.called(operation, time.Since(began), fault)
	e.rights.note(right{e.id.Scope, operation}, fault)
	return fault
}
