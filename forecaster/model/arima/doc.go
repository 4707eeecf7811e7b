// Package arima fits seasonal ARIMA models with regressors by exact maximum
// likelihood, finds their order, and follows a series with them an observation
// at a time.
//
//	found, err := arima.Select(arima.Data{Y: y, X: waves}, arima.Search{Diff: 1}, each)
//	...
//	m := found.Model
//	f, err := arima.NewFilter(m.Order, m.Params, 12)
//	...
//	for _, rest := range arima.Data{Y: y, X: waves}.Less(m.Params.Beta) {
//		f.Observe(rest)
//	}
//	f.Forecast(mean, se) // of the next 12, less their regression
//
// What it guarantees:
//
//  1. The likelihood is exact: that of the differenced series as a stationary
//     Gaussian process, from its first value on. R and statsmodels instead give
//     the values before the first a large variance, and differ from it by up to
//     8e-3 where a season is differenced. Where the start's law is forgotten to
//     1e-8 of an innovation the filter counts as steady; that is all that is left
//     out.
//  2. A missing value (NaN) is passed over, nothing is filled in. The likelihood is
//     then that of all contrasts of the values that do not depend on the level
//     before the first: by the Kalman filter of the series itself with exact
//     diffuse initialisation (Durbin and Koopman 2012). Without gaps both are the
//     same number.
//  3. The variance and the regression are concentrated out: at any coefficients of
//     the polynomials they are those of the largest likelihood, by generalised
//     least squares. So a fit searches as many dimensions as there are
//     coefficients of polynomials, however many regressors there are.
//  4. The gradient is exact up to rounding: by reverse accumulation through the
//     filter, by complex steps through the law of the start and through gaps.
//  5. A model is stationary and invertible. A fit descends from several starts and
//     keeps the best; FitFrom and a search begin from what is known.
//  6. The same data give the same model, bit by bit, whoever runs the tasks that
//     Select hands to each, and in whatever order; draws come from a fixed seed.
//  7. A Filter allocates nothing once it is made. While steady an observation costs
//     the state's width, 20 ns for (2,1,2); at the begin and after a gap, until the
//     gap is forgotten, its square. Its snapshot has all of it, bit by bit.
//  8. What cannot be fitted is an error that says why: ErrTooShort, ErrConstant, or
//     values and regressors that are not finite or too large to be squared. Nothing
//     it gives is NaN but a residual where there is none, and nothing panics.
//
// Do not assume that
//
//   - likelihoods or AICc of different differences can be compared: they are of
//     different series (package stationarity finds the differences);
//   - the optimum is global: the likelihood of an ARMA process has several, and
//     starts are finite in number;
//   - Candidates of a long series, or of one with gaps, are ranked by the exact
//     likelihood: only the finals are, the others by the conditional one;
//   - a Model or a Filter may be used by several goroutines at once: a Model is only
//     read, a Filter is not;
//   - standard errors know of the parameters' own uncertainty, or of errors that are
//     not normal.
package arima
