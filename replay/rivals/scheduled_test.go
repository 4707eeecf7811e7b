package rivals

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// Scheduled actions are played at their time, and what they set before the
// first minute holds in it.
func TestIncumbentFollowsItsSchedule(t *testing.T) {
	berlin := time.FixedZone("UTC+2", 7200)
	i := Incumbent{Min: 2, Max: 50, Scheduled: []ScheduledAction{
		{Name: "day", Recurrence: "30 8 * * MON-FRI", Zone: Zone{berlin}, Min: ref(20)},
		{Name: "night", Recurrence: "0 18 * * *", Zone: Zone{berlin}, Min: ref(3), Max: ref(30), Desired: ref(4)},
	}}
	p := i.New()
	p.Begin(Briefing{Period: time.Minute})
	got := map[string]int{}
	desired := 1
	for now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); now.Before(time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC)); now = now.Add(time.Minute) {
		if now.Hour() == 12 && now.Minute() == 0 {
			desired = 100
		}
		before := desired
		if desired = p.Act(fleet.Minute{Now: now, Desired: desired}); desired != before {
			got[now.Format("Mon 15:04")] = desired
		}
	}
	want := map[string]int{"Thu 00:00": 3, "Thu 06:30": 20, "Thu 12:00": 30, "Thu 16:00": 4, "Fri 06:30": 20, "Fri 12:00": 30, "Fri 16:00": 4, "Sat 12:00": 30, "Sat 16:00": 4}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestCron(t *testing.T) {
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, test := range []struct {
		cron, at string
		want     bool
	}{
		{"* * * * *", "2026-01-01 00:00:00", true},
		{"*/15 * * * *", "2026-01-01 00:45:00", true},
		{"*/15 * * * *", "2026-01-01 00:46:00", false},
		{"5/20 * * * *", "2026-01-01 00:25:00", true},
		{"0 8-10 * * *", "2026-01-01 10:00:00", true},
		{"0 8-10 * * *", "2026-01-01 11:00:00", false},
		{"30 0 1 1,6,12 *", "2026-06-01 00:30:00", true},
		{"30 0 1 JAN-MAR *", "2026-02-01 00:30:00", true},
		{"30 0 1 1,6,12 *", "2026-06-02 00:30:00", false},
		{"0 0 * * 7", "2026-01-04 00:00:00", true}, // a Sunday
		{"0 0 * * sun", "2026-01-04 00:00:00", true},
		{"0 0 * * 1-5", "2026-01-04 00:00:00", false},
		{"0 0 13 * 5", "2026-01-13 00:00:00", true}, // either will do
		{"0 0 13 * 5", "2026-01-16 00:00:00", true},
		{"0 0 13 * 5", "2026-01-17 00:00:00", false},
	} {
		c, err := parseCron(test.cron)
		if err != nil || c.due(at(test.at)) != test.want {
			t.Errorf("%s at %s: got %v, %v", test.cron, test.at, c.due(at(test.at)), err)
		}
	}
	for _, text := range []string{"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "* * L * *", "1- * * * *", "* * * * 1#2", "-1 * * * *"} {
		if err := (ScheduledAction{Recurrence: text}).Validate(); err == nil || !strings.HasPrefix(err.Error(), "recurrence") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
