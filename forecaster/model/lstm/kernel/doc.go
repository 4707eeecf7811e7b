// Package kernel does the arithmetic of the LSTM network: products of small
// dense matrices, the logistic sigmoid, the hyperbolic tangent, and the
// elementwise work of an LSTM cell, forward and backward.
//
// It guarantees:
//
//  1. The same bits everywhere. On amd64 with AVX2 and FMA the work is done in
//     assembly, elsewhere (and with the build tag purego) in Go; both do the
//     same IEEE operations in the same order per element. Only the payload of a
//     NaN may differ.
//  2. An element of a product is one chain of fused multiply-adds over k in
//     rising order, beginning with what dst holds. Blocking never shows.
//  3. The sigmoid and the tangent are within 2e-15 of the true value relatively,
//     also near zero and far out in the tails; infinities give the limits, NaN
//     gives NaN.
//  4. No allocation, no state, no goroutine: calls on disjoint dst may run at
//     the same time.
//
// It does not check values, and it does not hold its own against a BLAS on big
// matrices: the matrices here have tens to a few hundred columns and fit the
// second-level cache, apart from a long k.
//
// All matrices are row-major and dense: the stride is the number of columns.
// A slice that is shorter than its shape is a programmer's error and panics.
package kernel
