// Package combine forecasts by a combination of models, its parts, that learns
// from what came how much each of them counts.
//
// At each bin, every part's quantiles of the next steps are kept until their
// targets settle. Then each part is charged the loss that it would have added to
// that of the combination, and its weight follows from what it was charged so far
// (Bernstein online aggregation: Wintenberger 2017). Weights are learned for each
// level on its own (Berrisch and Ziel 2023), for a few steps, between which they
// are interpolated, and for steps and peaks apart. On top of the combination,
// quantile tracking (package calibrate) moves each quantile until it holds as often
// as it says; but not the median, which is nearest to what comes where it is left
// alone.
//
// What it guarantees beyond package model:
//
//  1. A forecast for h steps ahead is judged h bins later, from settled bins, by
//     the weights that were in force when it was made. What is forecast after a tail
//     is not judged.
//  2. A target that is missing is not charged. A peak counts where three of four
//     of its bins are there.
//  3. A part that has nothing of its own to say of a step (model.Sleeper) counts
//     nothing there. When it wakes it counts as much as those that are awake do
//     on average, whatever it was worth before.
//  4. Every part that is awake counts at least a fiftieth divided by their number;
//     a tenth for a day after one of them is alarmed.
//  5. It has no unit where its parts have none: a load multiplied by a power of
//     two, or of whatever their own promise is of, gives the quantiles multiplied,
//     bit by bit.
//  6. An estimate is that of all parts. It is adopted whole, or refused before any
//     part has seen it: a checksum tells. A part that refuses what its own
//     estimation gave leaves a model that must be thrown away.
//  7. Its snapshot holds 31 kB beside those of six parts at a horizon of 12 with
//     13 levels, 109 kB from 64 on. Neither Observe nor Forecast allocates more
//     than the parts do.
//
// Do not assume that it beats its best part on every series: it pays for having
// to find out which that is. Where all parts put the median far too low or high,
// what lies beyond it on that side is not moved past it. Steps beyond the 64th are
// combined and moved as the 64th is. Quantiles that contradict one another, as the
// peak of fewer steps above that of more, are drawn together (model.Pooling); each
// is then a little off the level that it was tracked to.
package combine
