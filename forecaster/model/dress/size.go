package dress

import "math"

const (
	// slowRate and fastRate are the weights of the newest error in the means.
	slowRate, fastRate = 0.01, 0.2
	// mostError is the largest size of an error in the means, in scales. Bursts
	// are to count, a wild value is not to widen the bands for days.
	mostError = 10
	// leastFast is the least that the fast mean counts of the slow one, leastDay
	// and mostDay are the bounds of what yesterday's squared errors do.
	leastFast, leastDay, mostDay = 0.001, 0.1, 1e4
	// mostRatio is the most that the standard error of a step may differ from
	// those that the errors were made with, as a factor.
	mostRatio = 16
)

// size expects how large an error will be. The exponentially weighted mean of
// squared errors (RiskMetrics 1996) is the model's standard error set right; with
// a mean of late, and the errors at the same time of yesterday, it is narrow in
// quiet hours and wide in wild ones:
//
//	scale² = slow^½ × fast^½ × (yesterday / slow)^¼
//
// times the square of what the standard error is of those before.
type size struct {
	slow, fast float64 // exponential means of squared errors
	own        float64 // the slow mean of the model's squared standard errors
	errors     int
}

// add takes in the error of what was issued.
func (s *size) add(was *issued, err float64) {
	if s.errors == 0 {
		s.slow, s.fast, s.own = was.se*was.se, was.se*was.se, was.se*was.se
	}
	s.errors++
	if was.scale > 0 {
		err = bounded(err, mostError*was.scale)
	}
	s.slow += slowRate * (err*err - s.slow)
	s.fast = max(s.fast+fastRate*(err*err-s.fast), leastFast*s.slow)
	s.own += slowRate * (was.se*was.se - s.own)
}

// expect gives the size for a standard error of the model, where the squared
// errors at the same time of yesterday were so many times the slow mean.
func (s *size) expect(se, yesterday float64) float64 {
	if s.errors == 0 {
		return se
	}
	usual := math.Sqrt(math.Sqrt(s.slow) * math.Sqrt(s.fast))
	if yesterday >= 0 {
		usual *= math.Sqrt(math.Sqrt(math.Sqrt(min(max(yesterday, leastDay), mostDay))))
	}
	if se > 0 && s.own > 0 {
		usual *= min(max(se/math.Sqrt(s.own), 1.0/mostRatio), mostRatio)
	}
	return usual
}
