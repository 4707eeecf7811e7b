// Package backtest runs policies over recorded loads and says which did
// better: the world of package fleet, the rivals of package rivals, and ours as
// it runs live, folded by package sim.
//
//	contenders, err := backtest.Parse("ours,tt.7@55,oracle", 8)
//	bench := backtest.Bench{Settings: backtest.DefaultSettings(), Setup: setup}
//	stories, err := bench.PlayAll(backtest.Tasks(cases, contenders, told), parallel)
//	trials := bench.Settings.Trials(cases, stories)
//	figures := backtest.Figures(trials, 1)
//
// What holds:
//
//  1. Every policy sees the same load and the same boot times.
//  2. Results are the same bits whatever the number of workers, and in the
//     order in which they were asked for.
//  3. Ours plays with the policy that it was given, at a price of a violated
//     minute that was set beforehand. What hindsight would have chosen is only
//     ever counted for the rivals, except where a figure says so.
//  4. A figure leaves out the cases that it cannot be computed of, and counts
//     them; it leaves out none for being lost.
//
// What does not hold: names of cases are not checked, and are to be distinct;
// costs are not known (a run has instance-hours); and a figure over few data
// sets has an interval that is too narrow.
//
// The package is pure: it has no clock, no file and no randomness of its own
// (boot times and resampling are drawn from seeds in the settings), and starts
// no goroutine: work that may go side by side goes through a Parallel.
package backtest
