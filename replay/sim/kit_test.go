package sim

import (
	"fmt"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const period = 5 * time.Minute

// web is the group that the tests play.
func web() streams.GroupID { return streams.GroupID{Scope: "eu-west-1", Group: "web"} }

// at is a minute of the tests' day.
func at(minute int) time.Time {
	return time.Date(2026, 3, 1, 0, minute, 0, 0, time.UTC)
}

// minuteOf is the reverse of at, for short expectations.
func minuteOf(t time.Time) int { return int(t.Sub(at(0)) / time.Minute) }

// testPolicy has bins of five minutes that settle after ten.
func testPolicy() streams.Policy {
	const minute = streams.Duration(time.Minute)
	return streams.Policy{
		AutoScalingGroup: "web", Mode: streams.Observe, Round: minute,
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: 5 * minute, PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 12, Levels: []float64{0.5, 0.95}, Settle: 10 * minute},
		Scaling: streams.ScalingPolicy{
			Max: 100, Quantile: 0.95, StaleAfter: 10 * minute, ScaleInUtilization: 0.7,
			StepOut: streams.StepLimit{Instances: 4}, StepIn: streams.StepLimit{Instances: 1},
			LaunchGrace: minute, Expiry: minute,
		},
	}
}

// loadOf has one demand a bin; a negative one is missing, and demands what the
// bin before it did.
func loadOf(bins ...float64) fleet.Load {
	l := fleet.Load{Start: at(0), Period: period, Peak: 10}
	last := 0.0
	for _, d := range bins {
		l.Missing = append(l.Missing, d < 0)
		if d >= 0 {
			last = d
		}
		for range int(period / time.Minute) {
			l.Demand = append(l.Demand, last)
		}
	}
	return l
}

func newGroup(t *testing.T, c fleet.Config) *Group {
	t.Helper()
	world, err := fleet.NewWorld(c)
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGroup(web(), testPolicy(), world)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// hold is a decision that changes nothing.
func hold(round uint64, minute int) streams.Decision { return want(round, minute, 1, 1) }

// want is a decision from a capacity to another one.
func want(round uint64, minute, current, desired int) streams.Decision {
	return streams.Decision{
		GroupID: web(), Round: round, At: at(minute), Verdict: streams.VerdictOf(current, desired),
		Current: current, Desired: desired, Expires: at(minute + 2),
		Trail: []streams.Rule{{Name: "test", Before: current, After: desired, Why: "so"}},
	}
}

// told writes events shortly, in minutes: a bin by its end, a round by its
// clock.
func told(events []streams.Event) []string {
	var lines []string
	for _, ev := range events {
		switch e := ev.(type) {
		case streams.Metric:
			line := fmt.Sprintf("metric %d", minuteOf(e.End))
			if e.Gap {
				line = fmt.Sprintf("gap %d", minuteOf(e.End))
			}
			if e.Settled {
				line += " settled"
			}
			if e.Censored {
				line += " censored"
			}
			lines = append(lines, line)
		case streams.Group:
			line := fmt.Sprintf("round %d at %d", e.Round, minuteOf(e.Now))
			if a, ok := e.Series["cpu"]; ok {
				line += fmt.Sprintf(", %d came to %d", a.Count, minuteOf(a.NewestEnd))
			}
			lines = append(lines, line)
		case streams.Control:
			lines = append(lines, fmt.Sprintf("%s at %d", e.Name, minuteOf(e.At)))
		default:
			lines = append(lines, fmt.Sprintf("%s round %d", ev.Kind(), streams.RoundOf(ev)))
		}
	}
	return lines
}

// valid fails the test where an event breaks a rule of the contract.
func valid(t *testing.T, events []streams.Event) {
	t.Helper()
	for _, ev := range events {
		if err := streams.Validate(ev); err != nil {
			t.Error(err)
		}
	}
}
