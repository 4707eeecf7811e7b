// Package model says what a forecaster of one series is, and holds the history
// that it reads.
//
// A model owns no history: the caller appends each bin to a History as it
// settles, then lets the model Observe it. What holds for every model, and
// what package modeltest checks:
//
//  1. Quantiles are finite, not negative (a load is not) and sorted by level.
//  2. The peak of step h is the maximum of the steps 1 to h, so its quantiles
//     are at least those of every one of these steps, they do not fall from
//     one step to the next, and at step 1 they are the step's own. These are
//     the orders that hold exactly for any distribution; that the quantile of
//     a maximum lies above the maximum of quantiles, and by how much, is the
//     model's to say.
//  3. Forecast changes nothing that the model will ever say. What it says
//     follows from the bins that it observed, in order, the revised window,
//     and the tail: no clock, no randomness.
//  4. Restore with an equal history and a Snapshot gives a model that emits
//     the same bits for ever after.
//
// A History keeps two values of each bin. The folded value is the one that
// stood when the bin settled: recursive states, losses and quantiles of errors
// read it, so that they can be recomputed. The revised value is what is known
// of the bin since: refits and seasonal lags read it.
//
// Models and histories are not safe for concurrent use. The package imports
// the standard library only, and no clock.
package model
