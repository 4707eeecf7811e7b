package sim

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// act does to a simulated fleet what a decision asks for.
func act(world *fleet.World, d streams.Decision, now time.Time) (streams.Outcome, bool) {
	if d.Verdict == streams.Hold {
		return streams.Outcome{}, false
	}
	before := world.Fleet().Desired()
	o := streams.Outcome{GroupID: d.GroupID, Round: d.Round, At: now, Status: streams.Applied}
	o.Desired = world.SetDesired(d.Desired)
	if o.Desired == before {
		o.Status = streams.Unchanged
	}
	return o, true
}

// capacity describes a simulated fleet as AWS would describe the group.
func capacity(world *fleet.World) *streams.Capacity {
	f := world.Fleet()
	return &streams.Capacity{
		Desired: f.Desired(), InService: f.InService(), Pending: f.Booting(),
		Min: 1, Max: world.Config().Load.MaxDesired(),
	}
}

func boots(finished []fleet.Boot) []streams.Duration {
	var d []streams.Duration
	for _, b := range finished {
		d = append(d, streams.Duration(b.Observed()))
	}
	return d
}
