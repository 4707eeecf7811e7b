// Package replay feeds a timeline and answers its decisions: it stands in for
// ingest and the actuator in a replay realm.
//
//	driver := replay.Driver{Realm: "trial", Publisher: js, Reader: other, Log: log}
//	err := driver.Run(ctx, players)
//
// What a Driver guarantees:
//
//  1. Lockstep: the clock of a group moves on only when the decision of its
//     round is stored, so the same players and stages give the same bytes.
//  2. Every round of all groups goes out together, in atomic batches.
//  3. A round that is not decided within Timeout fails the run, and the error
//     names the groups.
//  4. It never feeds realm live of a server that it was given, nor a realm that
//     holds a timeline already.
//
// What callers must not assume: that a run which failed can be taken up again.
// Play it anew into another realm.
package replay
