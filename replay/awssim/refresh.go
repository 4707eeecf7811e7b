package awssim

import (
	"net/url"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// describeRefreshes gives the instance refreshes that a group was given.
func (s *Server) describeRefreshes(c *Call, form url.Values) (*document, *refusal) {
	g, r := s.named(c)
	if r != nil {
		return nil, r
	}
	ids := listOf(form, "InstanceRefreshIds")
	var all []astypes.InstanceRefresh
	for _, refresh := range g.Refreshes {
		if len(ids) == 0 || slices.Contains(ids, aws.ToString(refresh.InstanceRefreshId)) {
			refresh.AutoScalingGroupName = &g.name
			all = append(all, refresh)
		}
	}
	return listed(s, form, "InstanceRefreshes", all)
}
