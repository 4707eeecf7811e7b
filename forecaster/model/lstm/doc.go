// Package lstm forecasts by a recurrent neural network that is fed bin by bin and
// says quantiles: a long short-term memory (package network) that was trained on
// many loads, and may be trained on with the load itself.
//
//	w, err := lstm.ReadWeights(bytes)       // or lstm.Embedded()
//	m := lstm.New(config, w)                // a model.Refitter
//
// What the network reads and says has no unit (gauge.go, blend.go, inputs.go):
//
//   - For each step ahead, thirteen simple forecasts (the newest values, their
//     means, the load at that time yesterday, a week ago and on the mean of seven
//     days, as it was and moved by how much the load changed since) are mixed by
//     how they fared in the last day, or the last weeks where the network looks more
//     than a day ahead: the inverse eighth power of their errors.
//   - Loads are told against this mixture, divided by the geometric mean of how far
//     off it was, and drawn in by the inverse hyperbolic sine. So neither growth nor
//     a shift of level leads out of what the network was trained on (compare the
//     normalisation by window of Salinas et al. 2020, section 3.3).
//   - From that and the time of day and week, the network says nine quantiles of
//     each of its steps, and of the peak up to each. It learns them by their
//     pinball loss (Koenker and Bassett 1978), over segments that errors are
//     propagated back through, with the state carried from one to the next.
//   - Quantiles at other levels lie between, in the tails by an exponential law.
//     On top, quantile tracking (package calibrate) moves each until it holds as
//     often as it says.
//
// What it guarantees beyond package model:
//
//  1. It speaks from the first hour, of as many steps as its head has: twelve, where
//     nothing else was asked of the training. Before, beyond, and where a day has
//     fewer than 24 bins, it says what the naive model says.
//  2. It has no unit: a load multiplied by a power of two gives the quantiles
//     multiplied, bit by bit; by another factor, up to rounding.
//  3. A value counts as at most four times the largest of late, so that a wild one
//     does not last; the first day is looked over again with what came after it.
//  4. A bin costs the same however long the past. Observe and Forecast do not
//     allocate once the first day is over.
//  5. It reads loads as they settled. A bin that is missing reads as the value
//     before it, and the network is told.
//  6. Estimation begins with the global weights, draws what it trains on by the
//     seed of the series and the number of the bin, and holds the newest tenth of
//     the window back: where that is not forecast better than by the weights in
//     force, there is no estimate. The same bins give the same bytes, on any number
//     of workers; so do the series and options of a Trainer, interrupted or not.
//  7. Its snapshot has the weights that were adopted, if any, and all else that is
//     not in the window. Global weights are named by their checksum, and a state
//     that others made is refused.
//
// Do not assume that it knows holidays; that quantiles of steps and peaks come
// from one joint law; or that weights of another version can be read: what their
// inputs mean is part of the format.
package lstm
