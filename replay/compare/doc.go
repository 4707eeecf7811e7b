// Package compare folds a recorded timeline again and compares what the stages
// emit with what was recorded, byte by byte.
//
//	v := compare.New(taken, shortLife, forecaster, decider)
//	for m := range older { v.Restore(m) }    // optional: states to begin from
//	for m := range recording { v.Survey(m) } // first pass: what is there
//	for m := range recording { v.Fold(m) }   // second pass
//	report := v.Report()
//
// What holds:
//
//  1. Each stage folds its recorded inputs in stream order; nothing that one
//     stage emits here is handed to another.
//  2. What was not compared is counted, with the reason; a report in which
//     nothing was compared is not a success.
//  3. A group is folded from its beginning, which its first round shows, or
//     from restored states, or not at all.
//  4. A forecast belongs to the forecaster and a decision to the decider; one
//     that was recorded and does not follow from the fold is a difference.
//
// What callers must not assume: that another binary or CPU gives the same
// bytes. Floating point may differ where fused operations do.
//
// The package is pure.
package compare
