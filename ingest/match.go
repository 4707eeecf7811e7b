package ingest

import (
	"context"
	"fmt"
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

// IsPattern says whether a name is a pattern of path.Match.
func IsPattern(name string) bool { return strings.ContainsAny(name, `*?[`) }

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
		if name := g.Policy.AutoScalingGroup; g.ID.Scope == scope && !IsPattern(name) {
			taken[name] = true
			add(&member{id: g.ID, group: &p.cfg.Groups[i], described: newest(described, name, nil)})
		}
	}
	for i, g := range p.cfg.Groups {
		if name := g.Policy.AutoScalingGroup; g.ID.Scope == scope && IsPattern(name) {
			add(&member{id: g.ID, group: &p.cfg.Groups[i], described: newest(described, name, taken)})
			take(taken, described, name)
		}
	}
	for i, d := range described {
		if p.cfg.Discovered == nil || !d.Managed || taken[d.Name] {
			continue
		}
		g := p.cfg.Discovered(scope, d.Name)
		if p.free(g.ID, d.Name, seen) {
			g = p.tagged(g, d.Mode)
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

// free says whether a group that was found can have the name that it would have
// here, and complains where a section of the configuration has it.
func (p *poll) free(id streams.GroupID, name string, seen map[streams.GroupID]bool) bool {
	var taken error
	if seen[id] {
		taken = fmt.Errorf("the section %s is of another Auto Scaling group: name that section otherwise, or give %s a section under another name", id.Group, name)
	}
	p.complain("name of "+id.String(), taken, "a group that bears the tag is not polled, for its name is taken")
	return taken == nil
}

// tagged gives a discovered group in the mode of its tag. Where it has none, the
// group is as it was; a mode that is not known observes.
func (p *poll) tagged(g Group, tag string) Group {
	mode := streams.Mode(tag)
	var unknown error
	switch mode {
	case "":
	case streams.Observe, streams.DesiredControl:
		g = g.inMode(mode)
	default:
		g = g.inMode(streams.Observe)
		unknown = fmt.Errorf("tag %s: want %s or %s, got %.40q", streams.ModeTag, streams.Observe, streams.DesiredControl, tag)
	}
	p.complain("mode of "+g.ID.String(), unknown, "a tag is not understood, its group is only observed")
	return g
}

// newest gives the group of a name, or the youngest of those that a pattern
// matches and nobody has taken.
func newest(described []window.Description, name string, taken map[string]bool) *window.Description {
	var found *window.Description
	for i, d := range described {
		if matches(name, d.Name) && !taken[d.Name] && (found == nil || d.Created.After(found.Created)) {
			found = &described[i]
		}
	}
	return found
}

// take takes all groups that a pattern matches: those before the newest are
// of earlier deploys, and not to be found for themselves.
func take(taken map[string]bool, described []window.Description, pattern string) {
	for _, d := range described {
		if matches(pattern, d.Name) {
			taken[d.Name] = true
		}
	}
}

// matches says whether a group bears a name, or one that a pattern matches.
func matches(name, group string) bool {
	if !IsPattern(name) {
		return name == group
	}
	ok, err := path.Match(name, group)
	return err == nil && ok // the configuration refuses a bad pattern
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
	if k.probed() && m.group.WithPeriod != nil {
		m.policy = m.group.WithPeriod(k.policy.Load.Period.Std())
	}
	m.policy.AutoScalingGroup = m.described.Name
	m.configure = k.policy == nil || k.retired || !k.policy.Same(m.policy)
	return p.valid(m)
}

// probed says whether the period in force is one of CPU utilization, which may
// have been chosen by the group's monitoring.
func (k known) probed() bool {
	return k.policy != nil && k.policy.Load.ResourceLabel == "" && k.policy.Load.Expression == ""
}

// valid says whether a group's policy can be put in force, and complains about
// one that cannot.
func (p *poll) valid(m *member) bool {
	err := m.policy.Validate()
	p.complain("policy of "+m.id.String(), err, "a policy is not valid, its group is not polled")
	return err == nil
}

// choosePeriods asks for the groups that are new, and whose period is not the
// user's choice, whether they have detailed monitoring. One of which nothing
// there is no value has none; one whose answer did not come waits.
func (p *poll) choosePeriods(ctx context.Context) {
	byScope := map[string][]*member{}
	for _, m := range p.members {
		if m.configure && !p.known[m.id].probed() && m.group.WithPeriod != nil {
			byScope[m.id.Scope] = append(byScope[m.id.Scope], m)
		}
	}
	for scope, members := range byScope {
		var queries []window.Query
		for _, m := range members {
			queries = append(queries, window.ProbeOf(m.described.Name, p.now))
		}
		answers, err := p.cfg.Sources[scope].Read(ctx, queries)
		p.called("monitoring of scope "+scope, err)
		for i, m := range members {
			if !answers[i].Complete {
				p.leave(m)
				continue
			}
			period := basicPeriod
			if detailed, known := window.Detailed(queries[i], answers[i]); known && detailed {
				period = detailedPeriod
			}
			m.policy = m.group.WithPeriod(period)
			m.policy.AutoScalingGroup = m.described.Name
			if !p.valid(m) {
				p.leave(m)
			}
		}
	}
}

// leave leaves a group out of this poll.
func (p *poll) leave(m *member) {
	p.members = slices.DeleteFunc(p.members, func(other *member) bool { return other == m })
}
