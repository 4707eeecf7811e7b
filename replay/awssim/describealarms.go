package awssim

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// alarmsInput are the members of DescribeAlarms.
type alarmsInput struct {
	AlarmNames                                []string
	AlarmNamePrefix, ActionPrefix, StateValue string
	AlarmTypes                                []string
	ChildrenOfAlarmName, ParentsOfAlarmName   string
	MaxRecords                                *int
	NextToken                                 string
}

// check gives what AWS finds wrong with a request, or what is not simulated.
func (in alarmsInput) check() *refusal {
	switch {
	case in.ChildrenOfAlarmName != "" || in.ParentsOfAlarmName != "":
		return notSimulated("composite alarms")
	case len(in.AlarmNames) > maxPage:
		return invalid("The collection AlarmNames must not have a size greater than %d.", maxPage)
	case len(in.AlarmNames) > 0 && in.AlarmNamePrefix != "":
		return invalid("AlarmNames and AlarmNamePrefix are mutually exclusive")
	case in.MaxRecords != nil && (*in.MaxRecords < 1 || *in.MaxRecords > maxPage):
		return invalid("The value %d for parameter MaxRecords is invalid. Must be between 1 and %d.", *in.MaxRecords, maxPage)
	}
	return nil
}

func (in alarmsInput) means(a cwtypes.MetricAlarm) bool {
	acts := func(action string) bool { return strings.HasPrefix(action, in.ActionPrefix) }
	return (len(in.AlarmNames) == 0 || slices.Contains(in.AlarmNames, *a.AlarmName)) &&
		strings.HasPrefix(*a.AlarmName, in.AlarmNamePrefix) &&
		(in.StateValue == "" || in.StateValue == string(a.StateValue)) &&
		(in.ActionPrefix == "" || slices.ContainsFunc(slices.Concat(a.AlarmActions, a.OKActions, a.InsufficientDataActions), acts)) &&
		(len(in.AlarmTypes) == 0 || slices.Contains(in.AlarmTypes, string(cwtypes.AlarmTypeMetricAlarm)))
}

// describeAlarms gives the alarms of all groups, in the order of their names.
func (s *Server) describeAlarms(c *Call, in alarmsInput) (map[string]any, *refusal) {
	if r := in.check(); r != nil {
		return nil, r
	}
	var all []cwtypes.MetricAlarm
	for _, name := range s.names {
		g, ok := s.find(name, c.At)
		if !ok {
			continue
		}
		for _, a := range s.alarms(g) {
			if in.means(a) {
				all = append(all, a)
			}
		}
	}
	slices.SortFunc(all, func(a, b cwtypes.MetricAlarm) int { return cmp.Compare(*a.AlarmName, *b.AlarmName) })
	size := defaultPage
	if in.MaxRecords != nil {
		size = *in.MaxRecords
	}
	page, next, r := cut(all, min(size, s.config.PageSize), in.NextToken)
	if r != nil {
		return nil, r
	}
	alarms := make([]any, len(page))
	for i := range page {
		alarms[i] = membersOf(reflect.ValueOf(page[i]))
	}
	out := map[string]any{"MetricAlarms": alarms, "CompositeAlarms": []any{}}
	if next != "" {
		out["NextToken"] = next
	}
	return out, nil
}
