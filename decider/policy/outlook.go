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
	// Horizon is the number of steps that the forecast had.
	Horizon int `json:"horizon,omitempty"`
	// Levels are the columns of Peak, rising; Peak[h-1] is the row of step h. It
	// has the steps that a decision may ask for, see reach.
	Levels []float64   `json:"levels,omitempty"`
	Peak   [][]float64 `json:"peak,omitempty"`
}

// mostCells bounds the numbers that are kept of a forecast, so that a state
// with all its shadows stays well within a message.
const mostCells = 4096

// outlookOf keeps what a policy needs of a forecast, where instances boot as
// long as given.
func outlookOf(p streams.Policy, f streams.Forecast, boot streams.Duration) *outlook {
	o := &outlook{Round: f.Round, Origin: f.Origin, Samples: f.Samples, Warm: f.Warm, Horizon: len(f.Peak)}
	if fault := o.read(p, f, reach(p, boot)); fault != "" {
		o.Levels, o.Peak, o.Fault = nil, nil, fault
	}
	return o
}

// reach is the highest step that a decision can ask for while the load is not
// stale. There is room for boots that turn out to be twice as long as the prior
// before the next forecast comes.
func reach(p streams.Policy, boot streams.Duration) int {
	s := p.Scaling
	lead := 2*s.StaleAfter + max(p.Load.Period, s.ScaleOutCooldown) + p.Round + max(2*s.BootPrior, boot) + s.Stabilization
	return max(1, int(lead/p.Load.Period)+2)
}

// read takes the peaks of at most so many steps, at the levels that the policy
// decides from, or says what is wrong with the forecast.
func (o *outlook) read(p streams.Policy, f streams.Forecast, steps int) (fault string) {
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
		if h == 0 || h < steps && (h+1)*(to-from) <= mostCells {
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
	// Wanted is the step that the instant lies in; above Number where that is
	// the last one.
	Wanted int
	// Horizon is the number of steps that the forecast had; above Number where
	// not all of them were kept.
	Horizon int
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
	return step{Number: n, Peak: law{o.Levels, o.Peak[n-1]}, Wanted: wanted, Horizon: o.Horizon}
}

// String names the step for a trail.
func (s step) String() string {
	switch {
	case s.Wanted <= s.Number:
		return fmt.Sprintf("step %d", s.Number)
	case s.Number < s.Horizon:
		return fmt.Sprintf("step %d, the last that was kept: step %d is wanted", s.Number, s.Wanted)
	}
	return fmt.Sprintf("step %d, the last: step %d is beyond the horizon", s.Number, s.Wanted)
}
