// Package window decides which windows of which metrics are due, and folds
// what came of them into metric and group events. It is the whole of ingest's
// fold, and pure: no clock, no file, no network, no randomness.
//
//	state := window.Stage{}.New(id).(*window.State)
//	events := state.Step(window.Configured{GroupID: id, At: now, Policy: policy, Backfill: 14 * 24 * time.Hour})
//	for _, q := range state.Due(now) {
//		for _, part := range (window.Answered{GroupID: id, Now: now, Query: q, Answer: ask(q)}).Parts(400) {
//			events = append(events, state.Step(part)...)
//		}
//	}
//	events = append(events, state.Step(window.Polled{GroupID: id, Now: now, Described: described})...)
//
// What holds:
//
//  1. A series is backfilled once, from the first bin that has a value, before
//     its first live bin, in event-time order and settled.
//  2. A bin is published when it is due and has a value, again with the next
//     revision when the value changed, and as a gap when it settled without
//     one. The same answer twice publishes nothing the second time.
//  3. An answer that is not complete publishes its values, and settles nothing;
//     of a series whose history was not read yet it publishes nothing.
//  4. Every Polled of a group that is not retired is one group event, whose
//     round is one more than that of the last and whose now never goes back.
//  5. A state that was stored and loaded emits byte for byte what it would
//     have emitted otherwise.
//  6. Whatever comes, every event that follows is fit for a timeline.
//
// What not to assume:
//
//   - Bins of one answer come by rising end, but a bin that was late comes after
//     younger ones, and its gap does.
//   - A bin may be restated after it settled, as long as it is among the last 15
//     that settled; a gap, among the last 120.
//   - A group is retired after three complete listings without it, and any
//     Configured puts it back: fold one then only when it is listed again.
//   - A CPU bin whose samples change fourfold waits until a probe told whether
//     the group changed or its monitoring. Where Probing became true by an
//     answer, asking what is Due a second time in the same round spares it a
//     round.
//   - One part of an answer yields at most as many metrics as it has bins; a
//     whole answer may yield weeks of them.
package window
