package backtest

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Run is how one policy did on one load.
type Run struct {
	// Case and Policy name the load and the policy; Knob is what was swept: a
	// target utilization in percent, a factor, or for ours the price of a
	// violated minute in instance-hours.
	Case   string
	Policy string
	Knob   float64
	// Score is that of the scored minutes.
	Score fleet.Score
	// Before is that of the second half of the warm-up part: what somebody
	// who had to choose beforehand could have known. A rival that plans by the
	// whole warm-up part is judged here by what it plans of the first half.
	Before fleet.Score
}

// Contender gives the policy with its knob.
func (r Run) Contender() Contender { return Contender{r.Policy, r.Knob} }

// Label names the policy with its knob, and with a star where it is an
// emulation.
func (r Run) Label() string { return r.Contender().Label() }

// PerDay spreads a count over the days that were scored; 0 where none was.
func (r Run) PerDay(count int) float64 {
	if r.Score.Minutes == 0 {
		return 0
	}
	return float64(count) * 24 * 60 / float64(r.Score.Minutes)
}

// Story is a run that is told in full: every minute, and for ours a band for
// every minute that could be forecast, and what it decided.
type Story struct {
	Run
	Rows  []fleet.Row
	Bands []Band
	// Decisions are those that changed something, in the order of time.
	Decisions []streams.Decision
	// Holds are the others in the scored minutes, by the rule that had the last
	// word, the most frequent first: as many as a policy has rules at most.
	Holds []Hold
	// Worst is what was decided in the minute in which the longest violation of
	// the scored minutes began; nil where there was none.
	Worst *streams.Decision
}

// Band is what was forecast of the load of one minute when what served it had
// to be asked for, in capacity units (1 = one busy instance).
type Band struct {
	Time time.Time
	// Low, Median and High are the 10 %, 50 % and 99 % quantiles, or the
	// nearest levels that the policy has.
	Low, Median, High float64
}
