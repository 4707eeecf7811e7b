package incumbent

import (
	"cmp"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"github.com/ml-autoscaling/autoscaler/replay/rivals"
)

// schedule takes a scheduled action in, or notes why not. Its start and end are
// not looked at: of one that recurs AWS gives the next start, and it is to be
// played over a past that was before it.
func (f *finder) schedule(a astypes.ScheduledUpdateGroupAction) {
	what := fmt.Sprintf("scheduled action %q", aws.ToString(a.ScheduledActionName))
	action := rivals.ScheduledAction{
		Name: aws.ToString(a.ScheduledActionName), Recurrence: aws.ToString(a.Recurrence),
		Min: size(a.MinSize), Max: size(a.MaxSize), Desired: size(a.DesiredCapacity),
	}
	switch {
	case f.suspends("ScheduledActions"):
		f.idle(what, "the process ScheduledActions is suspended")
		return
	case action.Recurrence == "":
		f.idle(what, "runs once, at "+aws.ToTime(a.StartTime).UTC().Format(time.RFC3339)+", after the history")
		return
	case action.Min == nil && action.Max == nil && action.Desired == nil:
		f.idle(what, "sets no size")
		return
	}
	zone, err := time.LoadLocation(cmp.Or(aws.ToString(a.TimeZone), "UTC"))
	if err == nil {
		action.Zone = rivals.Zone{Location: zone}
		err = action.Validate()
	}
	if err != nil {
		f.unplayed(what, err.Error())
		return
	}
	f.Scheduled = append(f.Scheduled, action)
}

// size reads a size that is set.
func size(n *int32) *int {
	if n == nil || *n < 0 {
		return nil
	}
	out := int(*n)
	return &out
}
