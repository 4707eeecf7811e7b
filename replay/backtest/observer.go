package backtest

import (
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// minutesPerDay is how often a run of ours looks up.
const minutesPerDay = 1440

// observer watches a run of ours: it looks up once a simulated day, and tells
// the run where that is asked for.
type observer struct {
	bench  Bench
	policy streams.Policy
	world  *fleet.World
	story  *Story // nil where the run is not told
	share  *share // nil where the run shares no estimates
	rounds int    // since it last looked up
	work   int    // what a round is worth
	newest streams.Forecast
	// open is a decision whose minute was not served yet.
	open  *streams.Decision
	holds holds
	short shortage
}

// shortage is a violation that lasts, and the longest so far, in minutes.
type shortage struct {
	lasts, longest int
	began          streams.Decision
}

func (o *observer) watch(ev streams.Event) error {
	switch e := ev.(type) {
	case streams.Metric:
		if o.share != nil {
			o.share.see(e)
		}
	case streams.Forecast:
		o.newest = e
	case streams.Decision:
		if o.story != nil {
			o.tell(e)
		}
		if o.rounds++; o.rounds == minutesPerDay {
			o.report()
			return o.bench.stopped()
		}
	}
	return nil
}

// report tells of the work since it last did.
func (o *observer) report() {
	o.bench.done(o.work * o.rounds)
	o.rounds = 0
}

// tell keeps a decision that changes something, and the band of the minute in
// which an instance that is asked for now would begin to serve. The decision
// before is judged by its minute, which was served since.
func (o *observer) tell(d streams.Decision) {
	o.judge()
	o.open = &d
	if d.Verdict != streams.Hold {
		o.story.Decisions = append(o.story.Decisions, d)
	}
	boot := (o.bench.Settings.Boot + time.Minute - 1) / time.Minute * time.Minute
	if b, ok := o.band(d.At.Add(boot)); ok {
		o.story.Bands = append(o.story.Bands, b)
	}
}

// judge counts the newest decision where it is a hold in a scored minute, and
// keeps it where the longest violation so far began with it.
func (o *observer) judge() {
	if o.open == nil {
		return
	}
	d := *o.open
	row, _ := o.world.RowAt(d.At)
	if row.Scored && d.Verdict == streams.Hold {
		o.holds.add(d)
	}
	if !row.Scored || row.Load <= float64(row.InService)*o.bench.Settings.SLO/100 { // as Score counts it
		o.short.lasts = 0
		return
	}
	if o.short.lasts++; o.short.lasts == 1 {
		o.short.began = d
	}
	if o.short.lasts > o.short.longest {
		o.short.longest = o.short.lasts
		worst := o.short.began
		o.story.Worst = &worst
	}
}

// end closes the story.
func (o *observer) end() {
	o.report()
	if o.story != nil {
		o.judge()
		o.story.Holds = o.holds.sorted()
	}
}

// band gives what the newest forecast says of a minute.
func (o *observer) band(minute time.Time) (Band, bool) {
	f := o.newest
	if len(f.Quantiles) == 0 {
		return Band{}, false
	}
	ahead := minute.Add(time.Minute).Sub(f.Origin)
	step := int((ahead + f.Period.Std() - 1) / f.Period.Std())
	row := f.Quantiles[min(max(step, 1), len(f.Quantiles))-1]
	at := func(level float64) float64 {
		return row[nearest(f.Levels, level)] * o.bench.Settings.SLO / 100 / o.policy.Load.PerInstance
	}
	return Band{Time: minute, Low: at(0.1), Median: at(0.5), High: at(0.99)}, true
}

// nearest is the index of the level that is nearest to another.
func nearest(levels []float64, to float64) int {
	best := 0
	for i, l := range levels {
		if math.Abs(l-to) < math.Abs(levels[best]-to) {
			best = i
		}
	}
	return best
}
