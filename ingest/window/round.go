package window

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// describeGroups is the operation that lists groups.
	describeGroups = "DescribeAutoScalingGroups"
	// mostMissed is how many complete listings in a row without the group
	// retire it.
	mostMissed = 3
	// mostListed and mostText bound what a group event repeats of what AWS
	// said: names or errors, and bytes.
	mostListed, mostText = 32, 1024
	// longestBoot is the longest boot that is told.
	longestBoot = 366 * 24 * time.Hour
)

// polled ends a round, and retires a group that is gone.
func (s *State) polled(e Polled) []streams.Event {
	now, ok := s.clock(e.Now)
	if !ok || s.head.Retired {
		return nil
	}
	s.head.Round++
	g := streams.Group{GroupID: s.id, Round: s.head.Round, Now: now, Series: s.head.Came}
	s.head.Came = nil
	if delay, ok := s.MetricDelay(); ok {
		d := streams.Duration(delay)
		g.MetricDelay = &d
	}
	fault := s.describe(e, now, &g)
	g.Errors = callErrors(fault, e.Errors)
	s.head.Polled = now
	events := []streams.Event{g}
	if s.gone(e) {
		events = append(events, streams.Control{GroupID: s.id, Name: streams.ControlPolicy, At: now})
	}
	return events
}

// describe puts the group as it was described into its event, or says why it
// cannot; empty where the listing itself says that.
func (s *State) describe(e Polled, now time.Time, g *streams.Group) (fault string) {
	d := e.Described
	if d == nil {
		return absence(e)
	}
	g.Boots = s.boots(d.Instances, now)
	s.muster(d, now)
	g.Suspended = names(d.Suspended)
	if d.Desired < 0 || d.Min < 0 || d.Max < d.Min {
		return fmt.Sprintf("the group has desired %d, min %d and max %d", d.Desired, d.Min, d.Max)
	}
	g.Capacity = capacityOf(d)
	return ""
}

// absence says why a group was not described; empty where the listing itself
// says that.
func absence(e Polled) string {
	switch {
	case !e.Listed:
		return ""
	case e.Unnamed:
		return "the group is gone or detached: it neither bears the tag " + streams.ManagedTag + "=true nor has a section in the configuration"
	}
	return "the group is not there"
}

// gone counts the complete listings without the group, and retires it.
func (s *State) gone(e Polled) bool {
	switch {
	case e.Described != nil:
		s.head.Missed = 0
	case e.Listed:
		s.head.Missed++
	}
	if s.head.Missed < mostMissed {
		return false
	}
	s.head.Retired, s.head.Missed = true, 0
	s.head.Booting, s.head.Crews, s.head.Described = nil, nil, time.Time{}
	return true
}

// capacityOf counts a group's instances in capacity units. One that is in
// Standby or detached counts nowhere.
func capacityOf(d *Description) *streams.Capacity {
	c := &streams.Capacity{Desired: d.Desired, Min: d.Min, Max: d.Max}
	for _, i := range d.Instances {
		weight := min(max(1, i.Weight), mostInstances)
		switch {
		case i.Lifecycle == "InService":
			c.InService += weight
		case pending(i):
			c.Pending += weight
		case strings.HasPrefix(i.Lifecycle, "Terminating"), i.Lifecycle == "Detaching":
			c.Terminating += weight
		}
	}
	return c
}

// pending says whether an instance is on its way into service.
func pending(i Instance) bool { return strings.HasPrefix(i.Lifecycle, "Pending") }

// boots gives how long the instances took that came into service since the
// round before, in the order in which they are described, and remembers those
// that are on their way.
func (s *State) boots(instances []Instance, now time.Time) []streams.Duration {
	var boots []streams.Duration
	booting := map[string]time.Time{}
	told := map[string]bool{}
	for _, i := range instances {
		id := strings.ToValidUTF8(i.ID, "\uFFFD")
		since, known := s.head.Booting[id]
		switch {
		case pending(i) && known:
			booting[id] = since
		case pending(i):
			booting[id] = s.head.Described
		case known && !since.IsZero() && i.Lifecycle == "InService" && !told[id]:
			told[id] = true
			if took := now.Sub(since); took <= longestBoot {
				boots = append(boots, streams.Duration(took))
			}
		}
	}
	s.head.Booting, s.head.Described = booting, now
	return boots
}

// names gives AWS's names sorted, each once, and not too many.
func names(of []string) []string {
	if len(of) == 0 {
		return nil
	}
	own := make([]string, len(of))
	for i, name := range of {
		own[i] = cut(name, mostText)
	}
	slices.Sort(own)
	own = slices.Compact(own)
	return own[:min(len(own), mostListed)]
}

// callErrors gives the errors of a round, ours first.
func callErrors(fault string, of []streams.CallError) []streams.CallError {
	var own []streams.CallError
	if fault != "" {
		own = append(own, streams.CallError{Operation: describeGroups, Message: fault})
	}
	for _, e := range of[:min(len(of), mostListed-len(own))] {
		operation := cut(e.Operation, mostText/2)
		own = append(own, streams.CallError{Operation: operation, Message: cut(e.Message, mostText-len(operation))})
	}
	return own
}

// cut gives the beginning of a text, whole characters of it.
func cut(text string, most int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
