package awssim

import (
	"net/url"
	"strconv"
)

// setDesiredCapacity sets the desired capacity of a group, and is refused as
// AWS refuses it: outside of its bounds, for a group that is not there, and
// within the cooldown where that is to be honoured.
func (s *Server) setDesiredCapacity(c *Call, form url.Values) (*document, *refusal) {
	g, r := s.named(c)
	if c.Group == "" {
		return nil, r
	}
	text := form.Get("DesiredCapacity")
	desired, err := strconv.Atoi(text)
	switch {
	case text == "":
		return nil, violated("null", "desiredCapacity", "Member must not be null")
	case err != nil || desired < 0:
		return nil, violated(quoted(text), "desiredCapacity", "Member must have value greater than or equal to 0")
	}
	if r != nil {
		return nil, r
	}
	if s.faults.strikes(InProgress, *c) {
		return nil, activityInProgress(numbered("activity/"+g.name, g.log.count))
	}
	if id, cooling := g.cooling(c.At); cooling && form.Get("HonorCooldown") == "true" {
		return nil, activityInProgress(id)
	}
	if r := g.set(s.faults, desired, c.At); r != nil {
		return nil, r
	}
	return &document{}, nil
}
