package sim

import "github.com/ml-autoscaling/autoscaler/streams"

// Player is one group that is played: it stands for ingest before a decision,
// and for the actuator after it.
type Player interface {
	// ID is the group's identity.
	ID() streams.GroupID
	// Begin gives what comes before the first round: the policy and the
	// history. It is called once.
	Begin() []streams.Event
	// Next says whether there is a round left.
	Next() bool
	// Round moves on to the next round and gives its events: the metrics that
	// came and, last, one group event.
	Round() []streams.Event
	// Act does what the round's decision asks for, and gives the outcome of
	// one that is not a hold.
	Act(streams.Decision) (streams.Outcome, bool)
	// End serves what is left after the last round.
	End()
}
