package rivals

import (
	"fmt"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Comparison says on which side of its threshold an alarm is on.
type Comparison string

// The comparisons that an alarm may make.
const (
	Above   Comparison = ">"
	AtLeast Comparison = ">="
	Below   Comparison = "<"
	AtMost  Comparison = "<="
)

// high says whether an alarm is on for much and not for little.
func (c Comparison) high() bool { return c == Above || c == AtLeast }

// beyond says whether a value is on the side of the threshold that counts.
func (c Comparison) beyond(value, threshold float64) bool {
	switch c {
	case Above:
		return value > threshold
	case AtLeast:
		return value >= threshold
	case Below:
		return value < threshold
	}
	return value <= threshold
}

// MetricAlarm is a CloudWatch alarm on the average CPU utilization of a group:
// on while so many of the newest datapoints are beyond the threshold. It is
// looked at with every sample. A datapoint is the mean of the samples of the
// Period that ends there; where samples come less often, it is a sample, and as
// many are needed as the same time has.
type MetricAlarm struct {
	Name       string     `json:"name"`
	Comparison Comparison `json:"comparison"`
	// Threshold is in percent.
	Threshold float64 `json:"threshold_percent"`
	// Period is that of a datapoint: above 0.
	Period streams.Duration `json:"period_s"`
	// Datapoints of the newest EvaluationPeriods turn it on: both at least 1.
	EvaluationPeriods int `json:"evaluation_periods"`
	Datapoints        int `json:"datapoints_to_alarm"`
	// MissingBreaches says that a datapoint that is missing counts as beyond the
	// threshold; else it does not.
	MissingBreaches bool `json:"missing_breaches,omitempty"`
}

// String says when it is on: "CPU > 60 % in 3 of 3 x 60 s".
func (a MetricAlarm) String() string {
	return fmt.Sprintf("CPU %s %.4g %% in %d of %d x %g s", a.Comparison, a.Threshold, a.Datapoints, a.EvaluationPeriods, a.Period.Std().Seconds())
}

// monitor is a MetricAlarm at work.
type monitor struct {
	MetricAlarm
	samples []fleet.Sample // of the evaluation periods, oldest first
	first   time.Time      // end of the first sample there was
	on      bool
	newest  datapoint
}

// datapoint is the mean over a period.
type datapoint struct{ utilization, instances float64 }

// monitors makes those of alarms.
func monitors(alarms []MetricAlarm) []*monitor {
	all := make([]*monitor, len(alarms))
	for i, a := range alarms {
		all[i] = &monitor{MetricAlarm: a}
	}
	return all
}

// observe takes in a sample that is newer than those before.
func (w *monitor) observe(s fleet.Sample) {
	period := max(w.Period.Std(), s.Period)
	periods := samplesIn(time.Duration(w.EvaluationPeriods)*w.Period.Std(), period)
	needs := samplesIn(time.Duration(w.Datapoints)*w.Period.Std(), period)
	if len(w.samples) == 0 {
		w.first = s.End
	}
	age := func(x fleet.Sample) int { return int(s.End.Sub(x.End) / period) }
	w.samples = slices.DeleteFunc(append(w.samples, s), func(x fleet.Sample) bool { return age(x) >= periods })
	breaching, at := 0, len(w.samples)
	for i := range periods {
		var sum datapoint
		from := at
		for at > 0 && age(w.samples[at-1]) == i {
			at--
			sum.utilization += w.samples[at].Utilization
			sum.instances += w.samples[at].Instances
		}
		n := float64(from - at)
		switch {
		case n > 0 && w.Comparison.beyond(sum.utilization/n, w.Threshold),
			n == 0 && w.MissingBreaches && s.End.Add(-time.Duration(i)*period).After(w.first):
			breaching++
		}
		if i == 0 {
			w.newest = datapoint{sum.utilization / n, sum.instances / n}
		}
	}
	w.on = breaching >= needs
}
