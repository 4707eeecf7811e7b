package generate

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Profile is what a load is made of. Rates count events a week, shares are of
// 1, and a size s of a level or a cost means factors between 1/(1+s) and 1+s.
// Parameters says what every number may be.
type Profile struct {
	// Name and About are for people.
	Name, About string
	// Timezone is the IANA name of where the people live.
	Timezone string
	// Base is what a work day has on average at first, in requests per second.
	Base float64

	// Workday and WeekendDay are the shapes of a day; Daily and WeekendDaily
	// how many times its quietest minute its busiest has.
	Workday, WeekendDay Shape
	Daily, WeekendDaily float64
	// Weekend is the mean of a weekend day, in means of a work day.
	Weekend float64
	// Holidays are days such as 12-25, of every year, or 2026-04-03. They are
	// like a weekend day, times HolidayLevel.
	Holidays     []string
	HolidayLevel float64
	// Growth is in percent a week, compound.
	Growth float64

	// Wander is the standard deviation of a slow factor around 1, and
	// WanderMemory the time in which it forgets all but 1/e.
	Wander       float64
	WanderMemory time.Duration
	// Noise is that of a fast one. Volatility is how restless it is itself: the
	// standard deviation of the logarithm of its size.
	Noise       float64
	NoiseMemory time.Duration
	Volatility  float64
	// Dispersion is the variance of a minute's count in means: 1 where every
	// request comes on its own, more where they come in sessions, 0 where chance
	// has no part in them.
	Dispersion float64

	// Schedule holds jobs; Jobs scales their heights.
	Schedule []Job
	Jobs     float64

	// Flash is how many flash crowds come a week. FlashSize is the median of
	// their heights, in multiples of Base; FlashRise the median time to the top,
	// FlashDecay of that from there to half of it.
	Flash                 float64
	FlashSize             float64
	FlashRise, FlashDecay time.Duration

	// Shifts is how often a week the level is drawn anew, within ShiftSize.
	Shifts, ShiftSize float64
	// Deploys is how often a week, on work days from 9 to 17 o'clock, the cost
	// of a request is drawn anew, within DeploySize. A share BadDeploys of them
	// has BadCost times the cost instead, until it is rolled back, after BadFor
	// on average.
	Deploys, DeploySize float64
	BadDeploys, BadCost float64
	BadFor              time.Duration

	// Drop is the share of samples that are lost one by one. Outages is how
	// often a week all are lost, for OutageFor on average.
	Drop      float64
	Outages   float64
	OutageFor time.Duration
	// Late is the share of samples that are late, by LateBy on average. Stalls
	// is how often a week all wait and then come at once, after StallFor on
	// average.
	Late     float64
	LateBy   time.Duration
	Stalls   float64
	StallFor time.Duration
}

// Shape is the logarithm of a daily curve, as harmonics of a day. Only
// proportions count: how high the curve is, is said elsewhere.
type Shape []Harmonic

// Harmonic number k, counted from 1 in the order of the shape, has k waves a
// day.
type Harmonic struct {
	// Weight is the amplitude, against those of the others.
	Weight float64
	// Hour is one at which it is at its top, by the local clock.
	Hour float64
}

// Job is work on a schedule of the local clock.
type Job struct {
	// At is the first run of a day, and Every the time between two; 0 where
	// there is one a day. They are counted on the clock's face: what falls into
	// an hour that the clock leaves out does not run.
	At, Every time.Duration
	// Length is the median of how long it runs.
	Length time.Duration
	// Height is the median of what it adds, in multiples of Base.
	Height float64
}

// String lists the harmonics, weight and hour of each.
func (s Shape) String() string {
	var all []string
	for _, h := range s {
		all = append(all, fmt.Sprintf("%v at %v", h.Weight, h.Hour))
	}
	return strings.Join(all, ", ")
}

// String says when the job runs, how long and how high.
func (j Job) String() string {
	when := fmt.Sprintf("at %02d:%02d", int(j.At.Hours()), int(j.At.Minutes())%60)
	if j.Every > 0 {
		when += fmt.Sprintf(" and every %v", j.Every)
	}
	return fmt.Sprintf("%s, %v long, %v times base", when, j.Length, j.Height)
}

// Curve gives the shape by the minute of the day: its mean is 1, and its largest
// value ratio times its smallest.
func (s Shape) Curve(ratio float64) []float64 {
	curve := make([]float64, minutesPerDay)
	for m := range curve {
		for k, h := range s {
			turns := float64(float64(k+1) * (float64(m)/60 - h.Hour) / 24)
			curve[m] += float64(h.Weight * cosine(turns))
		}
	}
	low, scale, sum := slices.Min(curve), 0.0, 0.0
	if high := slices.Max(curve); high > low {
		scale = log(ratio) / (high - low)
	}
	for m := range curve {
		curve[m] = exp(float64(scale * (curve[m] - low)))
		sum += curve[m]
	}
	for m := range curve {
		curve[m] /= sum / minutesPerDay
	}
	return curve
}
