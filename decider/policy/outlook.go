package policy

import (
	"fmt"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// outlook is what is kept of a forecast: the quantiles of its peak that the
// policy decides from.
type outlook struct {
	Round   uint64    `json:"round"`
	Origin  time.Time `json:"origin"`
	Samples int       `json:"samples"`
	Warm    bool      `json:"warm,omitempty"`
	// Fault says why the forecast cannot be used; Peak is then absent.
	Fault string `json:"fault,omitempty"`
	// Horizon is the number of steps that the forecast had. Peak has at least
	// as many rows as a decision may ask for, Peak[h-1] that of step h.
	Horizon int `json:"horizon,omitempty"`
	// Levels are the columns of Peak, rising.
	Levels []float64   `json:"levels,omitempty"`
	Peak   [][]float64 `json:"peak,omitempty"`
}

func outlookOf(p streams.Policy, f streams.Forecast) *outlook {
	o := &outlook{Round: f.Round, Origin: f.Origin, Samples: f.Samples, Warm: f.Warm, Horizon: len(f.Peak)}
	if fault := o.read(p, f); fault != "" {
		o.Levels, o.Peak, o.Fault = nil, nil, fault
	}
	return o
}

// reach is the highest step that a decision can ask for while the load is not
// stale. An instance that boots longer than twice the prior is not foreseen:
// the last step is read then.
func reach(p streams.Policy) int {
	s := p.Scaling
	lead := 2*s.StaleAfter + max(p.Load.Period, s.ScaleOutCooldown) + p.Round + 2*s.BootPrior + s.Stabilization
	return max(1, int(lead/p.Load.Period)+2)
}

// read takes the peaks at the levels that the policy decides from, or says
// what is wrong with the forecast.
func (o *outlook) read(p streams.Policy, f streams.Forecast) (fault string) {
	from, to := 0, len(f.Levels)
	if p.Scaling.ViolationPrice == 0 {
		from = f.Level(p.Scaling.Quantile)
		to = from + 1
	}
	switch {
	case f.Period != p.Load.Period:
		return fmt.Sprintf("has steps of %v, the load has bins of %v", f.Period, p.Load.Period)
	case f.Unit != p.Load.Unit:
		return fmt.Sprintf("is in %s, the load in %s", f.Unit, p.Load.Unit)
	case from < 0:
		return fmt.Sprintf("lacks the quantile %s", percent(p.Scaling.Quantile))
	case p.Scaling.ViolationPrice > 0 && !slices.Equal(f.Levels, p.Forecast.Levels):
		return fmt.Sprintf("has the levels %v, want %v", f.Levels, p.Forecast.Levels)
	case len(f.Peak) == 0:
		return "is empty"
	}
	for h, row := range f.Peak {
		if len(row) < to {
			return fmt.Sprintf("has %d quantiles at step %d, want %d", len(row), h+1, len(f.Levels))
		}
		if fault := wrong(row[from:to]); fault != "" {
			return fmt.Sprintf("has %s %s at step %d", fault, f.Unit, h+1)
		}
		if h < reach(p) {
			o.Peak = append(o.Peak, slices.Clone(row[from:to]))
		}
	}
	o.Levels = slices.Clone(f.Levels[from:to])
	return ""
}

// wrong names the first quantile that is none, or nothing.
func wrong(row []float64) string {
	for i, q := range row {
		if !usable(q) {
			return fmt.Sprint(q)
		}
		if i > 0 && q < row[i-1] {
			return fmt.Sprintf("%v above %v", row[i-1], q)
		}
	}
	return ""
}

// step is where an instant lies in an outlook.
type step struct {
	// Number is the step that is read, and Peak what is known of its peak.
	Number int
	Peak   law
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
	return step{Number: n, Peak: law{o.Levels, o.Peak[n-1]}, Wanted: wanted}
}

// String names the step for a trail.
func (s step) String() string {
	if s.Wanted > s.Number {
		return fmt.Sprintf("step %d, the last: step %d is beyond the horizon", s.Number, s.Wanted)
	}
	return fmt.Sprintf("step %d", s.Number)
}
