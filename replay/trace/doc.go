// Package trace reads a recorded load and brings it onto the grid that a
// backtest lives on.
//
// What holds for every Trace that Read, Cut, Sum5, Mean5, Interpolate and
// Scale return:
//
//  1. Values lie on a regular grid: Values[i] is the bin that starts at
//     Start + i × Period, in UTC. A bin that was not recorded is NaN.
//  2. The first bin was recorded. Every recorded value is finite and not
//     negative.
//  3. The period is one of Periods.
//  4. The receiver is left as it was; no memory is shared with it.
//
// The package does not guess: a file with one row that it does not understand
// is an error that names the line, never a shorter trace. It does not fill
// gaps (package fleet says what a gap means to a backtest), does not know what
// unit a value has, and does not check that the clock of a trace is real.
//
// It is pure: it reads from an io.Reader, and has no clock and no randomness.
package trace
