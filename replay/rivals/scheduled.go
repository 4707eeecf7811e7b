package rivals

import (
	"fmt"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// ScheduledAction is one that recurs. It is played over all of a history,
// whenever it was made.
type ScheduledAction struct {
	Name string `json:"name"`
	// Recurrence has the five fields of Unix cron, in Zone.
	Recurrence string `json:"recurrence"`
	Zone       Zone   `json:"time_zone"`
	// Min, Max and Desired are what the action sets; nil leaves it as it is.
	Min     *int `json:"min,omitempty"`
	Max     *int `json:"max,omitempty"`
	Desired *int `json:"desired,omitempty"`
}

// Zone is a time zone, which is written by its name. The zero value is UTC.
type Zone struct{ *time.Location }

// MarshalText gives the name.
func (z Zone) MarshalText() ([]byte, error) {
	return []byte(z.in(time.Time{}).Location().String()), nil
}

func (z Zone) in(t time.Time) time.Time {
	if z.Location == nil {
		return t.UTC()
	}
	return t.In(z.Location)
}

// Validate refuses a recurrence that cannot be read.
func (a ScheduledAction) Validate() error {
	_, err := parseCron(a.Recurrence)
	return err
}

// String says what the action is.
func (a ScheduledAction) String() string {
	var sets []string
	for _, size := range []struct {
		name string
		to   *int
	}{{"min", a.Min}, {"max", a.Max}, {"desired", a.Desired}} {
		if size.to != nil {
			sets = append(sets, fmt.Sprintf("%s %d", size.name, *size.to))
		}
	}
	zone, _ := a.Zone.MarshalText()
	return fmt.Sprintf("scheduled action %q at %s %s: %s", a.Name, a.Recurrence, zone, strings.Join(sets, ", "))
}

// memory is how far before the first minute a scheduled action is looked for
// that set the bounds with which it begins.
const memory = 31 * 24 * time.Hour

// timetable is the scheduled actions of a group at work, and its bounds.
type timetable struct {
	min, max int
	actions  []ScheduledAction
	crons    []cron
	begun    bool
}

func newTimetable(i Incumbent) timetable {
	t := timetable{min: i.Min, max: i.Max, actions: i.Scheduled}
	for _, a := range i.Scheduled {
		c, err := parseCron(a.Recurrence)
		if err != nil {
			panic(fmt.Sprintf("rivals: scheduled action %s: %v", a.Name, err))
		}
		t.crons = append(t.crons, c)
	}
	return t
}

// act does what is due in a minute, and before the first one what was due in
// the month before. It gives the desired capacity.
func (t *timetable) act(m fleet.Minute) int {
	if !t.begun && len(t.actions) > 0 {
		for at := m.Now.Add(-memory); at.Before(m.Now); at = at.Add(time.Minute) {
			t.at(at, 0)
		}
	}
	t.begun = true
	return t.bound(t.at(m.Now, m.Desired))
}

func (t *timetable) at(now time.Time, desired int) int {
	for i, a := range t.actions {
		if !t.crons[i].due(a.Zone.in(now)) {
			continue
		}
		if a.Min != nil {
			t.min = *a.Min
		}
		if a.Max != nil {
			t.max = *a.Max
		}
		if a.Desired != nil {
			desired = *a.Desired
		}
	}
	return desired
}

func (t *timetable) bound(desired int) int { return min(max(desired, t.min), t.max) }
