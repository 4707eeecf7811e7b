// Package fold is the forecaster as a pure function: from the metric, group
// and control events of a group to its forecasts.
//
// What it guarantees:
//
//  1. One forecast for every group event whose round has metrics of the series
//     that the policy names, warm or not, and none otherwise. Where there is
//     nothing to say (no value was ever seen, or the model is unknown) its
//     tables are empty.
//  2. A forecast is of finite, sorted, non-negative quantiles. Its origin is
//     the end of the newest bin that has a value, so it grows old when values
//     stop coming.
//  3. Bins advance in order, each once: with the value that stood when the bin
//     settled. A bin settles at the first group event whose Now lies the
//     policy's settle time past its end (ten minutes where there is no
//     policy), or as it arrives with Settled set. What was not there by then
//     is a gap, and gaps are folded in as soon as a later value is: a bin that
//     comes late, but before any later one settled, is no gap.
//  4. Of one bin the highest revision counts; duplicates and lower ones change
//     nothing. A revision of a settled bin changes the revised window only.
//  5. A metric is ignored where its bin is not on the grid, of another period
//     or unit than its series, older than the window, or further ahead than
//     one period past the instant at which it was seen, and where its value is
//     above 1e15. From the first group event on it is ignored as well where it
//     ends more than a period past the Now of the round that it came in, which
//     its group event tells; at the first one such bins of before are forgotten
//     too, and the forecast is built anew. Nothing that arrives makes the fold
//     panic.
//  6. The inputs of a forecast are the fingerprint of every metric of its
//     series that was ever stepped in, ignored ones included, from the first
//     one on: no change of policy and no silence begins it anew. What came of
//     one of too many series before a policy named it is not in it.
//  7. A state that was loaded from its parts emits the same bytes for ever
//     after as the one they were taken from.
//  8. A model.Refitter is refitted once a day, and sooner where it is alarmed,
//     but then at least six hours after the last refit. Settled bins are
//     counted, gaps included: n0 of them there were at the first group event
//     that the model saw, and its first refit is noted at
//     n0 + 1 + hash mod (3600 s / period), the hash being of scope, group and
//     series. Until then, and so over a backfill, nothing is refitted. By the hash
//     the second comes half a day to one and a half days later, so that those of
//     series which began together are spread over the day. What is noted at a
//     count takes effect three bins later (a day later where a day has fewer
//     bins), so that an Estimates may compute it meanwhile; the bytes are the same
//     whether it does or not. An estimate that the model does not take, or that
//     panics, leaves it as it was.
//  9. Members run beside the model whose forecast is published: each has its own
//     model, refits and score, as if it were that model. They change nothing
//     that is published, and one that takes its place goes on with what it has.
//  10. The global weights of lstm and combined are those that the policy names by
//     their checksum, so that bytes never depend on where they lie or since when.
//
// An estimation reads folded values, of bins that are all still in the window
// when it takes effect. So it can be computed then as well as when it was noted,
// from any state in between, and no revision need be kept for it.
//
// A series is what its name, period and unit make it. Every series of a group
// keeps its window, 21 days; only the one that the policy names is forecast. A
// policy that names another series, model, horizon, levels or settle time, or of a
// model that learns other weights or another length of training, builds the
// forecast anew from the window: the score starts again, unless the model was a
// member before. A series that was silent for longer than the window starts from
// nothing.
//
// A state is stored in parts: the policy, each series, each of its UTC days,
// each model that runs on it, the parameters of that model (model.Refitter), and
// each origin with the forecasts of all models that still wait for their targets;
// only what changed is written, so parameters once a refit. What is large is cut
// into pieces of 700 KiB, since a message may have a megabyte. The parts of a model
// that no longer runs are overwritten with one byte.
//
// The package reads no clock, no file and no randomness.
package fold
