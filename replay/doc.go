// Package replay feeds a timeline and answers its decisions: it stands in for
// ingest and the actuator in a replay realm.
//
//	driver := replay.Driver{Realm: "trial", Publisher: js, Reader: other, Timeout: time.Minute, Log: log}
//	err := driver.Run(ctx, players)
//
// What a Driver guarantees:
//
//  1. Lockstep: the clock of a group moves on only when the decision of its
//     round is stored, so the same players and stages give the same bytes.
//  2. Every round of all groups goes out together, in atomic batches.
//  3. A round that is not decided within Timeout fails the run, and the error
//     names the groups.
//  4. It refuses a realm that holds a timeline already: ErrNotEmpty.
//
// What callers must not assume: that a run which failed can be taken up again;
// play it anew into another realm. Nor that realm live is refused: only the
// caller knows whether the server is his own.
package replay
