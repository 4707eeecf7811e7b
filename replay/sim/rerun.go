package sim

import (
	"fmt"
	"math"
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
	policy streams.Policy
	begin  []streams.Event
	next   int
	open   bool
	minute fleet.Minute
}

// NewRerun plays a tape. The fallback policy is in force where the tape has
// none of its own. boot is the time that an instance takes. It refuses a tape
// without a value of the policy's series.
func NewRerun(tape *Tape, fallback streams.Policy, boot time.Duration) (*Rerun, error) {
	r := &Rerun{tape: tape, policy: fallback}
	if p := tape.policy(); p != nil {
		r.policy = *p
	} else {
		r.begin = []streams.Event{streams.NewPolicyControl(tape.ID, tape.Beats[0].Group.Now, fallback)}
	}
	load, err := tape.load(r.policy.Load)
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
		if !r.world.Next() {
			break
		}
		r.minute, r.open = r.world.Advance(), true
		g.Boots = append(g.Boots, boots(r.minute.Boots)...)
	}
	g.Round = uint64(r.next)
	described := capacity(r.world)
	if g.Capacity != nil {
		described.Min, described.Max = g.Capacity.Min, g.Capacity.Max
	}
	g.Capacity = described
	return append(append([]streams.Event{}, beat.Before...), g)
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

// load gives what the tape shows of a series as the demand on a world.
func (t *Tape) load(p streams.LoadPolicy) (fleet.Load, error) {
	const slo = 0.8 // the share of an instance that PerInstance stands for
	values := map[time.Time]float64{}
	var first, last time.Time
	for _, b := range t.Beats {
		for _, ev := range b.Before {
			m, ok := ev.(streams.Metric)
			if !ok || m.Series != p.Series || m.Period != p.Period || m.Value == nil {
				continue
			}
			values[m.End] = *m.Value * slo / p.PerInstance
			if first.IsZero() || m.End.Before(first) {
				first = m.End
			}
		}
		last = b.Group.Now
	}
	period := p.Period.Std()
	if len(values) == 0 || period < time.Minute || period%time.Minute != 0 {
		return fleet.Load{}, fmt.Errorf("series %s: no value at a period of whole minutes, which a simulated fleet needs", p.Series)
	}
	l := fleet.Load{Start: first.Add(-period), Period: period}
	bins := int(last.Sub(l.Start)/period) + 1
	grid := trace.Trace{Start: l.Start, Period: period, Values: make([]float64, bins)}
	known := 0.0
	for i := range bins {
		v, ok := values[first.Add(time.Duration(i)*period)]
		grid.Values[i] = v
		if !ok {
			grid.Values[i], v = math.NaN(), known
		}
		known = v
		l.Missing = append(l.Missing, !ok)
		for range int(period / time.Minute) {
			l.Demand = append(l.Demand, v)
		}
	}
	l.Peak = max(0.1, grid.Quantile(0.999))
	return l, nil
}
