package sim

import (
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Group plays a world of package fleet: one round a minute.
type Group struct {
	id     streams.GroupID
	policy streams.Policy
	world  *fleet.World
	bins   ledger
	round  uint64
	minute fleet.Minute
	came   streams.Arrival // since the last group event
}

// NewGroup plays a world under a policy. It refuses a policy whose period is
// not that of the world's metric, or whose round is not a minute.
func NewGroup(id streams.GroupID, policy streams.Policy, world *fleet.World) (*Group, error) {
	load := world.Config().Load
	if got := policy.Load.Period.Std(); got != load.Period {
		return nil, fmt.Errorf("play %s: load.period: the metric comes every %v, the policy says %v", id, load.Period, got)
	}
	if policy.Round.Std() != time.Minute {
		return nil, fmt.Errorf("play %s: round: the world steps in minutes, the policy says %v", id, policy.Round)
	}
	return &Group{
		id: id, policy: policy, world: world,
		bins: ledger{period: load.Period, settle: policy.Forecast.Settle.Std(), next: load.Start.Add(load.Period)},
	}, nil
}

// ID is the group's identity.
func (g *Group) ID() streams.GroupID { return g.id }

// World is the world that the group lives in.
func (g *Group) World() *fleet.World { return g.world }

// Begin gives the policy and the history, every bin of it settled.
func (g *Group) Begin() []streams.Event {
	c := g.world.Config()
	start := c.Load.At(c.Start)
	events := []streams.Event{streams.NewPolicyControl(g.id, start, g.policy)}
	for _, s := range g.world.Backfill() {
		for _, end := range g.bins.reach(s.End) {
			events = append(events, g.gap(end, start))
		}
		m := g.metric(s, start)
		m.Settled = true
		events = append(events, m)
	}
	for _, ev := range events[1:] {
		g.count(ev.(streams.Metric))
	}
	return events
}

// Next says whether there is a minute left.
func (g *Group) Next() bool { return g.world.Next() }

// Round advances the world by a minute and gives what came in it.
func (g *Group) Round() []streams.Event {
	g.minute = g.world.Advance()
	g.round++
	now := g.minute.Now
	var events []streams.Event
	for _, s := range g.minute.Samples {
		g.bins.absent = append(g.bins.absent, g.bins.reach(s.End)...)
		events = append(events, g.metric(s, now))
	}
	g.bins.absent = append(g.bins.absent, g.bins.due(g.minute.Due)...)
	for _, end := range g.bins.settled(now) {
		events = append(events, g.gap(end, now))
	}
	for _, ev := range events {
		g.count(ev.(streams.Metric))
	}
	return append(events, g.group())
}

// Act sets the desired capacity and serves the minute.
func (g *Group) Act(d streams.Decision) (streams.Outcome, bool) {
	defer g.world.Serve()
	return act(g.world, d, g.minute.Now)
}

// End does nothing: every minute was served by Act.
func (g *Group) End() {}

func (g *Group) count(m streams.Metric) {
	g.came.Count++
	if m.End.After(g.came.NewestEnd) {
		g.came.NewestEnd = m.End
	}
}

func (g *Group) group() streams.Group {
	c := g.world.Config()
	delay := streams.Duration(c.MetricDelay)
	ev := streams.Group{
		GroupID: g.id, Round: g.round, Now: g.minute.Now,
		Capacity:    capacity(g.world),
		Boots:       boots(g.minute.Boots),
		MetricDelay: &delay,
	}
	if g.came.Count > 0 {
		ev.Series = map[string]streams.Arrival{g.policy.Load.Series: g.came}
	}
	g.came = streams.Arrival{}
	return ev
}

// metric gives a sample as ingest would: the load in the policy's unit, where
// PerInstance is what an instance bears at the world's SLO.
func (g *Group) metric(s fleet.Sample, seen time.Time) streams.Metric {
	value := s.Load * g.policy.Load.PerInstance * 100 / g.world.Config().SLO
	instances := s.Instances
	m := g.bin(s.End, seen)
	m.Value, m.Instances = &value, &instances
	m.Censored = g.world.Config().Signal == fleet.SignalCPU && s.Utilization >= streams.CensoredUtilization
	return m
}

func (g *Group) gap(end, seen time.Time) streams.Metric {
	m := g.bin(end, seen)
	m.Gap, m.Settled = true, true
	return m
}

func (g *Group) bin(end, seen time.Time) streams.Metric {
	return streams.Metric{
		SeriesID: streams.SeriesID{GroupID: g.id, Series: g.policy.Load.Series},
		End:      end, Period: g.policy.Load.Period, Unit: g.policy.Load.Unit, Revision: 1, Seen: seen,
	}
}
