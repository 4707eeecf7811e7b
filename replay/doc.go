// Package replay drives timelines. A Driver feeds players to the stages of a
// replay realm and answers their decisions: it stands in for ingest and the
// actuator. A Lockstep moves a Clock for a whole pipeline, ingest and actuator
// included, in front of a simulated world.
//
//	driver := replay.Driver{Realm: "trial", Publisher: js, Reader: other, Timeout: time.Minute, Log: log}
//	err := driver.Run(ctx, players)
//
//	clock := replay.NewClock(from)
//	lockstep := replay.Lockstep{Realm: "live", Reader: js, Groups: ids, Round: time.Minute, Timeout: time.Minute,
//		Step: func(now time.Time) { world.Advance(now); clock.Set(now) }}
//	err := lockstep.Run(ctx, from, until)
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
// What a Lockstep guarantees:
//
//  1. Step is called only when every one of Groups has the last event of its
//     round on the timeline: the outcome of its decision, or the decision where
//     that is a hold. So the same world and pipeline give the same bytes.
//  2. A decision or an outcome that nobody waits for, of a group that is not
//     one of Groups or whose round is over, fails the run: one such event shows
//     that the pipeline does more than was waited for.
//  3. A group whose round does not end within Timeout fails the run, and the
//     error names it. A group that has no rounds, or none any more because it
//     was retired, is such a group.
//
// What a Clock guarantees: it stands still until it is set, and every Wait for
// an instant that it then shows returns.
//
// What callers must not assume: that a run which failed can be taken up again;
// play it anew into another realm. That a Lockstep joins a timeline that has
// begun: it reads from the beginning, where the events of earlier rounds are
// ones that nobody waits for. That a Clock only goes forward, or that who waits
// on it sees every instant that it showed. Nor that realm live is refused: only
// the caller knows whether the server is his own.
package replay
