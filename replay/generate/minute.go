package generate

import (
	"math"
	"time"
)

// Minute is what every component contributed to one minute. The package comment
// says what they are and what is made of them.
type Minute struct {
	// At is the minute, UTC.
	At time.Time
	// Base is in requests per second.
	Base float64
	// Trend, Shift, Season, Holiday, Wander, Noise and Cost are factors: 1 where
	// the component is off.
	Trend, Shift, Season, Holiday float64
	// Jobs and Flash are in multiples of Base.
	Jobs, Flash   float64
	Wander, Noise float64
	// Counts is in square roots of the mean count.
	Counts float64
	Cost   float64
	// Dropped and Late are of the sample that the minute is in. Late is in
	// whole seconds.
	Dropped bool
	Late    time.Duration
}

// Rate is the mean that chance counts around, in requests per second.
func (m Minute) Rate() float64 {
	return float64(m.Base * m.Trend * m.Shift * (float64(m.Season*m.Holiday) + m.Jobs + m.Flash) * m.Wander * m.Noise)
}

// Requests are per second; 60 times that is a whole number.
func (m Minute) Requests() float64 {
	mean := float64(60 * m.Rate())
	return math.Max(0, math.Round(mean+float64(m.Counts*math.Sqrt(mean)))) / 60
}

// Load is in requests per second at the first cost.
func (m Minute) Load() float64 { return float64(m.Requests() * m.Cost) }
