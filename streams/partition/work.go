package partition

import (
	"github.com/nats-io/nats.go"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// partsPerStep is how many parts of its state a step is taken to change. Where
// that is too few a commit may get too large, and is cut smaller.
const partsPerStep = 3

// work is what was stepped and not committed yet.
type work struct {
	events   []*nats.Msg
	parts    []*nats.Msg    // one a subject, in the order of their first change
	byName   map[string]int // where the part of a subject is
	bytes    int
	advanced [streams.Partitions]bool
	inputs   int // events read, those that could not be decoded included

	stale      []streams.GroupID // stepped, and not asked what changed
	staleSteps int
	touched    []streams.GroupID // stepped at all; some more than once
}

func (w *work) add(msg *nats.Msg) {
	w.events = append(w.events, msg)
	w.bytes += len(msg.Data)
}

func (w *work) stepped(id streams.GroupID, b *book, it item) {
	if b.steps == 0 {
		w.stale = append(w.stale, id)
		w.touched = append(w.touched, id)
	}
	b.steps++
	w.staleSteps++
	w.inputs++
	w.advanced[it.partition] = true
}

func (w *work) replace(msg *nats.Msg) {
	w.bytes += len(msg.Data)
	if i, ok := w.byName[msg.Subject]; ok {
		w.bytes -= len(w.parts[i].Data)
		w.parts[i] = msg
		return
	}
	w.byName[msg.Subject] = len(w.parts)
	w.parts = append(w.parts, msg)
}

// exact is how many messages a commit would hold, were every state asked.
func (w *work) exact() int { return len(w.events) + len(w.parts) + streams.Partitions }

// guess is how many messages a commit would hold.
func (w *work) guess() int {
	return w.exact() + partsPerStep*w.staleSteps
}

func (w *work) reset() {
	clear(w.byName)
	*w = work{events: w.events[:0], parts: w.parts[:0], byName: w.byName, stale: w.stale[:0], touched: w.touched[:0]}
}
