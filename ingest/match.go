package ingest

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// The periods of CPU utilization without and with detailed monitoring.
const (
	basicPeriod    = 5 * time.Minute
	detailedPeriod = time.Minute
)

// isPattern says whether a name is a pattern of path.Match.
func isPattern(name string) bool { return strings.ContainsAny(name, `*?[`) }

// match gives the members of a scope: the groups of the configuration, those
// that were discovered, and those that the timeline knows and nothing else
// does any more.
func (p *poll) match(scope string, described []window.Description, err error) []*member {
	var members []*member
	taken := map[string]bool{}
	seen := map[streams.GroupID]bool{}
	add := func(m *member) {
		m.listed = err == nil
		if err != nil {
			m.errors = callErrorsOf(err)
		}
		if p.decide(m) {
			members = append(members, m)
		}
		seen[m.id] = true
	}
	for i, g := range p.cfg.Groups {
		if g.ID.Scope != scope {
			continue
		}
		d := newest(described, g.Policy.AutoScalingGroup)
		if d != nil {
			taken[d.Name] = true
		}
		add(&member{id: g.ID, group: &p.cfg.Groups[i], described: d})
	}
	for i, d := range described {
		if p.cfg.Discovered == nil || !d.Managed || taken[d.Name] {
			continue
		}
		if g := p.cfg.Discovered(scope, d.Name); !seen[g.ID] {
			add(&member{id: g.ID, group: &g, described: &described[i]})
		}
	}
	for id := range p.known {
		if id.Scope == scope && !seen[id] {
			add(&member{id: id})
		}
	}
	return members
}

// newest gives the group of a name, or the youngest of those that a pattern
// matches.
func newest(described []window.Description, name string) *window.Description {
	var found *window.Description
	for i, d := range described {
		matches := d.Name == name
		if isPattern(name) {
			matches, _ = path.Match(name, d.Name) // the configuration refuses a bad pattern
		}
		if matches && (found == nil || d.Created.After(found.Created)) {
			found = &described[i]
		}
	}
	return found
}

// decide settles whether a group is polled, and under which policy.
func (p *poll) decide(m *member) bool {
	k, isKnown := p.known[m.id]
	if m.described == nil && (!isKnown || k.retired) {
		return false
	}
	if k.policy != nil {
		m.policy = *k.policy
	}
	if m.group == nil {
		return isKnown && !k.retired
	}
	if m.described == nil {
		return true // under the policy in force, until it is retired
	}
	m.policy = m.group.Policy
	if k.policy != nil && m.group.WithPeriod != nil {
		m.policy = m.group.WithPeriod(k.policy.Load.Period.Std())
	}
	m.policy.AutoScalingGroup = m.described.Name
	m.configure = k.policy == nil || k.retired || k.policy.Fingerprint() != m.policy.Fingerprint()
	return true
}

// choosePeriods asks for the groups that are new, and whose period is not the
// user's choice, whether they have detailed monitoring. One of which nothing
// there is no value has none; one whose answer did not come waits.
func (p *poll) choosePeriods(ctx context.Context) {
	byScope := map[string][]*member{}
	for _, m := range p.members {
		if m.configure && p.known[m.id].policy == nil && m.group.WithPeriod != nil {
			byScope[m.id.Scope] = append(byScope[m.id.Scope], m)
		}
	}
	for scope, members := range byScope {
		var queries []window.Query
		for _, m := range members {
			queries = append(queries, window.ProbeOf(m.described.Name, p.now))
		}
		answers, err := p.cfg.Sources[scope].Read(ctx, queries)
		p.called(scope, err)
		for i, m := range members {
			if !answers[i].Complete {
				p.members = slices.DeleteFunc(p.members, func(other *member) bool { return other == m })
				continue
			}
			period := basicPeriod
			if detailed, known := window.Detailed(queries[i], answers[i]); known && detailed {
				period = detailedPeriod
			}
			m.policy = m.group.WithPeriod(period)
			m.policy.AutoScalingGroup = m.described.Name
		}
	}
}
