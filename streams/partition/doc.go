// Package partition runs a stage over the timeline of a realm: it reads the
// events in their order, steps the stage's fold, and stores what follows. It is
// the only code that moves messages for stages.
//
//	runner, err := partition.New(partition.Config{
//		Realm: streams.Live, Stage: fold.Stage{}, Owner: hostname, Log: log, Registry: registry,
//	}, js, readerJS)
//	...
//	err = runner.Run(ctx)
//
// What holds, for one stage in one realm:
//
//  1. A commit is one atomic batch: the events that steps returned, in step
//     order, then the newest of every part of a state that changed, then the
//     checkpoint of every partition that advanced. Either all of it is stored
//     or none of it. One commit is in flight at a time.
//  2. Every event of the kinds that the stage reads is folded into the stored
//     states once, in stream order, and its outputs are stored once, through
//     crashes, lost answers and restarts at any point.
//  3. Of several runners of a stage the youngest goes on. What an older one
//     still tries to store is refused, and its Run ends with a *FencedError
//     that names the younger one.
//  4. An event that cannot be decoded is logged with its sequence, counted and
//     skipped. An event of a newer version ends Run with
//     streams.ErrNewerVersion once everything before it is committed.
//  5. A fold whose past cannot be trusted (no checkpoint, another version of
//     the fold, another or a shortened stream, a checkpoint older than events
//     live) starts over at the first event there is. It publishes nothing up
//     to the round of the last event that the stage had published of a group.
//  6. When the stream refuses to store, nothing is lost and nothing skipped:
//     Run says so, is not ready, and goes on when there is room.
//  7. When its context ends, Run commits what it has stepped and returns nil.
//  8. Every goroutine that Run starts has ended when it returns.
//  9. A stage that needs more than its events gets it before it is stepped or
//     loaded. While it is not to be had, Run commits what came before, steps
//     nothing, is not ready and says what it waits for; it still ends with its
//     context.
//  10. What follows from injected inputs is committed as the rest is, and stored
//     when Inject returns without an error. Stored is called after the commit.
//
// Not to be assumed: that the cuts between commits are the same in two runs,
// so nothing about them may enter a body; that a state seen through View is
// stored already; that a runner which lost its partitions notices before its
// next commit.
package partition
