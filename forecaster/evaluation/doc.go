// Package evaluation measures forecasters on recorded series by rolling
// origins: every value after the initial history is an origin from which the
// next steps are forecast, and all of these forecasts are scored.
//
// What it guarantees:
//
//  1. A forecaster is handed the values one by one. When it is asked at origin
//     o it has been handed y[0] to y[o-1] and nothing else: what comes later
//     cannot be in a forecast.
//  2. Parameters are estimated at the refit origins of the panel only, from at
//     most the last W values before each (W is the length of the initial
//     history; a history keeps model.Days days, of which an estimation reads
//     model.FitDays at most). They are in force from that origin on. In between
//     only states move, at every value.
//  3. Scores are means over all origins and steps, with the definitions and the
//     columns of the panel's score files; see Scores. A forecaster's point is
//     its median: it minimises the absolute error that MASE measures, and none
//     of the models states a mean of its own.
//  4. The two baselines, seasonal naive by day and naive, are those of the
//     panel's reference scores: Gaussian quantiles about the last day's value,
//     and about the last value, whose width is the root mean square of the
//     differences in the window at the last refit. They are not cut at zero.
//     Models are, as package model promises.
//  5. No clock: what a run costs is for the caller to measure. Nothing random but
//     what a model draws by its seed, which is that of the id of its series: the
//     same series and models give the same bits.
//  6. A cold start (Run.ColdStart) is the first day of a series for a forecaster
//     that was made at its first value: nothing came before, and nothing is
//     estimated.
//  7. What is compared in hindsight (Contrast) was scored on the same origins of
//     the same series. A forecaster that combines others is compared with them
//     as they are on their own.
//
// Values have no gaps here: who made the panel filled them. Do not read a score
// as an answer to how many instances are needed; peaks, by which capacity is
// chosen, are scored apart (Scores.Peak).
//
// Beside the panel, M4 scores one forecast of the last two days of a series of
// the M4 Hourly competition by its official measures.
package evaluation
