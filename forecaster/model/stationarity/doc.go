// Package stationarity says how often a series is to be differenced before an
// ARMA model fits it: at its season, by the strength of its seasonality
// (Wang, Smith & Hyndman 2006, Data Mining and Knowledge Discovery 13,
// 335-364), then from value to value, by the KPSS test of a level
// (Kwiatkowski, Phillips, Schmidt & Shin 1992, Journal of Econometrics 54,
// 159-178).
//
// What holds:
//
//  1. Where no value is missing, the numbers of differences are those of
//     nsdiffs, ndiffs and auto.arima in R's forecast 8.20 with their defaults.
//  2. A value that is not finite is missing. The test is made on the others as
//     if they followed one another, as in R; the strength bridges gaps by
//     straight lines, where R fills them along the season.
//  3. Any series has an answer: one that is empty, constant or too short to
//     tell needs no difference.
//
// With regressors, the caller passes the residuals of an ordinary regression on
// them.
package stationarity
