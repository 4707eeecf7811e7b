package awssim

import (
	"fmt"
	"strings"
	"time"
)

type activityKind int

const (
	launching activityKind = iota
	terminating
	failed
)

// activity is one scaling activity: of one instance, or a launch that failed.
type activity struct {
	serial     int // counts the group's activities from 1
	kind       activityKind
	start, end time.Time // end is zero while it goes on
	number     int       // of the instance that is launched
	instance   string
	from, to   int
	reason     change
	cancelled  bool
}

// keptActivities is how many a group remembers at least; AWS keeps six weeks.
const keptActivities = 1000

// activities are a group's, oldest first.
type activities struct {
	group   string
	all     []activity
	count   int
	booting map[int]int // serial, by the number of an instance that boots
}

func newActivities(group string) activities {
	return activities{group: group, booting: map[int]int{}}
}

func (l *activities) add(a activity) {
	l.count++
	a.serial = l.count
	if a.kind == launching {
		l.booting[a.number] = a.serial
	}
	if len(l.all) >= 2*keptActivities {
		l.all = append([]activity(nil), l.all[keptActivities:]...)
	}
	l.all = append(l.all, a)
}

// finish ends the launch of an instance, which serves now.
func (l *activities) finish(instance int, now time.Time) {
	if a := l.take(instance); a != nil {
		a.end = now
	}
}

// cancel ends the launch of an instance that goes before it served.
func (l *activities) cancel(instance int, now time.Time) {
	if a := l.take(instance); a != nil {
		a.end, a.cancelled = now, true
	}
}

// take gives the launch of an instance that boots, and nil where there is none
// or it is forgotten.
func (l *activities) take(instance int) *activity {
	serial, ok := l.booting[instance]
	delete(l.booting, instance)
	if !ok {
		return nil
	}
	return l.at(serial)
}

// at gives an activity by its serial, nil where it is forgotten or not there.
func (l *activities) at(serial int) *activity {
	i := len(l.all) - 1 - (l.count - serial)
	if i < 0 || i >= len(l.all) {
		return nil
	}
	return &l.all[i]
}

// last gives the newest activity that launched or terminated something.
func (l *activities) last() (activity, bool) {
	for i := len(l.all) - 1; i >= 0; i-- {
		if l.all[i].kind != failed {
			return l.all[i], true
		}
	}
	return activity{}, false
}

func (l *activities) id(a activity) string { return numbered("activity/"+l.group, a.serial) }

func (a activity) description() string {
	switch a.kind {
	case launching:
		return "Launching a new EC2 instance: " + a.instance
	case terminating:
		return "Terminating EC2 instance: " + a.instance
	}
	return "Launching a new EC2 instance.  Status Reason: " + a.message("")
}

func (a activity) status() string {
	switch {
	case a.kind == failed:
		return "Failed"
	case a.cancelled:
		return "Cancelled"
	case a.end.IsZero():
		return "PreInService"
	}
	return "Successful"
}

func (a activity) progress() int {
	if a.end.IsZero() {
		return 30
	}
	return 100
}

// message is why a launch failed; zone is where.
func (a activity) message(zone string) string {
	if a.kind != failed {
		return ""
	}
	where := "the Availability Zone you requested"
	if zone != "" {
		where += " (" + zone + ")"
	}
	return fmt.Sprintf("Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient %s capacity in %s. "+
		"Our system will be working on provisioning additional capacity. Launching EC2 instance failed.", instanceType, where)
}

// cause tells, as AWS does, who asked for it and what was done about it.
func (a activity) cause() string {
	var b strings.Builder
	at := a.start.Format(time.RFC3339)
	if why := a.reason; !why.at.IsZero() {
		fmt.Fprintf(&b, "At %s a %s changing the desired capacity from %d to %d.  ", why.at.Format(time.RFC3339), why.cause, why.from, why.to)
	}
	if a.kind == terminating {
		fmt.Fprintf(&b, "At %s an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from %d to %d.  At %s instance %s was selected for termination.",
			at, a.from, a.to, at, a.instance)
		return b.String()
	}
	fmt.Fprintf(&b, "At %s an instance was started in response to a difference between desired and actual capacity, increasing the capacity from %d to %d.",
		at, a.from, a.to)
	return b.String()
}
