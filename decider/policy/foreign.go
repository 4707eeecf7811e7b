package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// foreign is a change of the group that somebody else made.
type foreign struct {
	At     time.Time `json:"at"`
	Change string    `json:"change"`
}

// foreignChange says what changed against the last description that is not
// our doing, or nothing.
func (m memory) foreignChange(d description) string {
	if m.Seen == nil {
		return ""
	}
	var changes []string
	differ := func(name string, before, after int) {
		if before != after {
			changes = append(changes, fmt.Sprintf("%s from %d to %d", name, before, after))
		}
	}
	if !m.Asks.ours(d.Desired, m.Now) {
		differ("desired", m.Seen.Desired, d.Desired)
	}
	differ("min", m.Seen.Min, d.Min)
	differ("max", m.Seen.Max, d.Max)
	if !slices.Equal(m.Seen.Suspended, d.Suspended) {
		changes = append(changes, fmt.Sprintf("suspended processes from %q to %q", m.Seen.Suspended, d.Suspended))
	}
	return strings.Join(changes, ", ")
}

// foreignHands holds scale-in for a while after somebody else changed the
// group: what they were after is not known.
func (h *hearing) foreignHands(n int) (int, string) {
	if h.Foreign == nil {
		return n, "nobody else changed the group"
	}
	until := h.Foreign.At.Add(h.policy.Scaling.ForeignHold.Std())
	change := fmt.Sprintf("somebody else changed %s at %s", h.Foreign.Change, clock(h.Foreign.At))
	switch {
	case !h.round.Now.Before(until):
		return n, change + ", long enough ago"
	case n < h.current:
		return h.current, change + ": no scale-in until " + clock(until)
	}
	return n, change + "; only scale-in would wait, until " + clock(until)
}
