// Package streams is the contract of the timeline: what its events mean, how
// they are named, and what a stage that folds them owes.
//
// A realm's timeline is one totally ordered stream. It carries six kinds of
// event (metric, group, control, forecast, decision, outcome) about groups,
// and beside them the states and checkpoints of the stages that fold it.
//
// What holds for everything that Encode writes and Decode returns:
//
//  1. Every number is finite and within the range its field documents; every
//     instant is UTC; every body says its version. A key is spelled exactly,
//     known, given once and not null. What breaks a rule is an error that names
//     the field by its path.
//  2. The identity in a body and the identity in its subject are the same.
//  3. Any AWS name round-trips through a subject: tokens are percent-escaped,
//     and each name has exactly one escaped form.
//  4. A body never holds a stream sequence, so equal inputs give equal bytes
//     whatever road they took. An empty list is an absent one.
//  5. A body of a newer version is ErrNewerVersion, which a reader must not
//     skip; any other body that cannot be decoded may be counted and skipped.
//
// Callers must not assume that events arrive in the order of event time, that
// a metric arrives once, or that an absent value means zero.
//
// The package imports the standard library only.
package streams
