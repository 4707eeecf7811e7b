package awssim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// measure is what a series shows.
type measure int

const (
	cpu measure = iota
	requests
	inService
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
	own[metricKey("AWS/AutoScaling", "GroupInServiceInstances", byName)] = series{group: g, measure: inService, label: "GroupInServiceInstances", unit: "None"}
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
