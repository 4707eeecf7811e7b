package sim

import (
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Late plays a group some of whose metrics come later than the delay of its
// world: as ingest would publish them. One that has not come when its bin
// settles is published as a gap then, and as the next revision when it comes,
// after younger ones. What the group does, and how it is scored, is as without.
type Late struct {
	*Group
	late func(end time.Time) time.Duration
	held []heldMetric // by rising end
	came streams.Arrival
}

// heldMetric is a metric that has not come yet.
type heldMetric struct {
	metric streams.Metric
	due    time.Time
	gap    bool // was published as one
}

// NewLate plays a group whose metric of the bin that ends at end comes late(end)
// later than its world has it; not at all where that is after the last round.
func NewLate(g *Group, late func(end time.Time) time.Duration) *Late {
	return &Late{Group: g, late: late}
}

// Begin gives the policy and the history. What of it was late is a gap where a
// younger bin came.
func (l *Late) Begin() []streams.Event {
	c := l.world.Config()
	start := c.Load.At(c.Start)
	events := l.Group.Begin()
	out := events[:1:1]
	for _, ev := range events[1:] {
		m := ev.(streams.Metric)
		if due := m.End.Add(c.MetricDelay + l.late(m.End)); !m.Gap && due.After(start) {
			m.Settled = false
			l.held = append(l.held, heldMetric{metric: m, due: due})
			continue
		}
		out = append(append(out, l.gaps(func(streams.Metric) bool { return true }, start)...), m)
	}
	l.count(out[1:])
	return out
}

// Round gives what came in the next round.
func (l *Late) Round() []streams.Event {
	events := l.Group.Round()
	last := len(events) - 1
	group := events[last].(streams.Group)
	var out []streams.Event
	for _, ev := range events[:last] {
		m := ev.(streams.Metric)
		if late := l.late(m.End); !m.Gap && late > 0 {
			l.held = append(l.held, heldMetric{metric: m, due: m.Seen.Add(late)})
			continue
		}
		out = append(out, m)
	}
	out = append(out, l.arrived(group.Now)...)
	settle := l.policy.Forecast.Settle.Std()
	out = append(out, l.gaps(func(m streams.Metric) bool { return !m.End.Add(settle).After(group.Now) }, group.Now)...)
	slices.SortStableFunc(out, func(a, b streams.Event) int { return a.(streams.Metric).End.Compare(b.(streams.Metric).End) })
	l.count(out)
	group.Series = nil
	if l.came.Count > 0 {
		group.Series = map[string]streams.Arrival{l.policy.Load.Series: l.came}
	}
	l.came = streams.Arrival{}
	return append(out, group)
}

// arrived gives the metrics that come by now.
func (l *Late) arrived(now time.Time) []streams.Event {
	var out []streams.Event
	l.held = slices.DeleteFunc(l.held, func(h heldMetric) bool {
		if h.due.After(now) {
			return false
		}
		h.metric.Seen = now
		if h.gap {
			h.metric.Revision++
		}
		out = append(out, h.metric)
		return true
	})
	return out
}

// gaps publishes gaps for the metrics that have not come and are of a kind.
func (l *Late) gaps(settled func(streams.Metric) bool, now time.Time) []streams.Event {
	var out []streams.Event
	for i := range l.held {
		if h := &l.held[i]; !h.gap && settled(h.metric) {
			h.gap = true
			out = append(out, l.Group.gap(h.metric.End, now))
		}
	}
	return out
}

func (l *Late) count(events []streams.Event) {
	for _, ev := range events {
		m := ev.(streams.Metric)
		l.came.Count++
		if m.End.After(l.came.NewestEnd) {
			l.came.NewestEnd = m.End
		}
	}
}
