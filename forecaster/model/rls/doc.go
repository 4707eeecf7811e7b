// Package rls forecasts by recursive least squares: a linear model of the load
// for each step ahead, another of the size of its error, and the law of what
// remains. It fits nothing in batches: a bin costs the same however long the
// past, about 30 µs at a horizon of 12.
//
//   - The point of a step is linear in the last eight values, in the values
//     around the same time of yesterday, in that of a week and of one and two
//     hours ago, and in means of the same time over seven days and over the last
//     six and 24 hours. The point of a peak is the largest point of its steps.
//   - The scale is how large an error of the peak is to be expected: linear in
//     exponential means of the errors lately, and in how large they were at the same
//     time of other days and hours. So quiet hours get narrow bands and wild hours
//     wide ones. An error below the point counts 0.7 of one above it: room above is
//     what capacity is made of. The same scale serves the step's own error.
//   - The laws, of the step and of its peak, are histograms of errors divided by
//     their scale over 14 days, with exponential tails beyond the outer hundredths.
//     On top of them, quantile tracking (package calibrate) moves each quantile
//     until it holds as often as it says.
//   - Steps and peaks are learned one by one. Where they contradict one another
//     (a peak below that of fewer steps, or below its own step) they are drawn
//     together, not raised; each is then a little off the level it was tracked to.
//
// What it guarantees beyond package model:
//
//  1. It says what the naive model says until it saw two days of values and each
//     law a hundred errors, and of steps beyond 64, or beyond seven days, for
//     ever.
//  2. It has no unit: a load multiplied by a power of two gives the quantiles
//     multiplied, bit by bit; by another factor, up to rounding.
//  3. A bin that is missing, at origin or target, teaches nothing. A gap among the
//     inputs reads as the value shortly before it, else as that of the days before
//     at the same time. A peak counts where three of four of its bins are there.
//  4. A single wild value counts as at most four times the largest load of late
//     (halved in 14 days; in the first day, the largest below it), so it does not
//     undo what was learned.
//  5. An error is that of a forecast made before its target was seen, from settled
//     bins. The tail moves the means of errors on a copy; it does not teach.
//  6. Its snapshot has all that it learned, bit by bit: 59 kB at a horizon of 12
//     with 13 levels and 5-minute bins, 78 kB at 16, 184 kB at 64.
//
// Do not assume that it knows holidays, or a change of level before it has come.
package rls
