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
//  3. An answer that is not complete publishes its values, and settles nothing
//     but what 120 younger bins have overtaken, as a gap where it has not come;
//     of a series whose history was not read yet it publishes nothing.
//  4. Every Polled of a group that is not retired is one group event, whose
//     round is one more than that of the last and whose now never goes back.
//  5. A state that was stored and loaded emits byte for byte what it would
//     have emitted otherwise.
//  6. Whatever comes, every event that follows is fit for a timeline.
//  7. A CPU bin whose samples are of less than nine tenths of the instances
//     that were in service from before it began until it came is told as the
//     mean utilization times those instances. So neither a group of which some
//     instances have detailed monitoring and some have not, nor samples that
//     are missing, read as a load far too low.
//  8. Another Auto Scaling group under the same series neither restates nor
//     fills a bin that had ended when it took over. Only what is not of the
//     group goes on: an expression, and requests, of which bins that have not
//     come yet come without instances where these are asked for.
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
//     the group changed or its monitoring; so does one whose samples are of half
//     of the instances described or fewer, or of twice as many or more, but none
//     of these within an hour of the last. It waits no longer than until it
//     settles, once probes are answered. Where Probing became true by an answer,
//     asking what is Due a second time in the same round spares it a round.
//   - What 7 says needs descriptions: a bin of the history, one that began before
//     the first of the group or came after they were forgotten, and one that
//     ended more than a round after the last are told as sum and samples have
//     it. Nor does it correct a load that is too high: in a group of both kinds
//     that passes for basic it reads up to twice what it is; and one that is too
//     low by a tenth at most stays. The mean is that of the samples, to which
//     an instance with detailed monitoring contributes five times as many as one
//     without.
//   - At bins of a minute, instances without detailed monitoring alone leave
//     four bins of five without a value: these are gaps.
//   - Where 120 younger bins overtake more bins at once than the part of an
//     answer has bins without a value of their own, as after a leap of the
//     clock, the younger of those are passed over without an event. So are bins
//     that CloudWatch has no longer.
//   - A backfill that reaches further back than CloudWatch keeps bins of the
//     period (15 days at a minute, 63 at five, 455 at an hour, 3 hours below a
//     minute) begins where those begin, and nothing tells of it.
//   - One part of an answer yields at most as many metrics as it has bins; a
//     whole answer may yield weeks of them.
package window
