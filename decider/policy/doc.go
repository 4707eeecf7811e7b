// Package policy decides how many instances a group is to have. It is the
// whole of the decider's fold, and pure: no clock, no file, no randomness.
//
//	state := policy.Stage{}.New(id)
//	for _, ev := range events {
//		decisions := state.Step(ev)
//	}
//
// A decision is the outcome of a fixed order of rails (see rails). Each takes
// the capacity that the rails above it left, and leaves one line in the
// decision's trail: before, after, and why, with the numbers that it used. A
// round that ends early ends with the line that ended it.
//
// What holds, whatever the events are:
//
//  1. Every round of a group event gets exactly one decision, in the order of
//     the rounds: at the round's forecast where one is owed, at the group
//     event where none is, and at the next group event where the forecast is
//     late. While the forecaster is behind, rounds do not wait for it.
//  2. Nothing is lowered by a round whose load or forecast is missing, stale,
//     malformed, out of order, from the future, or the zeros of an outage of
//     the metric shorter than an hour (or 60 periods, where that is less). A
//     forecast of a model that is not warm is none of these.
//  3. A change lands within the limits of the group and of the policy. These
//     are set by people and go before rule 2 and before cooldowns.
//  4. The reactive floor raises whatever is forecast, in flight or cooling
//     down. Only the largest step, the breaker and the limits bound it.
//  5. No decision lowers within the scale-in cooldown of an applied change.
//     With a fixed quantile none lowers further than what was needed at any
//     round of the stabilization window; with a price of a violated minute none
//     further than what will do for the lead and that window, but for the
//     probability of scale_in_risk.
//  6. Where launches fail for ever, at most one step is asked for beyond what
//     serves, and nothing more past the launch grace, except what the measured
//     load needs.
//  7. A state that was stored and loaded decides byte for byte as if it had
//     not been.
//  8. Shadows decide each round too, once and under their names, and change
//     nothing of what the policy decides. Each lives in a group of its own that
//     is simulated, and does at once what the shadow decides; the load, the
//     forecasts and the limits are those of the real group, and so a shadow that
//     is too small sees load that its own group would have hidden from it.
//
// Callers must not assume that a hold stands within the limits (a group that
// was not described, or has a change in flight, stays as it is), nor that a
// hold withdraws a change that is in flight.
//
// Constants of this package that change a decision change the Stage's version
// with them.
package policy
