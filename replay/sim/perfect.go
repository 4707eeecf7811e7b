package sim

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Perfect stands in for the forecaster: it answers every round that owes a
// forecast, and what it says is what will be. Every quantile of a step is the
// demand of that bin, whatever of it was served and seen, and every quantile
// of the peak is the largest of them. Beyond the end of the load its last bin
// goes on.
type Perfect struct {
	load fleet.Load
	slo  float64
}

var _ streams.Stage = Perfect{}

// NewPerfect knows the load of a world.
func NewPerfect(c fleet.Config) Perfect { return Perfect{load: c.Load, slo: c.SLO} }

// Name gives "perfect": no timeline holds its forecasts.
func (Perfect) Name() string { return "perfect" }

// Version gives 1.
func (Perfect) Version() int { return 1 }

// Reads lists metric, group and control.
func (Perfect) Reads() []streams.Kind {
	return []streams.Kind{streams.KindMetric, streams.KindGroup, streams.KindControl}
}

// New begins the state of a group.
func (p Perfect) New(id streams.GroupID) streams.State { return &foresight{Perfect: p, id: id} }

// Load refuses: what knows the future is not stored.
func (Perfect) Load(streams.GroupID, []streams.Part) (streams.State, error) {
	return nil, errors.New("load perfect: has no stored state")
}

// foresight is the state of one group.
type foresight struct {
	Perfect
	id      streams.GroupID
	policy  *streams.Policy
	origin  time.Time // end of the newest bin that came with a value
	samples int
}

// Changed gives nothing.
func (f *foresight) Changed() []streams.Part { return nil }

// Step answers a group event whose round has metrics of the policy's series.
func (f *foresight) Step(ev streams.Event) []streams.Event {
	switch e := ev.(type) {
	case streams.Control:
		if e.Name == streams.ControlPolicy {
			f.policy = e.Policy
		}
	case streams.Metric:
		if e.Value == nil {
			return nil
		}
		f.samples++
		if e.End.After(f.origin) {
			f.origin = e.End
		}
	case streams.Group:
		if f.policy != nil && e.Came(f.policy.Load.Series) > 0 {
			return []streams.Event{f.forecast(e)}
		}
	}
	return nil
}

func (f *foresight) forecast(g streams.Group) streams.Forecast {
	p := f.policy
	out := streams.Forecast{
		SeriesID: streams.SeriesID{GroupID: f.id, Series: p.Load.Series},
		Round:    g.Round, Model: f.Name(), Origin: f.origin, Period: p.Load.Period, Unit: p.Load.Unit,
		Inputs: strings.Repeat("0", 16), Levels: slices.Clone(p.Forecast.Levels),
		Quantiles: [][]float64{}, Peak: [][]float64{}, Samples: f.samples, Warm: true,
	}
	if f.origin.IsZero() {
		out.Origin, out.Warm = g.Series[p.Load.Series].NewestEnd, false
		return out
	}
	first := int(f.origin.Sub(f.load.Start) / time.Minute)
	peak := 0.0
	for h := range p.Forecast.Horizon {
		demand := f.load.Demand[min(first+h*int(f.load.Period/time.Minute), f.load.Minutes()-1)]
		value := demand * p.Load.PerInstance * 100 / f.slo
		peak = max(peak, value)
		out.Quantiles = append(out.Quantiles, slices.Repeat([]float64{value}, len(out.Levels)))
		out.Peak = append(out.Peak, slices.Repeat([]float64{peak}, len(out.Levels)))
	}
	return out
}
