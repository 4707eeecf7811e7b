package awssim

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// advance serves every minute that is over by now, and opens the minute of now.
func (g *group) advance(fs faults, now time.Time) {
	load := g.world.Config().Load
	for {
		if g.open {
			end := load.At(g.next)
			if now.Before(end) {
				return
			}
			g.world.Serve()
			g.open, g.known = false, end
		}
		if !g.world.Next() || load.At(g.next).After(now) {
			return
		}
		minute := g.world.Advance()
		g.next++
		g.open = true
		for _, b := range minute.Boots {
			g.log.finish(b.ID, minute.Now)
		}
		g.reconcile(fs, minute.Now)
		g.remember(fs, minute.Now)
		g.obey(fs, minute)
	}
}

// set changes the desired capacity, and does what can be done for it at once.
func (g *group) set(fs faults, desired int, now time.Time) *refusal {
	switch {
	case desired > g.Max:
		return invalid("New SetDesiredCapacity value %d is above max value %d for the AutoScalingGroup.", desired, g.Max)
	case desired < g.Min:
		return invalid("New SetDesiredCapacity value %d is below min value %d for the AutoScalingGroup.", desired, g.Min)
	case desired == g.desired:
		return nil
	}
	g.become(fs, change{at: now, from: g.desired, to: desired, cause: "user request explicitly set group desired capacity"})
	return nil
}

// become makes a change of the desired capacity, within its bounds.
func (g *group) become(fs faults, c change) {
	g.reason, g.desired = c, c.to
	g.pause, g.retry = 0, time.Time{}
	g.reconcile(fs, c.at)
	g.remember(fs, c.at)
}

// reconcile brings the world to the desired capacity, where a minute is open
// and nothing is in the way.
func (g *group) reconcile(fs faults, now time.Time) {
	if !g.open {
		return
	}
	switch have, want := g.world.Fleet().Desired(), g.instances(g.desired); {
	case have < want && !g.isSuspended(fs, "Launch", now) && !now.Before(g.retry):
		if fs.active(StockOut, g.name, now) {
			g.fail(have, now)
			return
		}
		g.launch(have, now)
	case have > want && !g.isSuspended(fs, "Terminate", now):
		g.terminate(have, now)
	}
}

// The pauses between launches that fail: they double from the first to the
// longest.
const (
	firstPause   = time.Minute
	longestPause = 15 * time.Minute
)

func (g *group) fail(have int, now time.Time) {
	g.log.add(activity{kind: failed, start: now, end: now, from: g.units(have), to: g.desired, reason: g.reason})
	g.pause = min(max(firstPause, 2*g.pause), longestPause)
	g.retry = now.Add(g.pause)
}

func (g *group) launch(have int, now time.Time) {
	g.pause, g.retry = 0, time.Time{}
	g.world.SetDesired(g.instances(g.desired))
	f := g.world.Fleet()
	newest := g.launched
	started := func(instances []fleet.Instance, serves bool) {
		for _, i := range instances {
			if i.ID <= g.launched {
				continue
			}
			newest = max(newest, i.ID)
			g.log.add(activity{kind: launching, start: now, number: i.ID, instance: g.instanceID(i.ID), from: g.units(have), to: g.desired, reason: g.reason})
			if serves {
				g.log.finish(i.ID, now)
			}
		}
	}
	started(f.Ready(), true)
	started(f.Pending(), false)
	g.launched = newest
}

func (g *group) terminate(have int, now time.Time) {
	f := g.world.Fleet()
	before := append(f.Ready(), f.Pending()...)
	g.world.SetDesired(g.instances(g.desired))
	stay := map[int]bool{}
	for _, i := range append(f.Ready(), f.Pending()...) {
		stay[i.ID] = true
	}
	for _, i := range before {
		if stay[i.ID] {
			continue
		}
		g.log.cancel(i.ID, now)
		g.log.add(activity{kind: terminating, start: now, end: now, instance: g.instanceID(i.ID), from: g.units(have), to: g.desired, reason: g.reason})
	}
}

// cooling gives the activity whose cooldown is not over.
func (g *group) cooling(now time.Time) (string, bool) {
	last, ok := g.log.last()
	if !ok || !now.Before(last.start.Add(g.Cooldown)) {
		return "", false
	}
	return g.log.id(last), true
}
