package fleet

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// BootTime gives how long an instance that is asked for at an instant takes
// until it serves: not negative, or Never.
type BootTime func(asked time.Time) time.Duration

// Never is the boot time of an instance that does not arrive. It stays
// booting, and billed, until it is removed.
const Never = time.Duration(math.MaxInt64)

// ConstantBoot gives every instance the same boot time.
func ConstantBoot(d time.Duration) BootTime {
	return func(time.Time) time.Duration { return d }
}

// LognormalBoot draws a boot time per instance, in the order of launches, from
// the lognormal distribution with that median and 95th percentile. It refuses
// a median that is not positive and a 95th percentile that is not above it, or
// is above a day.
func LognormalBoot(p50, p95 time.Duration, rng *rand.Rand) (BootTime, error) {
	if p50 <= 0 || p95 <= p50 || p95 > 24*time.Hour {
		return nil, fmt.Errorf("draw boot times: want 0 < p50 < p95 <= 24h, got p50 %v, p95 %v", p50, p95)
	}
	const z95 = 1.6448536269514722 // standard normal quantile of 0.95
	sigma := math.Log(float64(p95)/float64(p50)) / z95
	return func(time.Time) time.Duration {
		drawn := float64(p50) * math.Exp(sigma*rng.NormFloat64())
		return time.Duration(min(drawn, float64(Never/2)))
	}, nil
}
