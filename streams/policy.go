package streams

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"regexp"
	"slices"
)

// Mode is how far the actuator may go with a group's decisions.
type Mode string

// The modes.
const (
	Observe        Mode = "observe" // decide, and write nothing
	DesiredControl Mode = "desired" // set the group's desired capacity
)

// CensoredUtilization is the utilization in percent from which the true load
// is hidden: a bin at or above it is Censored.
const CensoredUtilization = 95

// MaxOutageBins bounds ScalingPolicy.OutageHold, in periods of the load.
const MaxOutageBins = 120

// Policy is everything that can change a byte of a group's forecasts and
// decisions. It travels as a control event, so that a replay sees it.
type Policy struct {
	// AutoScalingGroup is the group's name at AWS.
	AutoScalingGroup string `json:"auto_scaling_group" yaml:"auto_scaling_group"`
	Mode             Mode   `json:"mode" yaml:"mode"`
	// Round is the time between two group events.
	Round    Duration       `json:"round_s" yaml:"round"`
	Load     LoadPolicy     `json:"load" yaml:"load"`
	Forecast ForecastPolicy `json:"forecast" yaml:"forecast"`
	Scaling  ScalingPolicy  `json:"scaling" yaml:"scaling"`
	// Shadows are further policies of the group, by name, which only watch.
	Shadows map[string]Shadow `json:"shadows,omitempty" yaml:"shadows,omitempty"`
}

// LoadPolicy says which series is the group's load, and what one instance
// bears.
type LoadPolicy struct {
	Series string   `json:"series" yaml:"series"`
	Unit   Unit     `json:"unit" yaml:"unit"`
	Period Duration `json:"period_s" yaml:"period"`
	// PerInstance is U: the load of one instance, in Unit, above which a
	// minute counts as violated. 80 for CPU: 80 % of one instance.
	PerInstance float64 `json:"per_instance" yaml:"per_instance"`
	// ResourceLabel makes the load the requests per second of a target group,
	// in the words of target tracking:
	// app/NAME/ID/targetgroup/NAME/ID.
	ResourceLabel string `json:"resource_label,omitempty" yaml:"resource_label,omitempty"`
	// Expression makes the load what a CloudWatch metric math expression
	// yields at the period. Where both are empty the load is the CPU
	// utilization summed over the group's instances.
	Expression string `json:"expression,omitempty" yaml:"expression,omitempty"`
	// AbsentAsZero reads a bin without a value as 0 where the group's own
	// metrics show that CloudWatch has the bin. For requests only.
	AbsentAsZero bool `json:"absent_as_zero,omitempty" yaml:"absent_as_zero,omitempty"`
}

// ScalingPolicy holds the numbers of the rails.
type ScalingPolicy struct {
	// Min and Max are ours; the group's own apply as well.
	Min int `json:"min" yaml:"min"`
	Max int `json:"max" yaml:"max"`
	// ViolationPrice is what a minute in which the load is above PerInstance is
	// worth, in instance-hours: the capacity is the one that costs least, of
	// those that bear the lowest of Forecast.Levels. 0 leaves it to Quantile.
	ViolationPrice float64 `json:"violation_price_instance_hours,omitempty" yaml:"violation_price_instance_hours"`
	// Hysteresis goes with a ViolationPrice.
	Hysteresis Hysteresis `json:"hysteresis,omitzero" yaml:"hysteresis"`
	// Quantile of the peak over the lead that capacity must carry, where there
	// is no ViolationPrice; one of Forecast.Levels.
	Quantile float64 `json:"quantile" yaml:"quantile"`
	// ScaleInRisk is how probable it may be that more is needed than what stays
	// after a scale-in, over the lead and the stabilization window. It goes with
	// a ViolationPrice.
	ScaleInRisk float64 `json:"scale_in_risk,omitempty" yaml:"scale_in_risk"`
	// BootPrior is the time from asking for an instance to its service, until
	// five instances were seen to boot.
	BootPrior Duration `json:"boot_prior_s" yaml:"boot_prior"`
	// MetricDelayPrior is the time from the end of a bin to its arrival, used
	// until it was measured.
	MetricDelayPrior Duration `json:"metric_delay_prior_s" yaml:"metric_delay_prior"`
	// StaleAfter is the age of the newest value beyond which nothing is
	// decided from it.
	StaleAfter Duration `json:"stale_after_s" yaml:"stale_after"`
	// Stabilization is the window beyond the lead for which what stays after a
	// scale-in has to be enough. With a Quantile it is also the window before
	// now whose highest recommendation stays.
	Stabilization Duration `json:"stabilization_s" yaml:"stabilization"`
	// ScaleInUtilization is the share of PerInstance that the newest load may
	// reach on what stays after a scale-in.
	ScaleInUtilization float64  `json:"scale_in_utilization" yaml:"scale_in_utilization"`
	ScaleOutCooldown   Duration `json:"scale_out_cooldown_s" yaml:"scale_out_cooldown"`
	ScaleInCooldown    Duration `json:"scale_in_cooldown_s" yaml:"scale_in_cooldown"`
	// StepOut and StepIn bound one change.
	StepOut StepLimit `json:"max_step_out" yaml:"max_step_out"`
	StepIn  StepLimit `json:"max_step_in" yaml:"max_step_in"`
	// ForeignHold is how long somebody else's change holds scale-in.
	ForeignHold Duration `json:"foreign_hold_s" yaml:"foreign_hold"`
	// A newest bin below OutageShare of the lowest load of the time before is
	// no traffic but an outage of the metric: it lowers nothing for OutageHold.
	OutageHold  Duration `json:"outage_hold_s" yaml:"outage_hold"`
	OutageShare float64  `json:"outage_share" yaml:"outage_share"`
	// LaunchGrace is how long what was asked for may take at least before the
	// ratchet breaker stops further raises; it has twice the boot time in any
	// case.
	LaunchGrace Duration `json:"launch_grace_s" yaml:"launch_grace"`
	// Expiry is how long a decision may be acted on.
	Expiry Duration `json:"expiry_s" yaml:"expiry"`
}

// Hysteresis keeps what is there while it costs little more than what would
// cost least. Shares are of the lowest cost of a minute: 0.05 is 5 % more.
type Hysteresis struct {
	// Out and In are what staying may cost before more is asked for, and
	// before something is given back.
	Out float64 `json:"out" yaml:"out"`
	In  float64 `json:"in" yaml:"in"`
	// ReversalOut and ReversalIn are the same within a quarter of an hour of a
	// change in the other direction.
	ReversalOut float64 `json:"reversal_out" yaml:"reversal_out"`
	ReversalIn  float64 `json:"reversal_in" yaml:"reversal_in"`
	// Reversals is how many of them a day are free: each further one of the
	// last 24 hours adds Growth to In.
	Reversals int     `json:"reversals" yaml:"reversals"`
	Growth    float64 `json:"growth" yaml:"growth"`
}

// StepLimit bounds one change of capacity: the larger of a number of instances
// and a fraction of the current capacity.
type StepLimit struct {
	Instances int     `json:"instances" yaml:"instances"`
	Fraction  float64 `json:"fraction" yaml:"fraction"`
}

// Of gives the bound at a current capacity, in instances.
func (l StepLimit) Of(current int) int {
	return max(l.Instances, int(l.Fraction*float64(current)))
}

// Fingerprint names the policy by its content, without its shadows: what they
// are changes nothing that is decided under the policy.
func (p Policy) Fingerprint() string {
	body, err := json.Marshal(p.Alone())
	if err != nil { // a number that is not finite, which check refuses
		return ""
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

// Validate returns an error that names the first field that breaks a rule, as
// the configuration spells it.
func (p Policy) Validate() error {
	c := checker{yaml: true}
	p.check(&c)
	return c.result()
}

// DefaultHorizon is the number of steps that a lead and a scale-in test need:
// max(12, ceil((2 × boot prior + stabilization window) / period)).
func (p Policy) DefaultHorizon() int {
	need := 2*p.Scaling.BootPrior + p.Scaling.Stabilization
	if p.Load.Period <= 0 {
		return 12
	}
	return max(12, int(math.Ceil(float64(need)/float64(p.Load.Period))))
}

func (p Policy) check(c *checker) {
	c.name("auto_scaling_group", p.AutoScalingGroup)
	if p.Mode != Observe && p.Mode != DesiredControl {
		c.failf("mode", "want observe or desired, got %q", string(p.Mode))
	}
	c.positive("round", p.Round)
	p.Load.check(c)
	p.Forecast.check(c)
	p.Scaling.check(c)
	if bins := int64(MaxOutageBins); p.Load.Period > 0 && int64(p.Scaling.OutageHold/p.Load.Period) > bins {
		c.failf("scaling.outage_hold", "want at most %d periods, got %v", bins, p.Scaling.OutageHold)
	}
	if p.Scaling.ViolationPrice == 0 && !slices.Contains(p.Forecast.Levels, p.Scaling.Quantile) {
		c.failf("scaling.quantile", "want one of forecast.levels %v, got %v", p.Forecast.Levels, p.Scaling.Quantile)
	}
	if p.Scaling.ViolationPrice > 0 && len(p.Forecast.Levels) < 2 {
		c.failf("forecast.levels", "want at least two with scaling.violation_price_instance_hours, got %v", p.Forecast.Levels)
	}
	if p.Scaling.ViolationPrice > 0 && p.Scaling.ScaleInRisk == 0 {
		c.failf("scaling.scale_in_risk", "want above 0 with scaling.violation_price_instance_hours: nothing is certain")
	}
	p.checkShadows(c)
}

func (p LoadPolicy) check(c *checker) {
	c.name("load.series", p.Series)
	c.unit("load.unit", p.Unit)
	c.positive("load.period", p.Period)
	if day, second := Duration(86400e9), Duration(1e9); p.Period > 0 && (day%p.Period != 0 || p.Period%second != 0) {
		c.failf(c.span("load.period"), "want whole seconds that divide a day, got %v", p.Period)
	}
	c.within("load.per_instance", p.PerInstance, 1e-9, 1e12)
	p.checkSource(c)
}

// resourceLabel is the form of LoadPolicy.ResourceLabel.
var resourceLabel = regexp.MustCompile(`^app/[^/\s]+/[^/\s]+/targetgroup/[^/\s]+/[^/\s]+$`)

func (p LoadPolicy) checkSource(c *checker) {
	c.text("load.expression", p.Expression)
	switch {
	case p.ResourceLabel != "" && p.Expression != "":
		c.failf("load.expression", "goes without load.resource_label")
	case p.ResourceLabel != "" && !resourceLabel.MatchString(p.ResourceLabel):
		c.failf("load.resource_label", "want app/NAME/ID/targetgroup/NAME/ID, got %.80q", p.ResourceLabel)
	case p.ResourceLabel != "" && p.Unit != CountPerSecond:
		c.failf("load.unit", "requests of a target group are %s, got %q", CountPerSecond, string(p.Unit))
	case p.ResourceLabel == "" && p.Expression == "" && p.Unit != Percent:
		c.failf("load.unit", "without load.resource_label or load.expression the load is CPU utilization in %s, got %q", Percent, string(p.Unit))
	case p.AbsentAsZero && p.ResourceLabel == "":
		c.failf("load.absent_as_zero", "goes with load.resource_label only")
	}
}

func (p ScalingPolicy) check(c *checker) {
	c.count("scaling.min", p.Min, 0)
	c.count("scaling.max", p.Max, max(p.Min, 1))
	c.within("scaling.violation_price_instance_hours", p.ViolationPrice, 0, 1e6)
	p.Hysteresis.check(c)
	c.within("scaling.quantile", p.Quantile, 0, 1)
	c.within("scaling.scale_in_risk", p.ScaleInRisk, 0, 1)
	c.notNegative("scaling.boot_prior", p.BootPrior)
	c.notNegative("scaling.metric_delay_prior", p.MetricDelayPrior)
	c.positive("scaling.stale_after", p.StaleAfter)
	c.notNegative("scaling.stabilization", p.Stabilization)
	c.within("scaling.scale_in_utilization", p.ScaleInUtilization, 0.01, 1)
	c.notNegative("scaling.scale_out_cooldown", p.ScaleOutCooldown)
	c.notNegative("scaling.scale_in_cooldown", p.ScaleInCooldown)
	p.StepOut.check(c, "scaling.max_step_out")
	p.StepIn.check(c, "scaling.max_step_in")
	c.notNegative("scaling.foreign_hold", p.ForeignHold)
	c.notNegative("scaling.outage_hold", p.OutageHold)
	c.within("scaling.outage_share", p.OutageShare, 0, 1)
	c.positive("scaling.launch_grace", p.LaunchGrace)
	c.positive("scaling.expiry", p.Expiry)
}

func (h Hysteresis) check(c *checker) {
	const most = 1000 // times the lowest cost
	c.within("scaling.hysteresis.out", h.Out, 0, most)
	c.within("scaling.hysteresis.in", h.In, 0, most)
	c.within("scaling.hysteresis.reversal_out", h.ReversalOut, 0, most)
	c.within("scaling.hysteresis.reversal_in", h.ReversalIn, 0, most)
	c.count("scaling.hysteresis.reversals", h.Reversals, 0)
	c.within("scaling.hysteresis.growth", h.Growth, 0, most)
}

func (l StepLimit) check(c *checker, field string) {
	c.count(field+".instances", l.Instances, 1)
	c.within(field+".fraction", l.Fraction, 0, 100)
}
