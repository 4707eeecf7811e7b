package plan

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Tags are the values of a group's tags that say what its operator allows, as
// they were found; empty where the group lacks them.
type Tags struct {
	Managed string // of streams.ManagedTag
	Mode    string // of streams.ModeTag
}

// forbid says why a group of that name is not acted on, and what lifts that;
// empty where it may be.
func (t Tags) forbid(name string) string {
	tag, value := streams.ManagedTag, t.Managed
	if t.Managed == "true" {
		if t.Mode == string(streams.DesiredControl) {
			return ""
		}
		tag, value = streams.ModeTag, t.Mode
	}
	found := "is missing"
	if value != "" {
		found = fmt.Sprintf("is %.40q", value)
	}
	return fmt.Sprintf("%s is not attached in mode %s: its tag %s %s; what lifts this is: autoscaler aws attach %s --mode %s",
		name, streams.DesiredControl, tag, found, name, streams.DesiredControl)
}

// Refresh is what is known of the instance refreshes of a group. The zero value
// is of a group in which none is under way.
type Refresh struct {
	// ID and Status are of the one that is under way, in AWS's words.
	ID, Status string
	// Unread is why that is not known; nil where it is.
	Unread *CallError
}

// hold says how a scale-in ends for it: a refresh replaces instances, and keeps
// a share of the desired capacity healthy that a scale-in would lower.
func (r Refresh) hold() (streams.Status, string) {
	switch {
	case r.Unread != nil:
		return r.Unread.status(), "scale-in waits, for nobody knows whether an instance refresh is under way: " + r.Unread.Explain()
	case r.Status != "":
		return streams.Conflict, fmt.Sprintf("scale-in waits for instance refresh %s, which is %s", r.ID, r.Status)
	}
	return "", ""
}
