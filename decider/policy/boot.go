package policy

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// bootsKept is how many boots are remembered: few, so that an image that
	// boots slower is noticed within a few launches.
	bootsKept = 20
	// bootsKnown is how many it takes to go by them instead of the prior.
	bootsKnown = 5
	// bootLevel is the quantile of the boots that the lead counts with.
	bootLevel = 0.9
)

// boots are the boot times of the instances that came into service last,
// oldest first.
type boots []streams.Duration

// seen adds boots, and forgets the oldest.
func (b boots) seen(came []streams.Duration) boots {
	if len(came) == 0 {
		return b
	}
	b = append(slices.Clone(b), came...)
	return b[max(0, len(b)-bootsKept):]
}

// time gives how long an instance takes until it serves, and where from.
func (b boots) time(prior streams.Duration) (time.Duration, string) {
	if len(b) < bootsKnown {
		return prior.Std(), fmt.Sprintf("%v by configuration, %d boots seen", prior, len(b))
	}
	sorted := slices.Sorted(slices.Values(b))
	rank := int(math.Ceil(bootLevel * float64(len(sorted))))
	return sorted[rank-1].Std(), fmt.Sprintf("%v, the 90%% quantile of the last %d boots", sorted[rank-1], len(sorted))
}
