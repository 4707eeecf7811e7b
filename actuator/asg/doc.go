// Package asg reads and writes Auto Scaling groups for the actuator. It is the
// only code of a component that changes a group, and the one thing that it
// changes is the desired capacity.
//
//	reader := asg.NewObserver(config) // mode observe
//	writer := asg.New(config)         // mode desired
//	described, err := writer.Describe(ctx, "web")
//	request, err := writer.SetDesired(ctx, "web", 12)
//	cause, err := writer.LastActivity(ctx, "web")
//	refresh, err := writer.InstanceRefresh(ctx, "web")
//
// What holds:
//
//  1. From a Reader no call can be reached that changes anything.
//  2. What is set is an absolute value, and no cooldown of the group's is
//     honored, so that a call that is repeated does no harm.
//  3. A call makes three requests and lasts ten seconds at most, so that a late
//     repetition cannot outlive the decision.
//  4. Every error is a *plan.CallError with the class of what went wrong. What
//     is not known is plan.Unclear: the call may have been carried out. Where
//     there are no credentials to sign it with it was not: that is plan.Expired,
//     whatever kept their provider from having any.
//
// Not to be assumed: that a capacity that was accepted is there, or will be;
// that Describe shows at once what was set.
package asg
