package streams

// Stage is one fold over the timeline: what it reads, and how the state of a
// group begins or comes back. It is the whole of what a runner, an in-memory
// loop and a verification need to know.
type Stage interface {
	// Name is the stage's token in subjects: forecaster, decider.
	Name() string
	// Version is the version of the fold. A state of another version is not
	// loaded; the fold starts over.
	Version() int
	// Reads lists the kinds of event that the fold takes.
	Reads() []Kind
	// New begins the state of a group.
	New(GroupID) State
	// Load brings a state back from all its parts, equal in everything that it
	// will ever emit to the one that they were taken from.
	Load(GroupID, []Part) (State, error)
}

// State is the fold of one group's events in one stage. It is not safe for
// concurrent use.
type State interface {
	// Step folds one event in and returns the events that follow from it, in
	// the order in which they are to be published. It reads no clock and no
	// randomness: the same events give the same bytes. It keeps no reference
	// to what it returned.
	Step(Event) []Event
	// Changed returns the parts that differ since it was last called.
	Changed() []Part
}

// PartKey names a part of a state: of the group (no series), of a series, or
// one slot of a series.
type PartKey struct {
	Series string
	Slot   int // NoSlot where the part has none; only a series has slots
}

// Part is one separately stored piece of a state.
type Part struct {
	Key  PartKey
	Data []byte
}
