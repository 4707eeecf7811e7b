package awssim

import (
	"net/url"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// The group metrics that have values.
const (
	inServiceMetric = "GroupInServiceInstances"
	desiredMetric   = "GroupDesiredCapacity"
)

// groupMetrics are all that AWS collects of a group, in its names.
//
//nolint:gochecknoglobals // a table that nothing writes
var groupMetrics = []string{
	"GroupMinSize", "GroupMaxSize", desiredMetric, inServiceMetric, "GroupPendingInstances", "GroupStandbyInstances", "GroupTerminatingInstances",
	"GroupTotalInstances", "GroupInServiceCapacity", "GroupPendingCapacity", "GroupStandbyCapacity", "GroupTerminatingCapacity", "GroupTotalCapacity",
	"WarmPoolDesiredCapacity", "WarmPoolWarmedCapacity", "WarmPoolPendingCapacity", "WarmPoolTerminatingCapacity", "WarmPoolTotalCapacity",
	"GroupAndWarmPoolDesiredCapacity", "GroupAndWarmPoolTotalCapacity",
}

// enables says whether a metric of the group is collected.
func (g *Group) enables(metric string) bool {
	return slices.ContainsFunc(g.Description.EnabledMetrics, func(m astypes.EnabledMetric) bool { return aws.ToString(m.Metric) == metric })
}

// enable has further metrics collected, every minute.
func (g *Group) enable(metrics ...string) {
	all := slices.Clone(g.Description.EnabledMetrics)
	for _, name := range metrics {
		if !g.enables(name) {
			all = append(all, astypes.EnabledMetric{Metric: aws.String(name), Granularity: aws.String("1Minute")})
		}
	}
	g.Description.EnabledMetrics = all
}

// enableMetrics has metrics of a group collected: all of them where none is
// named. They have values of the past too, which AWS would lack.
func (s *Server) enableMetrics(c *Call, form url.Values) (*document, *refusal) {
	g, r := s.named(c)
	if r != nil {
		return nil, r
	}
	if form.Get("Granularity") != "1Minute" {
		return nil, invalid("Granularity must be 1Minute")
	}
	names := listOf(form, "Metrics")
	if len(names) == 0 {
		names = groupMetrics
	}
	for _, name := range names {
		if !slices.Contains(groupMetrics, name) {
			return nil, invalid("Metric type %s is not valid", name)
		}
	}
	g.enable(names...)
	return &document{}, nil
}
