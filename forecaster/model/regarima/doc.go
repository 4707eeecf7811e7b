// Package regarima forecasts by regression with ARIMA errors (Box and Jenkins
// 1976, "regARIMA"): what the time of day and of week explains is taken off, a
// nonseasonal ARIMA model follows what is left, and both are put together again.
// Three models differ in what they take off:
//
//   - arima: nothing but a constant.
//   - dhr: sines and cosines of the day and of the week, estimated together with
//     the ARIMA model (dynamic harmonic regression, Young, Pedregal and Tych 1999).
//   - stl_arima: the seasonal components of MSTL (Bandara, Hyndman and Bergmeir
//     2021), whose last cycle repeats until the next estimation.
//
// The parameters are estimated from the window now and then (model.Refitter); in
// between, each bin moves the Kalman filter of the ARIMA model, at a cost that
// does not depend on the past. The quantiles are not those that a normal law
// would give: package dress learns them from the errors that the model's own
// forecasts made.
//
// What it guarantees beyond package model:
//
//  1. Until the first estimate is adopted it says what the naive model says.
//  2. On the window that it is estimated from, a new estimate has an AICc of at
//     most that of the one in force: the order in force is fitted again, from its
//     own parameters on, and stays where no other has a smaller one. Where the
//     series has come to need other differences the two cannot be compared, and
//     the new one is taken.
//  3. A gap moves the state by its prediction and widens the bands. A wild value
//     counts as at most four times the largest load of late (halved in 14 days).
//  4. A series that leaves nothing to explain gets bands of no width.
//  5. What an estimation costs is bounded: the newest 4,320 bins tell the order and
//     the newest 8,640 the coefficients, where there are more, of what ordinary
//     least squares leave. Regression, seasons and the likelihood that estimates are
//     compared by are of the whole window. Where values are missing, coefficients
//     are those over straight lines, and all else is exact.
//
// Do not assume that it knows holidays. What repeats weekly is only known of
// windows of at least 14 days. The last cycle of stl_arima carries noise that
// repeats with it, so that its quantiles of peaks, which lie above those of all
// steps before, hold more often than they say.
package regarima
