// Package calibrate learns quantiles from errors: the law that errors have, and
// what moves quantiles until they hold as often as they say.
//
// A Law is a histogram of errors divided by their scale. It is added to and read
// in a time that does not depend on how many errors it saw.
//
// A Tracker keeps an offset for each row (a step, say) and level. A value that
// came above its quantile raises the offset, one below it lowers it, in the
// proportion in which the level allows both: quantile tracking (Gibbs and
// Candès 2021, eq. 2, on the quantile itself as in Angelopoulos, Candès and
// Tibshirani 2023, eq. 3).
//
// What a Tracker guarantees, for any sequence of values whatever, dependent,
// adversarial or drifting: where no quantile that is judged was ever further
// than b from the value that came, then after T judgements at one rate the
// share of values at or below the quantile at level p differs from p by at
// most
//
//	(b + rate) / (rate × T).
//
// The guarantee is of what Judge compares: the quantile as it stands, moved by
// the offset of now, not sorted. What was published earlier, or sorted, lags or
// differs a little. It says nothing of single hours: that they are covered
// alike is the forecast's own work.
//
// To judge a value by a quantile that has already learned from it is the
// caller's mistake to avoid. Trackers and laws are not safe for concurrent use.
package calibrate
