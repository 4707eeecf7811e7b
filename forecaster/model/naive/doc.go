// Package naive forecasts that the load will be what it was: at the same time
// a day or a week ago, or, until that can be judged, just now.
//
// Which of the three ways is in force:
//
//   - By day, from when its errors were measured at as many bins as a day has,
//     that is after two days without gaps: every hour has then had its say.
//   - By week, from when its errors were measured at that many bins too (after
//     eight days without gaps) and as long as its mean absolute error over the
//     last seven UTC days is below that of the day, over the bins where both
//     could be told.
//   - The last value otherwise.
//
// Around the point that the way in force gives lie the empirical quantiles of
// the errors that the same way made before: for a step, of the errors that many
// steps (or seasons) ahead; for the peak over h steps, of what the maximum of h
// loads exceeded the maximum of the h points by. Errors are of the last seven
// days (of the last value: of the last day), of every n-th target where those
// are more than 2,016. A level p is read at rank
// p × (n + 1) of n errors, so that a new error exceeds it with probability
// 1 - p whatever its law; beyond the outermost error goes an exponential tail.
// All of it is moved outwards by a share of the load that falls as 1 / (n + 1)
// for n independent errors: with none at all, the 0.99 quantile is three times
// the load. Quantiles are cut off at zero.
//
// The model is warm after a day of bins with values: the errors of the last
// value, too, then stem from every hour.
//
// Everything it says follows from the bins of the window: its snapshot is
// empty. Errors are those of the folded values, points are revised values.
// Where the season's bin is missing, the same time one season earlier is taken,
// and so on; where the window has none, the last value.
package naive
