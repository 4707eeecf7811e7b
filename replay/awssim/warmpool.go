package awssim

import (
	"net/url"
	"reflect"
)

// describeWarmPool gives the warm pool that a group was given; neither
// configuration nor instances where it has none.
func (s *Server) describeWarmPool(c *Call, form url.Values) (*document, *refusal) {
	g, r := s.named(c)
	if r != nil {
		return nil, r
	}
	d, r := listed(s, form, "Instances", g.WarmPool)
	if r != nil {
		return nil, r
	}
	d.field("WarmPoolConfiguration", reflect.ValueOf(g.Description.WarmPoolConfiguration))
	return d, nil
}
