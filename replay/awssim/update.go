package awssim

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// updateGroup changes the bounds of a group and its desired capacity. Where the
// bounds leave the desired capacity outside, and the request names none, it
// moves to the nearer bound.
func (s *Server) updateGroup(c *Call, form url.Values) (*document, *refusal) {
	g, r := s.named(c)
	if r != nil {
		return nil, r
	}
	for _, member := range slices.Sorted(maps.Keys(form)) {
		if !slices.Contains([]string{"Action", "Version", "AutoScalingGroupName", "MinSize", "MaxSize", "DesiredCapacity"}, member) {
			return nil, notSimulated("a change of %s", member)
		}
	}
	least, most, desired := g.Min, g.Max, g.desired
	for _, size := range []struct {
		name, member string
		value        *int
	}{{"MinSize", "minSize", &least}, {"MaxSize", "maxSize", &most}, {"DesiredCapacity", "desiredCapacity", &desired}} {
		text := form.Get(size.name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, violated(quoted(text), size.member, "Member must have value greater than or equal to 0")
		}
		*size.value = n
	}
	return &document{}, g.resize(s.faults, sizes{least, most, desired, form.Has("DesiredCapacity")}, c.At)
}

// sizes are what a group is to have.
type sizes struct {
	least, most, desired int
	named                bool // desired was asked for, and is not to be moved
}

// resize changes the sizes of a group, all of them or none.
func (g *group) resize(fs faults, to sizes, now time.Time) *refusal {
	if to.most < to.least {
		return invalid("Max bound, %d, must be greater than or equal to min bound, %d", to.most, to.least)
	}
	if !to.named {
		to.desired = min(max(to.desired, to.least), to.most)
	}
	if to.desired < to.least || to.desired > to.most {
		return invalid("Desired capacity:%d must be between the specified min size:%d and max size:%d", to.desired, to.least, to.most)
	}
	if limit := g.mostUnits(); to.most > limit || to.desired < 1 {
		return notSimulated("a desired capacity below 1 or a max above %d of group %s", limit, g.name)
	}
	g.Min, g.Max = to.least, to.most
	if to.desired != g.desired {
		g.become(fs, change{at: now, from: g.desired, to: to.desired,
			cause: fmt.Sprintf("user request update of AutoScalingGroup constraints to min: %d, max: %d, desired: %d", to.least, to.most, to.desired)})
	}
	return nil
}

// BoundBy sets a group's min and max as somebody else would, by a call that no
// fault hits and that is not among Calls. It refuses what AWS refuses.
func (s *Server) BoundBy(name string, least, most int) error {
	now := s.config.Now().UTC()
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.find(name, now)
	if !ok {
		return fmt.Errorf("bound %s: no such group", name)
	}
	if r := g.resize(s.faults, sizes{least: least, most: most, desired: g.desired}, now); r != nil {
		return fmt.Errorf("bound %s: %s", name, r.message)
	}
	return nil
}
