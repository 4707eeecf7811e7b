package lstm

import (
	"math"
	"math/rand/v2"
)

const (
	// mostRun is the most segments that a lane runs through one after another.
	mostRun = 8
	// freshBins are not charged at the beginning of a run, where the network
	// knows nothing.
	freshBins = 24
	// newbornShare is the share of runs over a load that begins with them, and
	// youngShare that of runs over one that is one to six days old: the network
	// has to do without yesterday, and without the week.
	newbornShare, youngShare = 0.08, 0.2
)

// run is what a lane was drawn to do.
type run struct {
	track, from, since int
	// segments is how many it is long.
	segments int
}

// lane is a place in a batch. It runs along a track, segment after segment,
// with the state carried over, then jumps elsewhere.
type lane struct {
	run
	done int // segments
	walk walk
}

// fresh says that the state is one of having seen nothing.
func (l *lane) fresh() bool { return l.done == 0 }

// newborn says that the load begins with the run.
func (r *run) newborn() bool { return r.since == r.from }

// lane begins a run.
func (c *class) lane(r run) lane {
	t := c.tracks[r.track]
	if c.script != nil {
		return lane{run: r, walk: walk{track: t, next: r.from}}
	}
	return lane{run: r, walk: t.walkFrom(r.from, r.since)}
}

// course draws where lanes run.
type course struct {
	tracks  []*track
	segment int
	// sums are the running sums of how often each track is drawn.
	sums []float64
}

// newCourse draws tracks in proportion to the root of their length.
func newCourse(tracks []*track, segment int) course {
	c := course{tracks: tracks, segment: segment}
	sum := 0.0
	for _, t := range tracks {
		sum += math.Sqrt(float64(t.there))
		c.sums = append(c.sums, sum)
	}
	return c
}

// room is the last index of a track that is learned from at which a segment may
// begin.
func (c *course) room(track int) int {
	t := c.tracks[track]
	return t.trained - c.segment - t.steps
}

// draw draws a run.
func (c *course) draw(r *rand.Rand) run {
	x := r.Float64() * c.sums[len(c.sums)-1]
	var to run
	for c.sums[to.track] <= x && to.track < len(c.sums)-1 {
		to.track++
	}
	to.from = r.IntN(c.room(to.track) + 1)
	to.segments = 1 + r.IntN(mostRun)
	age, day := r.Float64(), int(c.tracks[to.track].day)
	days := 1 + r.IntN(weekDays-1)
	switch {
	case age < newbornShare:
		to.since = to.from
	case age < newbornShare+youngShare:
		to.since = max(0, to.from-days*day)
	}
	return to
}

// ended says whether a lane has to jump.
func (c *course) ended(l *lane) bool {
	return l.done == l.segments || l.walk.next > c.room(l.track)
}
