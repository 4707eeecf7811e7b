package compare

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// fold is one stage over the groups of a recording.
type fold struct {
	stage  streams.Stage
	reads  map[streams.Kind]bool
	emits  streams.Kind
	groups map[streams.GroupID]*group
	// parts are restored states that no event has asked for yet.
	parts map[streams.GroupID][]markedPart
	// older and newer are, per partition, the checkpoints of the recording
	// that was restored and of this one.
	older, newer [streams.Partitions]checkpoint
	pending      map[outputKey][]output // in the order of their inputs
	report       StageReport
}

// checkpoint is a recorded checkpoint; at is its own sequence, 0 for none.
type checkpoint struct {
	streams.Checkpoint
	at uint64
}

// markedPart is a part of a state, and the fold that it belongs to.
type markedPart struct {
	streams.Part
	mark string
}

// group is the state of one group, or why it is left out.
type group struct {
	state    streams.State
	begun    bool // restored, or past its first group event
	excluded string
}

// judged says whether a recorded output of the group has to follow from the
// fold.
func (g *group) judged() bool { return g != nil && g.begun && g.excluded == "" }

// emitterOf gives the stage that publishes a kind, empty where none does.
func emitterOf(kind streams.Kind) string {
	switch kind {
	case streams.KindForecast:
		return "forecaster"
	case streams.KindDecision:
		return "decider"
	}
	return ""
}

func newFold(s streams.Stage) *fold {
	f := &fold{
		stage: s, reads: map[streams.Kind]bool{}, groups: map[streams.GroupID]*group{},
		parts: map[streams.GroupID][]markedPart{}, pending: map[outputKey][]output{},
		report: StageReport{Stage: s.Name()},
	}
	for _, k := range s.Reads() {
		f.reads[k] = true
	}
	for _, k := range streams.EventKinds {
		if emitterOf(k) == s.Name() {
			f.emits = k
		}
	}
	return f
}

// restore takes a state or a checkpoint of the older recording.
func (f *fold) restore(addr streams.Address, m Message) error {
	if addr.Kind == streams.KindState {
		key := streams.PartKey{Series: addr.Series, Slot: addr.Slot}
		f.parts[addr.GroupID] = append(f.parts[addr.GroupID], markedPart{streams.Part{Key: key, Data: m.Data}, m.Fold})
		return nil
	}
	c, err := streams.DecodeCheckpoint(m.Data)
	if err != nil {
		return err
	}
	if c.Fold != f.stage.Version() {
		return fmt.Errorf("its states are of version %d of the fold, this binary has version %d", c.Fold, f.stage.Version())
	}
	f.older[addr.Partition] = checkpoint{c, m.Sequence}
	return nil
}

// survey takes a checkpoint of the recording.
func (f *fold) survey(addr streams.Address, m Message) error {
	c, err := streams.DecodeCheckpoint(m.Data)
	if err != nil {
		return err
	}
	if c.Fold != f.stage.Version() {
		return fmt.Errorf("recorded with version %d of the fold, this binary has version %d", c.Fold, f.stage.Version())
	}
	old := f.older[addr.Partition]
	if old.at > 0 && (!old.Created.Equal(c.Created) || old.FoldMark() != c.FoldMark() || old.Seq > c.Seq) {
		return fmt.Errorf("partition %d does not go on from the older recording, which stands at sequence %d of fold %s of the stream made at %v",
			addr.Partition, old.Seq, old.FoldMark(), old.Created)
	}
	f.newer[addr.Partition] = checkpoint{c, m.Sequence}
	return nil
}

// skips says whether an input is in the restored states already.
func (f *fold) skips(partition int, sequence uint64) bool { return sequence <= f.older[partition].Seq }

// earlier says whether a recorded output is from before what this fold
// publishes: before the restored states, or of a fold that came before.
func (f *fold) earlier(partition int, sequence uint64) bool {
	return sequence <= max(f.older[partition].at, f.newer[partition].Began)
}

// committed says whether the stage had folded an input when the recording was
// made.
func (f *fold) committed(partition int, sequence uint64) bool {
	return sequence <= f.newer[partition].Seq
}

// input gives the state that an event is to be folded into. A group whose first
// rounds are gone is left out: its fold cannot be begun.
func (f *fold) input(ev streams.Event) *group {
	g := f.group(ev.ID())
	if round, ok := ev.(streams.Group); ok && !g.begun {
		g.begun = true
		if round.Round != 1 {
			f.exclude(g, fmt.Sprintf("%s: its first recorded round is %d; restore the states of an older recording", ev.ID(), round.Round))
		}
	}
	return g
}

// group gives a group as it is, else with its restored state, else a new one.
func (f *fold) group(id streams.GroupID) *group {
	if g, ok := f.groups[id]; ok {
		return g
	}
	g := &group{}
	f.groups[id] = g
	parts := f.restored(id)
	if len(parts) == 0 {
		g.state = f.stage.New(id)
		return g
	}
	g.begun = true
	var err error
	if g.state, err = f.stage.Load(id, parts); err != nil {
		f.exclude(g, fmt.Sprintf("%s: its restored state: %v", id, err))
	}
	return g
}

// restored gives the parts of a group's state, without those that an earlier
// fold left behind, in the order in which a runner loads them.
func (f *fold) restored(id streams.GroupID) []streams.Part {
	var parts []streams.Part
	old := f.older[streams.PartitionOf(id)]
	for _, p := range f.parts[id] {
		if old.at > 0 && p.mark == old.FoldMark() {
			parts = append(parts, p.Part)
		}
	}
	slices.SortFunc(parts, func(a, b streams.Part) int {
		return cmp.Or(cmp.Compare(a.Key.Series, b.Key.Series), cmp.Compare(a.Key.Slot, b.Key.Slot))
	})
	return parts
}

// exclude leaves a group out from here on. What was folded before is compared
// all the same.
func (f *fold) exclude(g *group, why string) {
	if g.excluded == "" {
		g.excluded = why
		f.report.Excluded = append(f.report.Excluded, why)
	}
}
