package sim

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Rerun plays a tape again: the recorded metrics, controls and clock, with a
// simulated fleet in place of the recorded group's instances. The load that it
// is judged by is the newest recorded value of each bin; what a saturated bin
// hid stays hidden.
type Rerun struct {
	tape   *Tape
	world  *fleet.World
	begin  []streams.Event
	next   int
	open   bool
	minute fleet.Minute
}

// NewRerun plays a tape. The fallback policy is in force where the tape has
// none of its own. boot is the time that an instance takes. It refuses a tape
// without a value of the policy's series.
func NewRerun(tape *Tape, fallback streams.Policy, boot time.Duration) (*Rerun, error) {
	r := &Rerun{tape: tape}
	policy := tape.policy()
	if policy == nil {
		policy = &fallback
		r.begin = []streams.Event{streams.NewPolicyControl(tape.ID, tape.Beats[0].Group.Now, fallback)}
	}
	load, err := tape.load(policy.Load)
	if err != nil {
		return nil, fmt.Errorf("replay %s: %w", tape.ID, err)
	}
	start := int(tape.Beats[0].Group.Now.Sub(load.Start) / time.Minute)
	r.world, err = fleet.NewWorld(fleet.History("ours", load, boot, max(start, 0)))
	if err != nil {
		return nil, fmt.Errorf("replay %s: %w", tape.ID, err)
	}
	return r, nil
}

// ID is the group's identity.
func (r *Rerun) ID() streams.GroupID { return r.tape.ID }

// World is the world that the group lives in.
func (r *Rerun) World() *fleet.World { return r.world }

// Begin gives the policy where the tape has none.
func (r *Rerun) Begin() []streams.Event { return r.begin }

// Next says whether there is a recorded round left.
func (r *Rerun) Next() bool { return r.next < len(r.tape.Beats) }

// Round moves the world to the recorded clock and gives the recorded round,
// with the simulated fleet as the group that was described.
func (r *Rerun) Round() []streams.Event {
	beat := r.tape.Beats[r.next]
	r.next++
	g := beat.Group
	g.Boots = nil
	for !r.open || !g.Now.Before(r.minute.Now.Add(time.Minute)) {
		r.End()
		r.minute, r.open = r.world.Advance(), true
		g.Boots = append(g.Boots, boots(r.minute.Boots)...)
	}
	g.Round = uint64(r.next)
	described := capacity(r.world)
	if g.Capacity != nil {
		described.Min, described.Max = g.Capacity.Min, g.Capacity.Max
	}
	g.Capacity = described
	return append(slices.Clone(beat.Before), g)
}

// Act sets the desired capacity; the minute is served when the clock leaves it.
func (r *Rerun) Act(d streams.Decision) (streams.Outcome, bool) {
	return act(r.world, d, r.tape.Beats[r.next-1].Group.Now)
}

// End serves the minute that the clock stands in.
func (r *Rerun) End() {
	if r.open {
		r.world.Serve()
		r.open = false
	}
}

const (
	// slo is the share of an instance that PerInstance stands for.
	slo = 0.8
	// maxDemand bounds what a recorded value may ask for, in instances, as
	// fleet does for a trace: a wrong PerInstance is an error and not a fleet
	// of billions.
	maxDemand = 1e6
)

// load gives what the tape shows of a series as the demand on a world. A bin
// without a value has that of the one before it.
func (t *Tape) load(p streams.LoadPolicy) (fleet.Load, error) {
	values, period := t.values(p), p.Period.Std()
	if len(values) == 0 || period < time.Minute || period%time.Minute != 0 {
		return fleet.Load{}, fmt.Errorf("series %s: no value at a period of whole minutes, which a simulated fleet needs", p.Series)
	}
	first := slices.MinFunc(slices.Collect(maps.Keys(values)), time.Time.Compare)
	l := fleet.Load{Start: first.Add(-period), Period: period}
	bins := max(1, int(t.end().Sub(l.Start)/period)+1)
	grid := trace.Trace{Start: l.Start, Period: period, Values: make([]float64, bins)}
	known := 0.0
	for i := range bins {
		end := first.Add(time.Duration(i) * period)
		v, ok := values[end]
		l.Missing = append(l.Missing, !ok)
		grid.Values[i] = math.NaN()
		if ok {
			known = v * slo / p.PerInstance
			grid.Values[i] = known
		}
		if known > maxDemand {
			return fleet.Load{}, fmt.Errorf("series %s: value %v at %s asks for %g instances, want at most %g",
				p.Series, v, end.Format(time.RFC3339), known, float64(maxDemand))
		}
		for range int(period / time.Minute) {
			l.Demand = append(l.Demand, known)
		}
	}
	l.Peak = max(0.1, grid.Quantile(0.999))
	return l, nil
}
