package backtest

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// Case is one load that policies are tried on.
type Case struct {
	// Name is what outputs call it.
	Name string
	// Set is the data set that it belongs to. Loads of one set are not
	// independent: resampling draws sets, not loads.
	Set string
	// Load is the demand, minute by minute.
	Load fleet.Load
	// Weights is the checksum of the global weights that lstm and combined of ours
	// begin with; empty leaves those that the policy of the Setup names.
	Weights string
}

// Settings are the world that every policy of a backtest lives in.
type Settings struct {
	// Boot is the nominal boot time; where P95 is not zero, each instance
	// draws its own from the lognormal distribution with the median Boot.
	Boot, P95 time.Duration
	// Seed draws boot times.
	Seed uint64
	// BootCPU is what a booting instance reports, in percent.
	BootCPU float64
	// MetricDelay is how long after its period a metric arrives.
	MetricDelay time.Duration
	// Signal is what the metric shows.
	Signal fleet.Signal
	// SLO is the utilization above which a minute is violated, in percent.
	SLO float64
	// WarmUp is the share of the minutes that are acted in and not scored.
	WarmUp float64
}

// Parallel runs task for 0 to n-1, in any order and side by side at will, and
// returns when all are done.
type Parallel func(n int, task func(i int))
