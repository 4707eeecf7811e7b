// Package modeltest holds what every model must pass: the promises of package
// model, checked on series that break forecasts.
//
//	func TestModel(t *testing.T) { modeltest.Run(t, naive.New) }
//
// It checks what can be told from outside: the orders of the quantiles,
// finiteness, that equal input gives equal bits, that Forecast leaves no trace,
// that a restored model continues, and that nothing is known before it came.
// A model.Refitter is checked twice, the second time with refits in between,
// and its estimations as well: that their bytes depend on nothing but the bins
// that they read and the parameters in force, that an estimate is adopted whole
// or not at all, and that nothing else changes what is fixed of a snapshot. It
// does not check that a forecast is any good.
package modeltest
