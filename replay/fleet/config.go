package fleet

import (
	"fmt"
	"time"
)

// Config says which world a policy lives in.
type Config struct {
	// Policy names the policy in the rows.
	Policy string
	// Load is the demand, minute by minute.
	Load Load
	// Start is the first minute in which anything acts. Lived mode starts at
	// 0. In history mode the minutes before Start are history: enough
	// instances for all of it are in service, and its metrics are given at once.
	Start int
	// WarmUp is how many minutes from Start on are acted in and not scored.
	WarmUp int
	// MetricDelay is how long after the end of its period a metric arrives.
	MetricDelay time.Duration
	// Boot gives the boot time of each instance.
	Boot BootTime
	// NominalBoot is the boot time that the rules count with: how long after
	// a gap minutes do not count. Policies may know it.
	NominalBoot time.Duration
	// BootCPU is the utilization that a booting instance reports, in percent;
	// 0 where it reports none.
	BootCPU float64
	// Signal is what the metric shows of the load.
	Signal Signal
	// SLO is the utilization above which a minute is violated, in percent.
	SLO float64
}

// Lived is the configuration of a backtest: the whole load is lived with a
// constant boot time, and the first half of its minutes is warm-up. Metrics
// arrive a minute after their period, and the SLO is 80 %.
func Lived(policy string, load Load, boot time.Duration) Config {
	return Config{
		Policy:      policy,
		Load:        load,
		WarmUp:      load.Minutes() / 2,
		MetricDelay: time.Minute,
		Boot:        ConstantBoot(boot),
		NominalBoot: boot,
		SLO:         80,
	}
}

// History is the configuration of a demo: as Lived, but the minutes before
// start are history and all others are scored.
func History(policy string, load Load, boot time.Duration, start int) Config {
	c := Lived(policy, load, boot)
	c.Start = start
	c.WarmUp = 0
	return c
}

// ScoredFrom is the first minute that is scored: all before it is the warm-up
// part, lived or not.
func (c Config) ScoredFrom() int { return c.Start + c.WarmUp }

func (c Config) validate() error {
	span := 366 * 24 * time.Hour
	switch {
	case c.Load.Minutes() == 0:
		return fmt.Errorf("load: has no minutes")
	case c.Start < 0 || c.Start >= c.Load.Minutes():
		return fmt.Errorf("start: want a minute of the load, 0 to %d, got %d", c.Load.Minutes()-1, c.Start)
	case c.WarmUp < 0:
		return fmt.Errorf("warm-up: want at least 0 minutes, got %d", c.WarmUp)
	case c.MetricDelay < 0 || c.MetricDelay > span:
		return fmt.Errorf("metric delay: want 0 s to a year, got %v", c.MetricDelay)
	case c.Boot == nil:
		return fmt.Errorf("boot: want a boot time, got none")
	case c.NominalBoot < 0 || c.NominalBoot > span:
		return fmt.Errorf("nominal boot: want 0 s to a year, got %v", c.NominalBoot)
	case !(c.BootCPU >= 0 && c.BootCPU <= 100):
		return fmt.Errorf("boot CPU: want 0 to 100 %%, got %v", c.BootCPU)
	case c.Signal != SignalCPU && c.Signal != SignalRequests:
		return fmt.Errorf("signal: want CPU or requests, got %d", int(c.Signal))
	case !(c.SLO > 0 && c.SLO <= 100):
		return fmt.Errorf("SLO: want above 0 and at most 100 %%, got %v", c.SLO)
	}
	return nil
}
