// Package aws sets up at AWS what the autoscaler runs on, and the group that it
// scales: two CloudFormation templates, and a client that plans, applies and
// destroys their stacks.
//
//   - The templates are the truth. Nothing here makes a resource by a call of its
//     own, except the objects in the bucket that a stack owns.
//   - Nothing is changed that was not planned: what is executed is the very
//     change set that was shown, or nothing.
//   - What a verb is not given cannot be called: Planner, Applier, Destroyer,
//     Inspector, Messenger, Uploader and Emptier hold methods of the SDK's clients
//     and no client.
//   - A verb that is interrupted leaves AWS at work: CloudFormation ends what it
//     began, or takes it back.
//
// It is no guard against others: who has the rights may change a stack between
// a plan and its execution, at which CloudFormation refuses the plan.
package aws
