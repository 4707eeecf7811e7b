// Package fans writes what an evaluation of forecasters found as one HTML file:
// a table of scores, how often quantiles held, and for each series fan charts,
// what the parts of a combination weighed, and its first day.
//
//	sight := fans.NewSight(series, 12)
//	run.Told = func(origin int, bands *model.Bands) { sight.See(origin, bands, weights) }
//	err := fans.Write(w, fans.Report{Methods: …, Series: …})
//
// What it guarantees:
//
//  1. The file stands alone: no script, font, style or picture is fetched, and it
//     says the same with scripts switched off. Scripts add reading off under a
//     pointer and switching curves.
//  2. Equal reports give equal bytes.
//  3. Which days are drawn is chosen by the values alone, before anything was
//     forecast: those that are least like the day before them. A model that does
//     badly there is seen to.
//  4. Every text that came from outside (ids, data sets, the command) is escaped
//     where it stands.
//  5. A series takes less than 110 kB whatever its length, as long as its
//     horizon is a day at most.
//  6. What is not there (no cold start, nothing combined, no series) is left out.
//
// What a reader must not assume: the band of 50 % is read off between the
// quantiles of 10, 50 and 90 %, which are what is scored; the page says so.
//
// The package is pure.
package fans
