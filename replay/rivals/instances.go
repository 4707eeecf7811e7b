package rivals

import (
	"fmt"
	"math"
)

// instances rounds a need up to whole instances. What exceeds a whole number
// by rounding errors alone, as 8.4 × 100 / 60 may, is that number.
func instances(need float64) int { return int(math.Ceil(need - 1e-9)) }

// checkTarget panics where a target utilization is not a percentage, which is
// a programmer's error: knobs from outside are checked where they are read.
func checkTarget(policy string, target float64) {
	if !(target > 0 && target < 100) {
		panic(fmt.Sprintf("rivals: %s at %v %%", policy, target))
	}
}

// checkFactor panics where a factor is not above 0.
func checkFactor(policy string, factor float64) {
	if !(factor > 0) {
		panic(fmt.Sprintf("rivals: %s times %v", policy, factor))
	}
}
