package awssim

import (
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// describeScheduled gives the scheduled actions that groups were given: those
// of one, or of all where none is named.
func (s *Server) describeScheduled(c *Call, form url.Values) (*document, *refusal) {
	groups, r := s.oneOrAll(c)
	if r != nil {
		return nil, r
	}
	keep, r := scheduledFilter(form)
	if r != nil {
		return nil, r
	}
	var all []astypes.ScheduledUpdateGroupAction
	for _, g := range groups {
		for _, a := range g.Scheduled {
			if !keep(a) {
				continue
			}
			a.AutoScalingGroupName = &g.name
			if a.ScheduledActionARN == nil {
				a.ScheduledActionARN = aws.String(s.partOf("scheduledUpdateGroupAction", g, "scheduledActionName", aws.ToString(a.ScheduledActionName)))
			}
			all = append(all, a)
		}
	}
	return listed(s, form, "ScheduledUpdateGroupActions", all)
}

// scheduledFilter reads which scheduled actions are meant: those that are
// named, else those that start within the window.
func scheduledFilter(form url.Values) (keep func(astypes.ScheduledUpdateGroupAction) bool, r *refusal) {
	if names := listOf(form, "ScheduledActionNames"); len(names) > 0 {
		if len(names) > defaultPage {
			return nil, invalid("The number of scheduled action names that may be passed in is limited to %d", defaultPage)
		}
		return func(a astypes.ScheduledUpdateGroupAction) bool {
			return slices.Contains(names, aws.ToString(a.ScheduledActionName))
		}, nil
	}
	var bounds [2]time.Time
	for n, name := range []string{"StartTime", "EndTime"} {
		text := form.Get(name)
		if text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return nil, malformed(fmt.Errorf("read %s: %w", name, err))
		}
		bounds[n] = at
	}
	from, until := bounds[0], bounds[1]
	return func(a astypes.ScheduledUpdateGroupAction) bool {
		at := aws.ToTime(a.StartTime)
		return !at.Before(from) && (until.IsZero() || !at.After(until))
	}, nil
}
