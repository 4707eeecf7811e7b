// Package plan decides what may be done to a group for a decision. It is the
// whole of the actuator's fold, and pure: no clock, no network.
//
//	state := plan.Stage{Limits: limits}.New(id).(*plan.State)
//	outcomes := state.Step(plan.Arrived{GroupID: id, At: now, Event: decision})
//	if intent, ok := state.Intent(); ok { // once it is stored
//		call, end := intent.Judge(described, now)
//		if end == nil {
//			end = ... // SetDesiredCapacity with call.Desired: Applied, Failed, Confirm
//		}
//		outcomes = state.Step(*end)
//	}
//
// What holds:
//
//  1. Every decision that is not a hold gets exactly one outcome; a hold gets
//     none. A hold withdraws nothing.
//  2. A group has at most one intent. While it is being carried out a newer
//     decision waits, and a still newer one supersedes the one that waits.
//  3. Nothing is called for a decision that expired, that the limits forbid,
//     whose group is only observed, or that was outlived by a newer one; nor
//     while the actuator's clock and that of the group events are apart, nor
//     while others keep changing the group; nor for a group that its operator
//     has not attached in mode desired, which is what its tags say in the
//     description just before the call.
//  4. A scale-in of a group whose desired capacity, minimum or maximum is not
//     as the decision saw it is a conflict; a raise then applies as the larger
//     of what is there and what was asked. What is there is what was just read;
//     where that may still be from before a change of ours, of less than half a
//     minute ago and not seen since, it is what that change set.
//  5. What is called is within the minimum and maximum just read, a raise also
//     within the ceiling; it never sets the minimum or the maximum. A raise is
//     called with more than is there, a scale-in with less, and never with less
//     than the decision asked for. A group above the ceiling can be lowered in
//     any steps.
//  6. An intent that was stored and loaded is judged anew: where the group
//     meets it already its outcome is applied, recovered.
//  7. A scale-in waits for the end of an instance refresh, and where nobody
//     knows whether one is under way; a raise does not.
//  8. An outcome of the timeline whose decision has none here ends its intent:
//     a fold that starts over takes it for its own.
//
// Callers must not assume that outcomes come in the order of their rounds (the
// one that waited is superseded at once, before the intent ends); that a
// decision more than 32 decisions behind the newest one gets an outcome (it is
// taken for a duplicate); that a change whose call had no clear answer counts
// as what is there before it is seen; nor that an intent may still be called
// because it was stored: ask the state again just before the call.
package plan
