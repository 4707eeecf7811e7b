package awssim

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
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
	if most < least {
		return nil, invalid("Max bound, %d, must be greater than or equal to min bound, %d", most, least)
	}
	if !form.Has("DesiredCapacity") {
		desired = min(max(desired, least), most)
	}
	if desired < least || desired > most {
		return nil, invalid("Desired capacity:%d must be between the specified min size:%d and max size:%d", desired, least, most)
	}
	if limit := g.mostUnits(); most > limit || desired < 1 {
		return nil, notSimulated("a desired capacity below 1 or a max above %d of group %s", limit, g.name)
	}
	g.Min, g.Max = least, most
	if desired != g.desired {
		g.become(s.faults, change{at: c.At, from: g.desired, to: desired,
			cause: fmt.Sprintf("user request update of AutoScalingGroup constraints to min: %d, max: %d, desired: %d", least, most, desired)})
	}
	return &document{}, nil
}
