package awssim

import (
	"maps"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// view is a group as it was at an instant.
type view struct {
	at             time.Time
	desired        int
	ready, booting []fleet.Instance
	suspended      []suspension // by name
}

type suspension struct {
	process string
	since   time.Time
}

// look takes a view of the group.
func (g *group) look(fs faults, at time.Time) view {
	f := g.world.Fleet()
	return view{at: at, desired: g.desired, ready: f.Ready(), booting: f.Pending(), suspended: g.suspensions(fs, at)}
}

// remember takes a view, where descriptions come late, and forgets those that
// no description shows any more.
func (g *group) remember(fs faults, at time.Time) {
	if g.lag > 0 {
		g.views = append(slices.Delete(g.views, 0, g.viewAt(at)), g.look(fs, at))
	}
}

// seen gives the group as it is described at an instant.
func (g *group) seen(fs faults, now time.Time) view {
	if g.lag <= 0 {
		return g.look(fs, now)
	}
	return g.views[g.viewAt(now)]
}

// viewAt is the newest view that is not younger than the lag, else the oldest.
func (g *group) viewAt(now time.Time) int {
	n := len(g.views) - 1
	for n > 0 && g.views[n].at.After(now.Add(-g.lag)) {
		n--
	}
	return n
}

// suspensions gives what is suspended, by the group itself or by a fault.
func (g *group) suspensions(fs faults, at time.Time) []suspension {
	all := fs.suspended(g.name, at)
	if len(g.suspended) > 0 {
		own := maps.Clone(g.suspended)
		maps.Copy(own, all)
		all = own
	}
	var out []suspension
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, suspension{process: name, since: all[name]})
	}
	return out
}

func (g *group) isSuspended(fs faults, process string, at time.Time) bool {
	if _, own := g.suspended[process]; own {
		return true
	}
	_, faulty := fs.suspended(g.name, at)[process]
	return faulty
}
