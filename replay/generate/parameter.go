package generate

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Parameter is one number of a profile: where it is, and what it may be. One
// of Number and Span is not nil.
type Parameter struct {
	// Component is what it is a number of; Name is as in Profile, in lower case
	// with hyphens; Unit and About are for people.
	Component, Name, Unit, About string
	Number                       *float64
	Low, High                    float64 // of Number
	Span                         *time.Duration
	Shortest, Longest            time.Duration // of Span
}

// Parameters lists the numbers of a profile, to read and to change.
func (p *Profile) Parameters() []Parameter {
	return append(p.load(), p.events()...)
}

const most = 1e6 // requests a second, and how far growth may go

func (p *Profile) load() []Parameter {
	return []Parameter{
		number("base", "base", "requests/s", &p.Base, 0.01, most, "mean of a work day"),
		number("season", "daily", "times", &p.Daily, 1, 1000, "busiest minute of a work day over its quietest"),
		number("season", "weekend", "times", &p.Weekend, 0.01, 10, "mean of a weekend day over that of a work day"),
		number("season", "weekend-daily", "times", &p.WeekendDaily, 1, 1000, "busiest minute of a weekend day over its quietest"),
		number("holidays", "holiday-level", "times", &p.HolidayLevel, 0.01, 10, "mean of a holiday over that of a weekend day"),
		number("trend", "growth", "% a week", &p.Growth, -50, 50, "growth, compound"),
		number("wander", "wander", "", &p.Wander, 0, 1, "standard deviation of slow noise, as a share"),
		span("wander", "wander-memory", &p.WanderMemory, "how long slow noise remembers"),
		number("noise", "noise", "", &p.Noise, 0, 1, "standard deviation of fast noise, as a share"),
		span("noise", "noise-memory", &p.NoiseMemory, "how long fast noise remembers"),
		number("noise", "volatility", "", &p.Volatility, 0, 1, "how much fast noise changes in size"),
		number("counts", "dispersion", "times", &p.Dispersion, 0, 100, "variance of a minute's count over its mean"),
	}
}

func (p *Profile) events() []Parameter {
	return []Parameter{
		number("jobs", "jobs", "times", &p.Jobs, 0, 100, "height of scheduled jobs, over that of the profile"),
		number("flash", "flash", "a week", &p.Flash, 0, 500, "flash crowds"),
		number("flash", "flash-size", "times", &p.FlashSize, 0, 100, "median height of a flash crowd, over base"),
		span("flash", "flash-rise", &p.FlashRise, "median time to the top of a flash crowd"),
		span("flash", "flash-decay", &p.FlashDecay, "median time from there to half of it"),
		number("shifts", "shifts", "a week", &p.Shifts, 0, 500, "shifts of the level"),
		number("shifts", "shift-size", "", &p.ShiftSize, 0, 10, "their size, as a share"),
		number("deploys", "deploys", "a week", &p.Deploys, 0, 500, "deploys that change the cost per request"),
		number("deploys", "deploy-size", "", &p.DeploySize, 0, 10, "size of that change, as a share"),
		number("deploys", "bad-deploys", "", &p.BadDeploys, 0, 1, "share of deploys that are rolled back"),
		number("deploys", "bad-cost", "times", &p.BadCost, 0.01, 100, "cost of such a one, over what it was"),
		span("deploys", "bad-for", &p.BadFor, "mean time until it is rolled back"),
		number("drops", "drop", "", &p.Drop, 0, 0.5, "share of samples that are lost one by one"),
		number("drops", "outages", "a week", &p.Outages, 0, 500, "outages in which all samples are lost"),
		span("drops", "outage-for", &p.OutageFor, "their mean length"),
		number("late", "late", "", &p.Late, 0, 1, "share of samples that are late"),
		span("late", "late-by", &p.LateBy, "their mean delay"),
		number("late", "stalls", "a week", &p.Stalls, 0, 500, "stalls after which all samples come at once"),
		span("late", "stall-for", &p.StallFor, "their mean length"),
	}
}

func number(component, name, unit string, at *float64, low, high float64, about string) Parameter {
	return Parameter{Component: component, Name: name, Unit: unit, About: about, Number: at, Low: low, High: high}
}

func span(component, name string, at *time.Duration, about string) Parameter {
	return Parameter{Component: component, Name: name, About: about, Span: at, Shortest: time.Second, Longest: 7 * 24 * time.Hour}
}

// Range says what the parameter may be.
func (p Parameter) Range() string {
	if p.Span != nil {
		return fmt.Sprintf("%v to %v", p.Shortest, p.Longest)
	}
	return plain(p.Low) + " to " + plain(p.High)
}

// String gives the value as a flag takes it.
func (p Parameter) String() string {
	if p.Span != nil {
		return p.Span.String()
	}
	return plain(*p.Number)
}

// plain writes a number without an exponent.
func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// check gives a *streams.FieldError where the value is out of range.
func (p Parameter) check() error {
	if p.Span != nil && *p.Span >= p.Shortest && *p.Span <= p.Longest {
		return nil
	}
	if p.Span == nil && *p.Number >= p.Low && *p.Number <= p.High && !math.IsNaN(*p.Number) {
		return nil
	}
	return &streams.FieldError{Field: p.Name, Cause: fmt.Sprintf("want %s, got %v", p.Range(), p)}
}
