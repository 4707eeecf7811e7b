package awssim

import (
	"fmt"
	"net/url"
	"slices"
	"time"
)

// processes are those that a group has, in AWS's names.
//
//nolint:gochecknoglobals // a table that nothing writes
var processes = []string{
	"AZRebalance", "AddToLoadBalancer", "AlarmNotification", "HealthCheck", "InstanceRefresh",
	"Launch", "ReplaceUnhealthy", "ScheduledActions", "Terminate",
}

func (s *Server) suspendProcesses(c *Call, form url.Values) (*document, *refusal) {
	g, names, r := s.processesOf(c, form)
	if r != nil {
		return nil, r
	}
	for _, name := range names {
		if _, already := g.suspended[name]; !already {
			g.suspended[name] = c.At
		}
	}
	g.remember(s.faults, c.At)
	return &document{}, nil
}

func (s *Server) resumeProcesses(c *Call, form url.Values) (*document, *refusal) {
	g, names, r := s.processesOf(c, form)
	if r != nil {
		return nil, r
	}
	for _, name := range names {
		delete(g.suspended, name)
	}
	g.reconcile(s.faults, c.At)
	g.remember(s.faults, c.At)
	return &document{}, nil
}

// processesOf reads which processes of which group are meant: all of them
// where none is named.
func (s *Server) processesOf(c *Call, form url.Values) (*group, []string, *refusal) {
	g, ok := s.find(c.Group, c.At)
	if !ok {
		return nil, nil, noSuchGroup(c.Group)
	}
	names := listOf(form, "ScalingProcesses")
	if len(names) == 0 {
		return g, processes, nil
	}
	for _, name := range names {
		if !slices.Contains(processes, name) {
			return nil, nil, invalid("%s is not a valid process type", name)
		}
	}
	return g, names, nil
}

func suspendedProcesses(d *document, all []suspension) {
	for _, p := range all {
		d.within("member", func() {
			d.text("ProcessName", p.process)
			d.text("SuspensionReason", fmt.Sprintf("User suspended at %s", p.since.UTC().Format(time.RFC3339)))
		})
	}
}
