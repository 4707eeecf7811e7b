// Package aws reads CloudWatch and Auto Scaling for ingest. It can change
// nothing there: it calls GetMetricData and DescribeAutoScalingGroups only.
//
//	source := aws.New(config, aws.Options{Requests: ing.Requested})
//	groups, err := source.Groups(ctx, window.Listing{Managed: true})
//	answers, err := source.Read(ctx, queries)
//
// What holds:
//
//  1. A listing has every page, or is an error.
//  2. An answer is complete only where every page of its call came and the last
//     StatusCode of each of its metrics was Complete. What came of an answer
//     that is not complete is still in it.
//  3. A call that fails costs the queries of that call and no others. One that
//     CloudWatch finds invalid is halved until what is invalid stands alone.
//  4. A value that no load can have (negative, not a number, off the grid) is
//     left out and named in the error; the answer may still be complete,
//     because asking again would not help.
//  5. Every error is a *window.CallError, or joins several. Its words hold
//     neither request ids nor ports of this machine, so that the same trouble
//     has the same words.
//
// Not to be assumed: that the points of an answer that is not complete are the
// oldest ones; that a call ends before its context does (a backfill waits for
// CloudWatch's quota of datapoints); that a Read of many queries makes its calls
// in the order of the queries (the newest windows go first).
package aws
