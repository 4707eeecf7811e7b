package rivals

import (
	"fmt"
	"math"
)

// AdjustmentType says what the number of an adjustment means.
type AdjustmentType string

// The adjustment types, as AWS names them.
const (
	ChangeInCapacity        AdjustmentType = "ChangeInCapacity"
	PercentChangeInCapacity AdjustmentType = "PercentChangeInCapacity"
	ExactCapacity           AdjustmentType = "ExactCapacity"
)

// Adjustment is how a step or a simple scaling policy changes the capacity.
type Adjustment struct {
	Type AdjustmentType `json:"type"`
	// AtLeast is the smallest change in percent, in instances: AWS's
	// MinAdjustmentMagnitude.
	AtLeast int `json:"at_least,omitempty"`
}

// change is an adjustment in instances, of a type other than ExactCapacity.
func (a Adjustment) change(capacity, by int) int {
	if a.Type != PercentChangeInCapacity {
		return by
	}
	change := percentOf(capacity, by)
	switch {
	case by > 0:
		return max(change, a.AtLeast)
	case by < 0:
		return min(change, -a.AtLeast)
	}
	return change
}

// words says what a number does: "+4", "-10 % (at least 2)", "to 10".
func (a Adjustment) words(by int) string {
	switch {
	case a.Type == ExactCapacity:
		return fmt.Sprintf("to %d", by)
	case a.Type == ChangeInCapacity:
		return fmt.Sprintf("%+d", by)
	case a.AtLeast > 1:
		return fmt.Sprintf("%+d %% (at least %d)", by, a.AtLeast)
	}
	return fmt.Sprintf("%+d %%", by)
}

// StepAdjustment is what a step scaling policy does in a part of what lies
// beyond the threshold of its alarm.
type StepAdjustment struct {
	// Lower and Upper bound the part, in percentage points from the threshold;
	// nil is without a bound. Where the alarm is on for much, the lower bound
	// belongs to the part and the upper one does not; else the other way round.
	Lower *float64 `json:"lower_points"`
	Upper *float64 `json:"upper_points"`
	By    int      `json:"by"`
}

// holds says whether a distance from the threshold lies in the part.
func (s StepAdjustment) holds(points float64, high bool) bool {
	lower, upper := math.Inf(-1), math.Inf(1)
	if s.Lower != nil {
		lower = *s.Lower
	}
	if s.Upper != nil {
		upper = *s.Upper
	}
	if high {
		return points >= lower && points < upper
	}
	return points > lower && points <= upper
}

// words says where it holds and what it does: "+1 from 70 to 80 %".
func (s StepAdjustment) words(a Adjustment, threshold float64) string {
	text := a.words(s.By)
	switch {
	case s.Lower != nil && s.Upper != nil:
		return fmt.Sprintf("%s from %.4g to %.4g %%", text, threshold+*s.Lower, threshold+*s.Upper)
	case s.Lower != nil:
		return fmt.Sprintf("%s from %.4g %%", text, threshold+*s.Lower)
	case s.Upper != nil:
		return fmt.Sprintf("%s up to %.4g %%", text, threshold+*s.Upper)
	}
	return text
}
