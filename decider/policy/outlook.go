package policy

import (
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// outlook is what is kept of a forecast: one quantile of its peak.
type outlook struct {
	Round   uint64    `json:"round"`
	Origin  time.Time `json:"origin"`
	Samples int       `json:"samples"`
	Warm    bool      `json:"warm,omitempty"`
	// Fault says why the forecast cannot be used; Peak is then absent.
	Fault string `json:"fault,omitempty"`
	// Horizon is the number of steps that the forecast had. Peak has at least
	// as many of them as a decision may ask for, Peak[h-1] that of step h.
	Horizon int       `json:"horizon,omitempty"`
	Peak    []float64 `json:"peak,omitempty"`
}

func outlookOf(p streams.Policy, f streams.Forecast) *outlook {
	o := &outlook{Round: f.Round, Origin: f.Origin, Samples: f.Samples, Warm: f.Warm, Horizon: len(f.Peak)}
	peak, fault := column(p, f)
	if fault != "" {
		o.Fault = fault
		return o
	}
	o.Peak = peak[:min(len(peak), reach(p))]
	return o
}

// reach is the highest step that a decision can ask for while the load is not
// stale.
func reach(p streams.Policy) int {
	s := p.Scaling
	lead := 2*s.StaleAfter + max(p.Load.Period, s.ScaleOutCooldown) + p.Round + s.BootPrior + s.Stabilization
	return max(1, int(lead/p.Load.Period)+2)
}

// column gives the peak at the policy's quantile, one number a step, or says
// what is wrong with the forecast.
func column(p streams.Policy, f streams.Forecast) (peak []float64, fault string) {
	level := f.Level(p.Scaling.Quantile)
	switch {
	case f.Period != p.Load.Period:
		return nil, fmt.Sprintf("has steps of %v, the load has bins of %v", f.Period, p.Load.Period)
	case f.Unit != p.Load.Unit:
		return nil, fmt.Sprintf("is in %s, the load in %s", f.Unit, p.Load.Unit)
	case level < 0:
		return nil, fmt.Sprintf("lacks the quantile %s", percent(p.Scaling.Quantile))
	case len(f.Peak) == 0:
		return nil, "is empty"
	}
	for h, row := range f.Peak {
		if level >= len(row) {
			return nil, fmt.Sprintf("has %d quantiles at step %d, want %d", len(row), h+1, len(f.Levels))
		}
		if !usable(row[level]) {
			return nil, fmt.Sprintf("has %v %s at step %d", row[level], f.Unit, h+1)
		}
		peak = append(peak, row[level])
	}
	return peak, ""
}

// step is where an instant lies in an outlook.
type step struct {
	// Number is the step that is read, and Peak its quantile.
	Number int
	Peak   float64
	// Wanted is the step that the instant lies in; beyond the horizon it is
	// above Number.
	Wanted int
}

// at reads the step that an instant lies in, the last one beyond the horizon.
func (o outlook) at(t time.Time, period time.Duration) step {
	ahead := t.Sub(o.Origin)
	wanted := int(ahead / period)
	if ahead%period > 0 {
		wanted++
	}
	wanted = max(1, wanted)
	n := min(wanted, len(o.Peak))
	return step{Number: n, Peak: o.Peak[n-1], Wanted: wanted}
}

// String names the step for a trail.
func (s step) String() string {
	if s.Wanted > s.Number {
		return fmt.Sprintf("step %d, the last: step %d is beyond the horizon", s.Number, s.Wanted)
	}
	return fmt.Sprintf("step %d", s.Number)
}
