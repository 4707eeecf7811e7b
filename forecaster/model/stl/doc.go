// Package stl takes a series apart into a trend, seasonal components and a
// remainder: by STL for one period (Cleveland, Cleveland, McRae & Terpenning
// 1990, Journal of Official Statistics 6, 3-73), by MSTL for several (Bandara,
// Hyndman & Bergmeir 2021, arXiv:2107.13462).
//
// What holds of every decomposition:
//
//  1. Trend, seasonal components and remainder add up to the value, up to
//     rounding, at every place that has one.
//  2. A value that is not finite is missing. It is replaced by a straight line
//     between its neighbours (before the first and after the last by the
//     nearest value) before anything else is computed; its remainder is NaN,
//     its trend and seasonal components are numbers.
//  3. Where no value is missing, the components are those of R's stl and mstl
//     with the same windows, up to rounding, but for two differences. With
//     missing values mstl fills gaps along the season. With an outer loop and an
//     even number of values, R's median of the remainders is now and then
//     another of their order statistics; here it is the median.
//  4. The same input gives the same bits.
//
// A period needs more than two full cycles: STL refuses a shorter series,
// Decompose leaves the period out. Nothing looks at one side only: the
// components at any place depend on values before and after it, and those
// near the ends change as the series grows.
package stl
