package window

import (
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// reread is how many settled bins every window reads again, and the state
	// keeps: reading them is free, and finds what was restated.
	reread = 15
	// regap is how far back a gap is among them: what CloudWatch lost for two
	// hours of minutes it may still have.
	regap = 120
	// mostOpen bounds the bins that the state keeps beyond the settled ones,
	// however long the answers are incomplete.
	mostOpen = 120
	// mostDelays is how many delays are remembered.
	mostDelays = 7
)

// series is what is known of the series in force.
type series struct {
	// PerInstance is how many samples an instance has in a period, where they
	// are of instances; 0 where that is not known yet.
	PerInstance float64 `json:"samples_per_instance,omitempty"`
	// Step is the end of the bin whose samples stepped or are in doubt: it and
	// what follows wait for a probe. Judged is the last such bin that was let
	// through.
	Step   time.Time `json:"step,omitzero"`
	Judged time.Time `json:"judged,omitzero"`
	// Doubted is when samples and instances were last found to lie so far apart
	// that a probe was owed.
	Doubted time.Time `json:"doubted,omitzero"`
	// Waited is the end of the newest bin that was made to wait so: when it
	// comes tells nothing about CloudWatch.
	Waited time.Time `json:"waited,omitzero"`
	// Switched is when another Auto Scaling group took over: what it shows of
	// the bins that had ended by then is its own, not the series'.
	Switched time.Time `json:"switched,omitzero"`
	// Origin is where the history begins: no bin before it is published.
	Origin time.Time `json:"origin,omitzero"`
	// Begun says that the history was read.
	Begun bool `json:"begun,omitempty"`
	// First is the end of the first bin that came with a value.
	First time.Time `json:"first,omitzero"`
	// Watermark is the end of the newest bin up to which all is settled.
	Watermark time.Time `json:"watermark,omitzero"`
	// Bins are those that were published, by rising end: the last reread
	// before the watermark, gaps from regap periods before it on, and all
	// after it.
	Bins []bin `json:"bins,omitempty"`
	// Delays are the newest delays, oldest first.
	Delays []streams.Duration `json:"delays_s,omitempty"`
}

// bin is what was last published of a bin.
type bin struct {
	End time.Time `json:"end"`
	reading
	census
	Revision int `json:"revision"`
}

// find gives the place of a bin, and whether it was published.
func (r *series) find(end time.Time) (int, bool) {
	return slices.BinarySearchFunc(r.Bins, end, func(b bin, end time.Time) int { return b.End.Compare(end) })
}

// newest gives the end of the newest bin that was published, zero before the
// first.
func (r *series) newest() time.Time {
	if len(r.Bins) == 0 {
		return time.Time{}
	}
	return r.Bins[len(r.Bins)-1].End
}

// served gives the instances of the newest bin before an end that has some.
func (r *series) served(before time.Time) (float64, bool) {
	i, _ := r.find(before)
	for _, b := range slices.Backward(r.Bins[:i]) {
		if b.Instances != nil && *b.Instances > 0 {
			return *b.Instances, true
		}
	}
	return 0, false
}

// settle moves the watermark, and forgets what lies too far behind it.
func (r *series) settle(through time.Time, period time.Duration) {
	r.Watermark = later(r.Watermark, through)
	r.Watermark = later(r.Watermark, r.pressed(period))
	if r.Watermark.IsZero() {
		return
	}
	kept, gaps := r.Watermark.Add(-reread*period), r.Watermark.Add(-regap*period)
	r.Bins = slices.DeleteFunc(r.Bins, func(b bin) bool {
		return !b.End.After(kept) && (b.Value != nil || !b.End.After(gaps))
	})
}

// pressed gives up to where bins are settled because too many younger ones
// came; zero before the first.
func (r *series) pressed(period time.Duration) time.Time {
	newest := r.newest()
	if newest.IsZero() {
		return newest
	}
	return newest.Add(-mostOpen * period)
}

// from gives where the oldest bin begins that is read again.
func (r *series) from(period time.Duration) time.Time {
	from := r.Watermark.Add(-reread * period)
	if len(r.Bins) > 0 {
		from = earlier(from, r.Bins[0].End.Add(-period))
	}
	return from
}

// forgotten says whether a bin lies before all history, or so far back that the
// state does not know what was published of it.
func (r *series) forgotten(end time.Time, period time.Duration) bool {
	_, known := r.find(end)
	if !end.After(r.Origin) {
		return true
	}
	return !known && !r.Watermark.IsZero() && !end.After(r.Watermark.Add(-reread*period))
}

// measured remembers a delay.
func (r *series) measured(d time.Duration) {
	r.Delays = append(r.Delays, streams.Duration(d))
	if over := len(r.Delays) - mostDelays; over > 0 {
		r.Delays = slices.Clone(r.Delays[over:])
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// ceil gives the first instant of the grid that is not before t. The grid is
// that of UTC days, which every period divides.
func ceil(t time.Time, period time.Duration) time.Time {
	floor := t.Truncate(period)
	if floor.Before(t) {
		return floor.Add(period)
	}
	return floor
}
