package awssim

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// FaultKind says what goes wrong.
type FaultKind string

// The faults. Where Group is not set a fault is every group's.
const (
	// Silent keeps datapoints back: those whose period ends, or that would
	// appear, within the window appear at its end.
	Silent FaultKind = "silent"
	// Restated shows Sum and SampleCount of periods that end within the window
	// times Factor until After past their end, as where samples come late; and
	// so the values of expressions.
	Restated FaultKind = "restated"
	// Unreadable answers the StatusCode InternalError for the group's metrics,
	// and no value.
	Unreadable FaultKind = "unreadable"
	// Partial answers the older half of every result as PartialData, and no
	// token to go on with.
	Partial FaultKind = "partial"
	// PageMissing fails every page after the first with an internal error.
	PageMissing FaultKind = "page missing"
	// Throttled answers Throttling, Rate exceeded.
	Throttled FaultKind = "throttled"
	// Expired answers ExpiredToken with status 403.
	Expired FaultKind = "expired"
	// Denied answers AccessDenied with status 403, naming the IAM action.
	Denied FaultKind = "denied"
	// Internal answers InternalFailure with status 500.
	Internal FaultKind = "internal"
	// Hang does nothing and answers nothing until the client gives up.
	Hang FaultKind = "hang"
	// Lost does what it was asked for and cuts the connection instead of
	// answering.
	Lost FaultKind = "lost"
	// InProgress answers SetDesiredCapacity with ScalingActivityInProgress.
	InProgress FaultKind = "in progress"
	// Contention answers SetDesiredCapacity with ResourceContention, status 500.
	Contention FaultKind = "contention"
	// Deleted takes the group away: no call finds it, and it has no datapoint
	// whose period ends within the window.
	Deleted FaultKind = "deleted"
	// Suspended suspends the Processes of the group; both Launch and Terminate
	// where none is named.
	Suspended FaultKind = "suspended"
	// StockOut fails every launch with InsufficientInstanceCapacity. The call
	// that asked for it succeeds.
	StockOut FaultKind = "stock-out"
)

// Fault is something that goes wrong for a while.
type Fault struct {
	Kind FaultKind
	// From and Until are instants of the server's clock; a zero Until is never.
	From, Until time.Time
	// Group is the only group that has it; every one where empty. A call that
	// names no group is hit by faults of every group only.
	Group string
	// Operations are the calls that fail, such as SetDesiredCapacity; every
	// one where empty. For Throttled, Expired, Denied, Internal, Hang, Lost and
	// PageMissing.
	Operations []string
	// Factor and After are those of Restated.
	Factor float64
	After  time.Duration
	// Processes are those of Suspended.
	Processes []string
}

// covers says whether an instant lies within the window.
func (f Fault) covers(at time.Time) bool {
	return !at.Before(f.From) && (f.Until.IsZero() || at.Before(f.Until))
}

// hits says whether the fault is one of a kind and of a group.
func (f Fault) hits(kind FaultKind, group string) bool {
	return f.Kind == kind && (f.Group == "" || f.Group == group)
}

// faults are in the order of their beginning.
type faults []Fault

func (fs faults) add(f Fault) faults {
	at, _ := slices.BinarySearchFunc(fs, f, func(a, b Fault) int {
		if a.From.After(b.From) {
			return 1
		}
		return -1
	})
	return slices.Insert(fs, at, f)
}

// active says whether a group has a fault at an instant.
func (fs faults) active(kind FaultKind, group string, at time.Time) bool {
	return slices.ContainsFunc(fs, func(f Fault) bool { return f.hits(kind, group) && f.covers(at) })
}

// strikes says whether a call meets a fault.
func (fs faults) strikes(kind FaultKind, c Call) bool {
	return slices.ContainsFunc(fs, func(f Fault) bool {
		return f.hits(kind, c.Group) && f.covers(c.At) && (len(f.Operations) == 0 || slices.Contains(f.Operations, c.Operation))
	})
}

// suspended gives the processes of a group that faults suspend, and since when.
func (fs faults) suspended(group string, at time.Time) map[string]time.Time {
	var since map[string]time.Time
	for _, f := range fs {
		if !f.hits(Suspended, group) || !f.covers(at) {
			continue
		}
		names := f.Processes
		if len(names) == 0 {
			names = []string{"Launch", "Terminate"}
		}
		for _, name := range names {
			if since == nil {
				since = map[string]time.Time{}
			}
			if _, ok := since[name]; !ok {
				since[name] = f.From
			}
		}
	}
	return since
}

// Inject lets something go wrong. It panics at a kind that there is not, and
// at a window that ends before it begins.
func (s *Server) Inject(f Fault) {
	switch f.Kind {
	case Silent, Restated, Unreadable, Partial, PageMissing, Throttled, Expired, Denied, Internal, Hang, Lost,
		InProgress, Contention, Deleted, Suspended, StockOut:
	default:
		panic(fmt.Sprintf("awssim: fault %q", f.Kind))
	}
	if !f.Until.IsZero() && f.Until.Before(f.From) {
		panic(fmt.Sprintf("awssim: fault %s from %v until %v", f.Kind, f.From, f.Until))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = s.faults.add(f)
}

// refuse gives the error of a call that faults or the rate allow no more.
func (s *Server) refuse(c Call) *refusal {
	switch {
	case s.faults.strikes(Expired, c):
		return expiredToken()
	case s.faults.strikes(Denied, c), !c.who.may(c.service + ":" + c.Operation):
		return s.denied(c)
	case s.faults.strikes(Throttled, c), c.service == autoScaling && !s.bucket.take(c.At):
		return throttled()
	case s.faults.strikes(Internal, c), c.later && s.faults.strikes(PageMissing, c):
		return internalFailure()
	case c.Operation == "SetDesiredCapacity" && s.faults.strikes(Contention, c):
		return contention()
	}
	return nil
}

func (s *Server) denied(c Call) *refusal {
	action := c.service + ":" + c.Operation
	resource := ""
	if g, ok := s.groups[c.Group]; ok {
		resource = " on resource: " + s.arn(g)
	}
	return &refusal{
		status: http.StatusForbidden, code: "AccessDenied", shape: "AccessDeniedException",
		message: fmt.Sprintf("User: %s is not authorized to perform: %s%s because no identity-based policy allows the %s action",
			c.Caller, action, resource, action),
	}
}
