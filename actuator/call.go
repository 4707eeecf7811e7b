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
)

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
