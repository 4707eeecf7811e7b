package window

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// web is the group of the tests.
func web() streams.GroupID { return streams.GroupID{Scope: "eu-west-1", Group: "web"} }

// at is a minute of the tests' day.
func at(minute int) time.Time { return time.Date(2026, 3, 1, 12, minute, 0, 0, time.UTC) }

// minuteOf is the reverse of at.
func minuteOf(t time.Time) int { return int(t.Sub(at(0)) / time.Minute) }

// perMinute is a policy with bins of a minute that settle after three.
func perMinute() streams.Policy {
	const minute = streams.Duration(time.Minute)
	return streams.Policy{
		AutoScalingGroup: "web-asg", Mode: streams.Observe, Round: minute,
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: minute, PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 12, Levels: []float64{0.5, 0.95}, Settle: 3 * minute},
		Scaling: streams.ScalingPolicy{
			Max: 100, Quantile: 0.95, MetricDelayPrior: minute, StaleAfter: 10 * minute, ScaleInUtilization: 0.7,
			StepOut: streams.StepLimit{Instances: 4}, StepIn: streams.StepLimit{Instances: 1},
			LaunchGrace: minute, Expiry: minute,
		},
	}
}

// perFive is a policy with bins of five minutes that settle after ten.
func perFive() streams.Policy {
	p := perMinute()
	p.Load.Period, p.Forecast.Settle = streams.Duration(5*time.Minute), streams.Duration(10*time.Minute)
	return p
}

// requests is a policy for the requests of a target group.
func requests() streams.Policy {
	p := perMinute()
	p.Load.Series, p.Load.Unit, p.Load.AbsentAsZero = "requests", streams.CountPerSecond, true
	p.Load.ResourceLabel = "app/web/1/targetgroup/web/2"
	return p
}

// shown is one state of a bin in a made-up CloudWatch.
type shown struct {
	end, from    int // minutes: the bin's end, and from when it is shown so
	sum, samples float64
	silent       bool // only alive has the bin
	instances    float64
	probe        bool // a minute that only probes see
}

// rig is a group whose CloudWatch and listing are made up.
type rig struct {
	t        *testing.T
	state    *State
	policy   streams.Policy
	backfill time.Duration
	cloud    []shown
	most     int                   // bins in a part
	broken   func(minute int) bool // answers are incomplete
	group    func(minute int) (*Description, bool)
	mute     func(minute int) bool // probes are not answered at all
	reload   bool                  // store and load around every step
	again    bool                  // ask once more where a probe became owed
	stored   map[streams.PartKey]streams.Part
	asked    []Query
	lines    []string
}

func newRig(t *testing.T, p streams.Policy, cloud ...shown) *rig {
	return &rig{
		t: t, state: newState(web()), policy: p, backfill: time.Hour, cloud: cloud, most: 400,
		broken: func(int) bool { return false }, mute: func(int) bool { return false },
		group: func(int) (*Description, bool) {
			return &Description{Name: "web-asg", Desired: 2, Min: 1, Max: 9}, true
		},
		stored: map[streams.PartKey]streams.Part{},
	}
}

// value shows a bin a minute after its end: so many instances at so much each.
func value(end int, each, instances float64) shown {
	return shown{end: end, from: end + 1, sum: each * instances, samples: instances}
}

// at shows it from a minute on.
func (v shown) at(minute int) shown {
	v.from = minute
	return v
}

// rounds plays rounds at the minutes from one to another.
func (r *rig) rounds(from, to int) *rig {
	r.t.Helper()
	for m := from; m <= to; m++ {
		r.round(m)
	}
	return r
}

func (r *rig) round(m int) {
	r.t.Helper()
	if r.state.Policy() == nil && !r.state.Retired() {
		r.configure(m)
	}
	r.ask(m)
	if r.again && r.state.Probing() {
		r.ask(m)
	}
	d, listed := r.group(m)
	r.step(m, Polled{GroupID: web(), Now: at(m), Described: d, Listed: listed})
}

func (r *rig) configure(m int) {
	r.t.Helper()
	r.step(m, Configured{GroupID: web(), At: at(m), Policy: r.policy, Backfill: r.backfill})
}

func (r *rig) ask(m int) {
	r.t.Helper()
	for _, q := range r.state.Due(at(m)) {
		r.asked = append(r.asked, q)
		if q.Probe && r.mute(m) {
			continue
		}
		a := Answered{GroupID: web(), Now: at(m), Query: q, Answer: Answer{Points: r.points(q, m), Complete: !r.broken(m)}}
		for _, part := range a.Parts(r.most) {
			r.step(m, part)
		}
	}
}

// points gives what CloudWatch shows at a minute.
func (r *rig) points(q Query, m int) []Point {
	newest := map[time.Time]shown{}
	for _, v := range r.cloud {
		start := at(v.end).Add(-q.Period)
		before, ok := newest[start]
		if v.probe == q.Probe && v.from <= m && !start.Before(q.From) && start.Before(q.Until) && (!ok || before.from < v.from) {
			newest[start] = v
		}
	}
	var points []Point
	for start, v := range newest {
		p := Point{Start: start, Value: &v.sum, Samples: v.samples}
		if v.silent {
			p.Value = nil
		}
		if q.Alive {
			p.Instances = &v.instances
		}
		points = append(points, p)
	}
	slices.SortFunc(points, func(a, b Point) int { return a.Start.Compare(b.Start) })
	return points
}

func (r *rig) step(m int, ev streams.Event) {
	r.t.Helper()
	for _, ev := range r.state.Step(ev) {
		if _, err := streams.Encode(ev); err != nil {
			r.t.Errorf("minute %d: %v", m, err)
		}
		if line := told(ev); line != "" {
			r.lines = append(r.lines, fmt.Sprintf("%d: %s", m, line))
		}
	}
	if r.reload {
		r.state = restored(r.t, r.state, r.stored)
	}
}

// restored stores what changed of a state, and loads it again.
func restored(t interface{ Fatal(...any) }, s *State, stored map[streams.PartKey]streams.Part) *State {
	for _, p := range s.Changed() {
		stored[p.Key] = p
	}
	var parts []streams.Part
	for _, p := range stored {
		parts = append(parts, p)
	}
	again, err := Stage{}.Load(s.id, parts)
	if err != nil {
		t.Fatal(err)
	}
	return again.(*State)
}

// told writes an event shortly, in minutes; a group event only where it says
// more than that a round went by.
func told(ev streams.Event) string {
	switch e := ev.(type) {
	case streams.Metric:
		line := fmt.Sprintf("%s %d", e.Series, minuteOf(e.End))
		if e.Gap {
			line += " gap"
		} else {
			line += fmt.Sprintf(" = %v", *e.Value)
		}
		if e.Instances != nil {
			line += fmt.Sprintf(" on %v", *e.Instances)
		}
		if e.Censored {
			line += " censored"
		}
		if e.Revision > 1 {
			line += fmt.Sprintf(" revision %d", e.Revision)
		}
		if e.Settled {
			line += " settled"
		}
		return line
	case streams.Control:
		if e.Policy == nil {
			return "retired"
		}
		return "policy for " + e.Policy.Load.Series
	case streams.Group:
		return toldGroup(e)
	}
	return string(ev.Kind())
}

func toldGroup(g streams.Group) string {
	var more []string
	for _, name := range []string{"cpu", "requests"} {
		if a := g.Series[name]; a.Count > 1 {
			more = append(more, fmt.Sprintf("%d came of %s to %d", a.Count, name, minuteOf(a.NewestEnd)))
		}
	}
	for _, b := range g.Boots {
		more = append(more, fmt.Sprintf("booted in %v", b))
	}
	for _, e := range g.Errors {
		more = append(more, e.Operation+": "+e.Message)
	}
	if len(more) == 0 {
		return ""
	}
	return fmt.Sprintf("round %d: %s", g.Round, strings.Join(more, ", "))
}

// want holds what was emitted against the lines of a text.
func (r *rig) want(text string) {
	r.t.Helper()
	var want []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			want = append(want, line)
		}
	}
	if diff := cmp.Diff(want, r.lines); diff != "" {
		r.t.Errorf("emitted (-want +got):\n%s", diff)
	}
	r.lines = nil
}

func line(format string, args ...any) string { return fmt.Sprintf(format, args...) }
