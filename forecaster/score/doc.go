// Package score keeps how forecasts did lately: coverage per quantile level,
// and pinball loss beside that of seasonal naive.
//
// Figures are added up per UTC day of the target and reported over the last
// seven such days, the running one included. The sums are stored bit by bit,
// so a Card that was read back continues exactly. The same judgements in the
// same order give the same bits.
//
// The package does not know which forecasts are to be judged, nor when.
package score
