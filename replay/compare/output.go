package compare

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// outputKey names one output of a stage.
type outputKey struct {
	kind streams.Kind
	id   streams.GroupID
	// policy is that of a shadow's decision.
	policy string
	round  uint64
}

func outputOf(ev streams.Event) outputKey {
	key := outputKey{kind: ev.Kind(), id: ev.ID(), round: streams.RoundOf(ev)}
	if d, ok := ev.(streams.Decision); ok {
		key.policy = d.Policy
	}
	return key
}

func (k outputKey) subject() string {
	if k.policy != "" {
		return fmt.Sprintf("%s %s of %s", k.kind, k.id, k.policy)
	}
	return fmt.Sprintf("%s %s", k.kind, k.id)
}

// output is what was folded, and from which input.
type output struct {
	key      outputKey
	body     []byte
	sequence uint64
	time     time.Time
	short    bool // forecasts and holds live shortly
}

// emit keeps what was folded from an input until its recorded form comes.
func (f *fold) emit(ev streams.Event, m Message) error {
	if ev.Kind() != f.emits {
		return fmt.Errorf("emits a %s, which is not its own", ev.Kind())
	}
	body, err := streams.Encode(ev)
	if err != nil {
		return err
	}
	key := outputOf(ev)
	d, isDecision := ev.(streams.Decision)
	f.pending[key] = append(f.pending[key], output{
		key: key, body: body, sequence: m.Sequence, time: m.Time,
		short: !isDecision || d.Verdict == streams.Hold,
	})
	return nil
}

// take gives the oldest output of a key that is pending.
func (f *fold) take(key outputKey) (output, bool) {
	outs := f.pending[key]
	if len(outs) == 0 {
		return output{}, false
	}
	if len(outs) == 1 {
		delete(f.pending, key)
	} else {
		f.pending[key] = outs[1:]
	}
	return outs[0], true
}

// compare holds a recorded output, or why it cannot be decoded, against the
// folded one.
func (f *fold) compare(addr streams.Address, m Message, ev streams.Event, undecodable error) {
	if undecodable != nil {
		if f.earlier(addr.Partition, m.Sequence) {
			f.report.Before++
			return
		}
		f.report.Compared++
		f.report.differ(Difference{Subject: m.Subject, Sequence: m.Sequence, Cause: undecodable.Error()})
		return
	}
	key := outputOf(ev)
	out, folded := f.take(key)
	if f.earlier(addr.Partition, m.Sequence) || !folded && !f.groups[key.id].judged() {
		f.report.Before++
		return
	}
	f.report.Compared++
	switch {
	case !folded:
		f.report.differ(Difference{m.Subject, m.Sequence, key.round, "recorded, but not folded"})
	case !bytes.Equal(out.body, m.Data):
		f.report.differ(Difference{m.Subject, m.Sequence, key.round, firstDifference(m.Data, out.body)})
	default:
		f.report.Equal++
	}
}

// settle judges what was folded and never came, in the order of the inputs.
// What lives shortly is gone where it was stored at oldest or before.
func (f *fold) settle(oldest time.Time) {
	missing := slices.Concat(slices.Collect(maps.Values(f.pending))...)
	slices.SortFunc(missing, func(a, b output) int {
		return cmp.Or(cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.key.round, b.key.round), cmp.Compare(a.key.policy, b.key.policy))
	})
	for _, out := range missing {
		partition := streams.PartitionOf(out.key.id)
		switch {
		case !f.committed(partition, out.sequence):
			f.report.Unread++
		case out.sequence <= f.newer[partition].Began:
			f.report.Before++
		case out.short && !out.time.After(oldest):
			f.report.Expired++
		default:
			f.report.differ(Difference{Subject: out.key.subject(), Round: out.key.round, Cause: "folded, but not in the recording"})
		}
	}
}
