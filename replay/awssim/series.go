package awssim

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// measure is what a series shows.
type measure int

const (
	cpu measure = iota
	requests
	inService
	wanted
	expression
)

// series is one metric of one group, or one expression about it.
type series struct {
	group   *group
	measure measure
	label   string
	unit    string
	value   func(fleet.Row) float64 // of expression
}

// reports is how often an instance reports.
func (g *group) reports() time.Duration {
	if g.Detailed {
		return time.Minute
	}
	return basicPeriod
}

// dimension is a name and a value.
type dimension struct{ Name, Value string }

// metricKey tells metrics apart, whatever the order of their dimensions.
func metricKey(namespace, name string, dimensions []dimension) string {
	parts := make([]string, 0, len(dimensions)+2)
	for _, d := range dimensions {
		parts = append(parts, d.Name+"\x00"+d.Value)
	}
	slices.Sort(parts)
	return strings.Join(append(parts, namespace, name), "\x00")
}

// register makes the metrics and expressions of a group known, or none of them.
func (s *Server) register(g *group) error {
	own := map[string]series{}
	byName := []dimension{{"AutoScalingGroupName", g.name}}
	own[metricKey("AWS/EC2", "CPUUtilization", byName)] = series{group: g, measure: cpu, label: "CPUUtilization", unit: "Percent"}
	for name, of := range map[string]measure{inServiceMetric: inService, desiredMetric: wanted} {
		own[metricKey("AWS/AutoScaling", name, byName)] = series{group: g, measure: of, label: name, unit: "None"}
	}
	if parts := resourceLabel.FindStringSubmatch(g.ResourceLabel); parts != nil {
		key := metricKey("AWS/ApplicationELB", "RequestCount", []dimension{{"LoadBalancer", parts[1]}, {"TargetGroup", parts[2]}})
		if other, taken := s.series[key]; taken {
			return fmt.Errorf("resource label: is that of group %s", other.group.name)
		}
		own[key] = series{group: g, measure: requests, label: "RequestCount", unit: "Count"}
	}
	for text := range g.Expressions {
		if other, taken := s.math[text]; taken {
			return fmt.Errorf("expression %q: is that of group %s", text, other.group.name)
		}
	}
	for key, of := range own {
		s.series[key] = of
	}
	for text, value := range g.Expressions {
		s.math[text] = series{group: g, measure: expression, label: text, value: value}
	}
	return nil
}
