// Package topology is the stream behind a timeline, as values: its subjects,
// limits and flags, how a message of each kind is to be stored, and how several
// messages are stored as one.
//
//	stream, err := topology.Ensure(ctx, js, topology.Options{Realm: streams.Live, Log: log})
//	...
//	msg, err := topology.Message(streams.Live, event)
//	last, err := topology.PublishBatch(ctx, js, []*nats.Msg{msg})
//
// What holds:
//
//  1. After Ensure the stream of the realm stands with everything that the
//     other packages rely on, on a server that can do what they ask of it. A
//     stream or server that differs is a *MismatchError that names the field,
//     what was found and what was wanted; nothing is changed then.
//  2. Ensure is idempotent, and any number of processes may call it at once.
//  3. The stream binds event kinds, states and checkpoints, and no other
//     subject below the realm: a request for a prediction reaches its responder.
//  4. Nothing stored is thrown away for room. A full stream refuses new
//     messages instead.
//  5. PublishBatch stores all messages, next to each other in their order, or
//     none.
//
// Not to be assumed: that an error of PublishBatch other than a
// *jetstream.APIError means that nothing was stored, since the answer may have
// been lost; that a time to live makes an event outlast the stream's MaxAge,
// which only states, checkpoints and controls do; that reads by direct get are
// on: they are stale on a replicated stream right after a write, so the stream
// does not allow them.
package topology
