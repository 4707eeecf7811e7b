package plan

import (
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Limits are the actuator's own configuration: what the timeline may ask of it.
type Limits struct {
	// Mode is the highest mode: observe lets nothing be written, whatever a
	// policy says. Whatever is not DesiredControl is observe.
	Mode streams.Mode
	// Groups are the groups that may be written to, as scope/group or group;
	// all of them where empty.
	Groups []string
	// Ceiling is the largest desired capacity that is ever raised to; 0 is none.
	// A group that is above it may be lowered in any steps.
	Ceiling int
}

// Allow says whether a group may be written to.
func (l Limits) Allow(id streams.GroupID) bool {
	return len(l.Groups) == 0 || slices.Contains(l.Groups, id.Group) || slices.Contains(l.Groups, id.String())
}

// Arrived is an event of the timeline with the actuator's clock at its arrival.
type Arrived struct {
	streams.GroupID
	At    time.Time
	Event streams.Event
}

// Kind gives a kind that no timeline has.
func (Arrived) Kind() streams.Kind { return "arrived" }

// Result is what became of the intent of a round.
type Result struct {
	streams.GroupID
	Round     uint64
	At        time.Time
	Status    streams.Status
	Desired   int // of the group afterwards
	RequestID string
	Error     string
	// Set is what the desired capacity was set to, or may have been; nil where
	// it certainly was not. It is how our own hand is known.
	Set *int
	// Was is what was there just before the call; where there was none, what
	// the decision saw.
	Was int
}

// Kind gives a kind that no timeline has.
func (Result) Kind() streams.Kind { return "result" }

// Sizes are those of a group, in instances or capacity units.
type Sizes struct {
	Desired int `json:"desired"`
	Min     int `json:"min"`
	Max     int `json:"max"`
}

// Description is the group as it was read before a call.
type Description struct {
	Sizes
	Tags Tags
	// Refresh matters to a scale-in only.
	Refresh Refresh
}
