// Package actuator carries decisions out: it is the only code that changes an
// Auto Scaling group. What may be done is decided in actuator/plan; here are
// the clock, the calls and the goroutines.
//
//	act, err := actuator.New(actuator.Config{
//		Realm: streams.Live, Limits: limits, Clients: clients, Now: now, Log: log, Registry: registry,
//	})
//	runner, err := partition.New(partition.Config{Realm: streams.Live, Stage: act.Stage(), Stored: act.Stored, ...}, js, reader)
//	...
//	go runner.Run(ctx)
//	err = act.Run(ctx, runner)
//
// What holds:
//
//  1. A call that changes a group is made only for an intent that is stored,
//     after the group and its tags were read and the state was asked once more,
//     with nothing but those between the reading and the call.
//  2. Of one group there is one call at a time; of several groups they run
//     side by side.
//  3. After a crash at any point an intent is judged anew, and at most the same
//     absolute capacity is set again.
//  4. In another realm than live, and in mode observe, there is no client
//     that could change anything: New refuses one.
//  5. When its context ends, Run makes no further call. One that is under way
//     is brought to its end within ten seconds, and its outcome is stored if
//     the runner still runs.
//
// Not to be assumed: that an outcome is stored when Run ends (what is missing
// is recovered by the next actuator); that what was set is there, or will be.
package actuator
