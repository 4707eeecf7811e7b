// Package fleet is the world a backtest runs in, apart from the policies: a
// load that does not answer to capacity, a group of instances that boot, the
// metric that the group shows of its load, and the score.
//
// A World holds one group and is driven from outside, minute by minute:
//
//	w, err := fleet.NewWorld(config)
//	for w.Next() {
//		m := w.Advance()        // boots finish, then metrics that are due arrive
//		w.SetDesired(choose(m)) // at will: never, once, or more often
//		w.Serve()               // load is served and scored with the new supply
//	}
//	score := w.Score()
//
// What holds:
//
//  1. Time is counted in minutes of the trace, and moves in Advance only.
//  2. What SetDesired sets counts from this minute: launches are billed and
//     removals stop serving at once. An instance asked for at t with a boot
//     time b serves from the first minute that is not before t + b.
//  3. A metric of the period that ends at e arrives in the first minute that
//     is not before e + the metric delay, in order; a missing one never does.
//  4. Every served minute is one Row, and the score is a function of the rows
//     alone: rows that went through WriteRows and ReadRows give equal scores.
//  5. Equal configurations, boot times and calls give equal rows.
//
// What does not hold: nothing here retries a launch that never arrives, bounds
// the group by a minimum or maximum of its own beyond [1, 10 × peak], or knows
// how a policy decides. A World is not safe for concurrent use.
//
// The package is pure: it has no clock and no randomness of its own (boot
// times are drawn by the function that the caller passes in), and reads and
// writes only what it is handed.
package fleet
