package compare

import (
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// fold is one stage over the groups of a recording.
type fold struct {
	stage  streams.Stage
	reads  map[streams.Kind]bool
	emits  map[streams.Kind]bool
	groups map[streams.GroupID]*group
	// parts are restored states that no event has asked for yet.
	parts map[streams.GroupID][]streams.Part
	// from and written are, per partition, where the older recording's
	// checkpoint stood, and the sequence of that checkpoint itself.
	from, written [streams.Partitions]uint64
	// committed is, per partition, how far this recording's checkpoint came.
	committed [streams.Partitions]uint64
	pending   map[outputKey]output
	report    StageReport
}

// group is the state of one group, or why it has none.
type group struct {
	state    streams.State
	excluded string
}

// outputKey names one output of a stage.
type outputKey struct {
	kind  streams.Kind
	id    streams.GroupID
	round uint64
}

func (k outputKey) subject() string { return fmt.Sprintf("%s %s", k.kind, k.id) }

func outputOf(ev streams.Event) outputKey {
	return outputKey{ev.Kind(), ev.ID(), streams.RoundOf(ev)}
}

// output is what was folded, and from which input.
type output struct {
	body     []byte
	sequence uint64
	time     time.Time
}

func newFold(s streams.Stage) *fold {
	f := &fold{
		stage: s, reads: map[streams.Kind]bool{}, emits: map[streams.Kind]bool{},
		groups: map[streams.GroupID]*group{}, parts: map[streams.GroupID][]streams.Part{},
		pending: map[outputKey]output{}, report: StageReport{Stage: s.Name()},
	}
	for _, k := range s.Reads() {
		f.reads[k] = true
	}
	return f
}

func (f *fold) restore(addr streams.Address, m Message) error {
	switch addr.Kind {
	case streams.KindState:
		key := streams.PartKey{Series: addr.Series, Slot: addr.Slot}
		f.parts[addr.GroupID] = append(f.parts[addr.GroupID], streams.Part{Key: key, Data: m.Data})
	case streams.KindCheckpoint:
		c, err := streams.DecodeCheckpoint(m.Data)
		if err != nil {
			return err
		}
		if c.Fold != f.stage.Version() {
			return fmt.Errorf("its states are of version %d of the fold, this binary has version %d", c.Fold, f.stage.Version())
		}
		f.from[addr.Partition], f.written[addr.Partition] = c.Seq, m.Sequence
	}
	return nil
}

// group gives the state of the event's group: the restored one, or a new one
// where the event is from the group's beginning.
func (f *fold) group(ev streams.Event) *group {
	id := ev.ID()
	if g, ok := f.groups[id]; ok {
		f.checkBeginning(g, ev)
		return g
	}
	g := &group{}
	f.groups[id] = g
	parts, ok := f.parts[id]
	if !ok {
		g.state = f.stage.New(id)
		f.checkBeginning(g, ev)
		return g
	}
	var err error
	if g.state, err = f.stage.Load(id, parts); err != nil {
		f.exclude(id, fmt.Sprintf("%s: its restored state: %v", id, err))
	}
	return g
}

// checkBeginning leaves a group out whose first rounds are gone: its fold
// cannot be begun.
func (f *fold) checkBeginning(g *group, ev streams.Event) {
	round, isGroup := ev.(streams.Group)
	if !isGroup || g.excluded != "" || f.begun(ev.ID()) {
		return
	}
	if round.Round != 1 {
		f.exclude(ev.ID(), fmt.Sprintf("%s: its first recorded round is %d; restore the states of an older recording", ev.ID(), round.Round))
		return
	}
	f.parts[ev.ID()] = nil // begun
}

// begun says whether a group has folded its first round, or was restored.
func (f *fold) begun(id streams.GroupID) bool {
	_, ok := f.parts[id]
	return ok
}

func (f *fold) exclude(id streams.GroupID, why string) {
	g, ok := f.groups[id]
	if !ok {
		g = &group{}
		f.groups[id] = g
	}
	if g.excluded == "" {
		g.excluded = why
		f.report.Excluded = append(f.report.Excluded, why)
	}
	for key := range f.pending {
		if key.id == id {
			delete(f.pending, key)
		}
	}
}
