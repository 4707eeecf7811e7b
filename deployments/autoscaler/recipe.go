package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // seasons follow local time, also on a host without time zones

	"github.com/alecthomas/kong"

	"github.com/ml-autoscaling/autoscaler/replay/generate"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// recipe is a generated load on a command line.
type recipe struct {
	Profile string `arg:"" optional:"" default:"office" help:"Name of a profile; --list shows them (default office)."`

	Seed     uint64        `default:"1" placeholder:"N" help:"All the chance there is: the same seed gives the same bytes (default 1)."`
	Days     int           `default:"28" placeholder:"N" help:"Length, 1 to 3660 (default 28)."`
	Period   time.Duration `default:"60s" placeholder:"TIME" help:"Time between two samples: 60s, 300s, 900s or 3600s (default 60s)."`
	Start    string        `default:"2026-01-05T00:00:00Z" placeholder:"T" help:"First minute, RFC 3339 (default 2026-01-05T00:00:00Z, a Monday)."`
	Timezone string        `placeholder:"NAME" help:"Whose clock the season follows, such as Europe/Berlin (default: the profile's)."`
	Signal   string        `enum:"load,requests" default:"load" help:"What the samples are: load, requests per second times what one costs, or the requests alone (default load)."`
	Holiday  []string      `placeholder:"DAY" help:"Holidays besides the profile's: 2026-04-03, or 12-25 of every year."`
	Without  []string      `placeholder:"NAME" help:"Components to leave out, of trend, season, holidays, jobs, flash, shifts, wander, noise, counts, deploys, drops and late. The others stay as they are."`

	Numbers overrides `embed:"" group:"Numbers of the profile (--show):"`
}

// overrides are numbers to use instead of the profile's: a flag for each of
// generate's parameters, nil where the profile's is meant.
type overrides struct {
	Base         *float64 `placeholder:"N" help:"Mean of a work day at first, in requests/s."`
	Daily        *float64 `placeholder:"N" help:"Busiest minute of a work day over its quietest."`
	Weekend      *float64 `placeholder:"N" help:"Mean of a weekend day over that of a work day."`
	WeekendDaily *float64 `placeholder:"N" help:"Busiest minute of a weekend day over its quietest."`
	HolidayLevel *float64 `placeholder:"N" help:"Mean of a holiday over that of a weekend day."`
	Growth       *float64 `placeholder:"N" help:"Growth in percent a week, compound; --growth=-2 shrinks."`

	Wander       *float64       `placeholder:"SHARE" help:"Size of slow noise."`
	WanderMemory *time.Duration `placeholder:"TIME" help:"How long it remembers."`
	Noise        *float64       `placeholder:"SHARE" help:"Size of fast noise."`
	NoiseMemory  *time.Duration `placeholder:"TIME" help:"How long it remembers."`
	Volatility   *float64       `placeholder:"N" help:"How much its size changes."`
	Dispersion   *float64       `placeholder:"N" help:"Variance of a minute's count over its mean; 1 is Poisson, 0 is none."`

	Jobs       *float64       `placeholder:"N" help:"Height of scheduled jobs, over the profile's."`
	Flash      *float64       `placeholder:"N" help:"Flash crowds a week."`
	FlashSize  *float64       `placeholder:"N" help:"Their median height, over base."`
	FlashRise  *time.Duration `placeholder:"TIME" help:"Median time to the top."`
	FlashDecay *time.Duration `placeholder:"TIME" help:"Median time from there to half of it."`
	Shifts     *float64       `placeholder:"N" help:"Level shifts a week."`
	ShiftSize  *float64       `placeholder:"SHARE" help:"Size S of levels: 1/(1+S) to 1+S."`
	Deploys    *float64       `placeholder:"N" help:"Deploys a week; each changes the cost per request."`
	DeploySize *float64       `placeholder:"SHARE" help:"Size S of costs: 1/(1+S) to 1+S."`
	BadDeploys *float64       `placeholder:"SHARE" help:"Deploys that are rolled back."`
	BadCost    *float64       `placeholder:"N" help:"Cost of a request until then, over what it was."`
	BadFor     *time.Duration `placeholder:"TIME" help:"Mean time until then."`

	Drop      *float64       `placeholder:"SHARE" help:"Samples lost one by one."`
	Outages   *float64       `placeholder:"N" help:"Outages a week, in which all samples are lost."`
	OutageFor *time.Duration `placeholder:"TIME" help:"Their mean length."`
	Late      *float64       `placeholder:"SHARE" help:"Samples that come late."`
	LateBy    *time.Duration `placeholder:"TIME" help:"Their mean delay."`
	Stalls    *float64       `placeholder:"N" help:"Stalls a week, after which all samples come at once."`
	StallFor  *time.Duration `placeholder:"TIME" help:"Their mean length."`
}

// apply puts the numbers that were given into a profile.
func (o overrides) apply(p *generate.Profile) {
	for at, given := range map[*float64]*float64{
		&p.Base: o.Base, &p.Daily: o.Daily, &p.Weekend: o.Weekend, &p.WeekendDaily: o.WeekendDaily, &p.HolidayLevel: o.HolidayLevel, &p.Growth: o.Growth,
		&p.Wander: o.Wander, &p.Noise: o.Noise, &p.Volatility: o.Volatility, &p.Dispersion: o.Dispersion,
		&p.Jobs: o.Jobs, &p.Flash: o.Flash, &p.FlashSize: o.FlashSize, &p.Shifts: o.Shifts, &p.ShiftSize: o.ShiftSize,
		&p.Deploys: o.Deploys, &p.DeploySize: o.DeploySize, &p.BadDeploys: o.BadDeploys, &p.BadCost: o.BadCost,
		&p.Drop: o.Drop, &p.Outages: o.Outages, &p.Late: o.Late, &p.Stalls: o.Stalls,
	} {
		if given != nil {
			*at = *given
		}
	}
	for at, given := range map[*time.Duration]*time.Duration{
		&p.WanderMemory: o.WanderMemory, &p.NoiseMemory: o.NoiseMemory, &p.FlashRise: o.FlashRise, &p.FlashDecay: o.FlashDecay,
		&p.BadFor: o.BadFor, &p.OutageFor: o.OutageFor, &p.LateBy: o.LateBy, &p.StallFor: o.StallFor,
	} {
		if given != nil {
			*at = *given
		}
	}
}

// config is what the recipe comes to. Its errors name the flag.
func (r recipe) config() (generate.Config, error) {
	p, ok := generate.Find(r.Profile)
	if !ok {
		var names []string
		for _, p := range generate.Profiles() {
			names = append(names, p.Name)
		}
		return generate.Config{}, fmt.Errorf("profile: want one of %s, got %q", strings.Join(names, ", "), r.Profile)
	}
	r.Numbers.apply(&p)
	p.Holidays = slices.Concat(p.Holidays, r.Holiday)
	if r.Timezone != "" {
		p.Timezone = r.Timezone
	}
	location, err := time.LoadLocation(p.Timezone)
	if err != nil || p.Timezone == "Local" {
		return generate.Config{}, fmt.Errorf("--timezone: want a name such as Europe/Berlin or UTC, got %q", p.Timezone)
	}
	start, err := time.Parse(time.RFC3339, r.Start)
	if err != nil {
		return generate.Config{}, fmt.Errorf("--start: want an instant such as 2026-11-01T00:00:00Z, got %q", r.Start)
	}
	return generate.Config{
		Profile: p, Seed: r.Seed, Start: start, Days: r.Days, Period: r.Period,
		Location: location, Without: r.Without, Requests: r.Signal == "requests",
	}, nil
}

// generator makes the load of the recipe.
func (r recipe) generator() (generate.Generator, error) {
	c, err := r.config()
	if err != nil {
		return generate.Generator{}, err
	}
	g, err := generate.New(c)
	var field *streams.FieldError
	if errors.As(err, &field) {
		return g, fmt.Errorf("--%s: %s", field.Field, field.Cause)
	}
	return g, err
}

// Validate tries the recipe.
func (r recipe) Validate() error {
	_, err := r.generator()
	return err
}

// generatedPrefix makes a recipe of what is otherwise the path of a trace.
const generatedPrefix = "generate:"

// isRecipe says whether what may be a path is a recipe.
func isRecipe(word string) bool { return strings.HasPrefix(word, generatedPrefix) }

// parseRecipe reads a recipe from one word, such as
// generate:office,seed=7,days=14: a profile, then flags of autoscaler generate
// without their hyphens.
func parseRecipe(word string) (recipe, error) {
	parts := strings.Split(strings.TrimPrefix(word, generatedPrefix), ",")
	args := []string{parts[0]}
	for _, part := range parts[1:] {
		if !strings.Contains(part, "=") {
			return recipe{}, fmt.Errorf("%s: want %sPROFILE,FLAG=VALUE,..., got %q", word, generatedPrefix, part)
		}
		args = append(args, "--"+part)
	}
	var r recipe
	parser, err := kong.New(&r, kong.Name("generate"), kong.NoDefaultHelp())
	if err == nil {
		_, err = parser.Parse(args)
	}
	if err != nil {
		return recipe{}, fmt.Errorf("%s: %w", word, err)
	}
	return r, nil
}
