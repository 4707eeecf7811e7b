package streams

import "time"

// Status says what became of a decision.
type Status string

// The statuses of an outcome.
const (
	Applied    Status = "applied"    // the group's desired capacity was set
	Unchanged  Status = "unchanged"  // the group stood there already
	Superseded Status = "superseded" // a newer decision came first
	Expired    Status = "expired"    // it came too late to be acted on
	Refused    Status = "refused"    // the actuator's own limits forbid it
	Conflict   Status = "conflict"   // the group was not as the decision saw it
	DryRun     Status = "dry_run"    // the group is only observed
	Failed     Status = "failed"     // AWS did not do it
)

// Valid says whether s is one of the statuses above.
func (s Status) Valid() bool {
	switch s {
	case Applied, Unchanged, Superseded, Expired, Refused, Conflict, DryRun, Failed:
		return true
	}
	return false
}

// Outcome is what became of a decision that was not a hold.
type Outcome struct {
	GroupID
	Round  uint64    `json:"round"` // of the decision
	At     time.Time `json:"at"`
	Status Status    `json:"status"`
	// Desired is the group's desired capacity afterwards, in instances or
	// capacity units.
	Desired   int    `json:"desired"`
	RequestID string `json:"request_id,omitempty"`
	Error     string `json:"error,omitempty"`
}

// Kind gives KindOutcome.
func (Outcome) Kind() Kind { return KindOutcome }

func (o Outcome) check(c *checker) {
	o.GroupID.check(c)
	c.round(o.Round)
	c.instant("at", o.At)
	if !o.Status.Valid() {
		c.failf("status", "unknown status %q", string(o.Status))
	}
	c.count("desired", o.Desired, 0)
	c.text("error", o.Error)
	c.text("request_id", o.RequestID)
}
