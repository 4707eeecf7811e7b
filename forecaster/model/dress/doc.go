// Package dress puts quantiles around a point forecast of a path, learned from
// the errors that such forecasts made ("error dressing", Roulston and Smith
// 2003). It knows nothing of the model but its points and standard errors.
//
// What it learns of each of the first 24 steps, and of steps ever wider apart up
// to the 64th:
//
//   - What errors lean on: the model's newest error at the same time of day, its
//     mean error at that time over days, and its mean error of late. The points
//     are moved by what is expected of the next error. So a model that does not
//     know the day gets it from here.
//   - How large an error will be: exponential means of squared errors, slow and
//     fast, and the errors around the same time of yesterday, times how far the
//     standard error has changed.
//   - The law of errors divided by that size, as a histogram with exponential
//     tails (calibrate.Law), and quantile tracking on top of it
//     (calibrate.Tracker).
//   - The law of peaks. What the highest of the first steps will be, and how
//     uncertain, follows from the joint law of the path: 64 paths drawn once with
//     the weights that innovations have on later steps, laid around the points in
//     their sizes. What peaks then differ from that, in its units, has a law of its
//     own.
//
// A model whose parameters change lets it Revisit the days before, so that points
// are not moved by errors that it would no longer make.
//
// What it guarantees:
//
//  1. Bands are finite, not negative and in the orders of model.Bands, whatever
//     numbers it was given. Bands change nothing.
//  2. Before the first error they are those of normal errors with the model's
//     standard errors; what is learned takes over error by error. A few days must
//     pass before all of it means what it says, least of all the outer levels.
//  3. It has no unit: values, points and standard errors multiplied by a power of
//     two give the bands multiplied, bit by bit.
//  4. A gap teaches nothing of its step. A peak counts where three of four of its
//     bins are there.
//  5. A wild value counts as an error of ten sizes at most where it widens bands,
//     of eight where it moves points. A spike is gone from the widths in hours; it
//     moves points a little at the same time of the next days.
//  6. A standard error of 0 is taken as the model says it. Where a model without
//     errors makes its first one, nothing bounds that.
//  7. A bin costs the same however long the past, in time that grows with the
//     steps up to the 64th, without allocation. So do bands.
//
// Steps beyond the 64th have the errors of the last one that is learned from, and
// the model's own standard errors; they learn nothing of their own.
//
// Do not assume that quantiles of peaks are exact: what is raised for the sake of
// order (package model) holds a little more often than it says. Dressers are not
// safe for concurrent use.
package dress
