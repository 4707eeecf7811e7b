// Package ingest polls the sources of every group once a round and puts what
// came onto the timeline: the policy where it changed, the metrics, and one
// group event.
//
//	ing, err := ingest.New(ingest.Config{Sources: sources, Groups: groups, Clock: ingest.WallClock{}, Log: log, Registry: registry})
//	runner, err := partition.New(partition.Config{Stage: ing.Stage(), ...}, js, reader)
//	go runner.Run(ctx)
//	err = ing.Run(ctx, runner)
//
// What holds:
//
//  1. Polls never overlap. One that takes longer than a round delays the next,
//     and no poll is made up for.
//  2. What a poll brought of a group is stored as a whole, with its group
//     event, or not at all; long history is stored before it, in parts.
//  3. A call that fails costs its groups what it would have told and nothing
//     else: they still get their group event, which names the call.
//  4. Groups are those of the configuration and, where asked for, all that bear
//     the managed tag. One that three complete listings in a row lack is
//     retired.
//
// Not to be assumed: that a group of the configuration that was never seen at
// AWS is on the timeline.
package ingest
