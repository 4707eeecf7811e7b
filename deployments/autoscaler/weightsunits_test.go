package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// weighs lets every instance of the group count for so many capacity units, and
// puts the policy in units too.
func (w *wire) weighs(t *testing.T, weight int) {
	t.Helper()
	w.sim = awssim.New(awssim.Config{Region: w.id.Scope, Now: w.clock.Now})
	if err := w.sim.Add(awssim.Group{Name: w.policy.AutoScalingGroup, World: w.world, Detailed: true, Managed: true, Weight: weight}); err != nil {
		t.Fatal(err)
	}
	w.policy.Load.PerInstance /= float64(weight)
	s := &w.policy.Scaling
	s.Max *= weight
	s.ViolationPrice *= float64(weight)
	s.StepOut.Instances *= weight
	s.StepIn.Instances *= weight
}

// A group whose instances weigh three units: what is seen, decided, set and told
// is in units, and as many instances serve as where each is one.
func TestWeightsAreUnitsAllTheWay(t *testing.T) {
	load := bundledLoad(t, 4*24*time.Hour)
	const start, weight = 3 * 24 * 60, 3
	lives := map[int]lived{}
	var told []streams.Outcome
	var w *wire
	dir := t.TempDir() + "/recording"
	for _, n := range []int{1, weight} {
		var err error
		if w, err = newWire(load, start, zerolog.Nop()); err != nil {
			t.Fatal(err)
		}
		w.policy.Forecast.Model = "rls" // units are what this is about, and it takes a tenth of the time
		keepIn := ""
		if n > 1 {
			w.weighs(t, n)
			w.watch = func(ev streams.Event) {
				if o, ok := ev.(streams.Outcome); ok {
					told = append(told, o)
				}
			}
			keepIn = dir
		}
		if lives[n], err = w.live(t.Context(), keepIn); err != nil {
			t.Fatal(err)
		}
	}
	one, heavy := lives[1], lives[weight]
	if more := heavy.InstanceHours / one.InstanceHours; more < 0.95 || more > 1.05 {
		t.Errorf("%.0f instance-hours, and %.0f where an instance is a unit: want about as many", heavy.InstanceHours, one.InstanceHours)
	}
	if heavy.Violations > one.Violations+30 {
		t.Errorf("%d violated minutes, and %d where an instance is a unit", heavy.Violations, one.Violations)
	}
	decided := map[uint64]streams.Decision{}
	odd := 0
	for _, d := range heavy.decisions {
		decided[d.Round] = d
		if d.Desired%weight != 0 {
			odd++
		}
	}
	if odd == 0 {
		t.Error("no capacity was decided that instances do not make up: nothing shows that units are decided")
	}
	sets := map[string]int{} // by request
	for _, c := range w.sim.Calls() {
		if c.Operation == set {
			sets[c.RequestID] = c.Desired
		}
	}
	for _, o := range told {
		if d := decided[o.Round]; o.Status != streams.Applied || o.Desired != d.Desired || sets[o.RequestID] != d.Desired {
			t.Errorf("round %d: decided %d, set %d, %s at %d", o.Round, d.Desired, sets[o.RequestID], o.Status, o.Desired)
		}
	}
	if len(told) < 50 {
		t.Errorf("%d outcomes, want many", len(told))
	}
	tl := recorded(t, dir)
	describedInUnits(t, tl, w, weight)
	measuredInInstances(t, tl, w)
}

// describedInUnits holds that every group event counts in units, and that what
// serves overshoots what is desired by less than an instance.
func describedInUnits(t *testing.T, tl timeline, w *wire, weight int) {
	t.Helper()
	subject := streams.EventSubject(streams.Live, streams.Group{GroupID: w.id})
	over := 0
	for _, body := range tl[subject] {
		ev, err := streams.Decode(subject, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		c := ev.(streams.Group).Capacity
		all := c.InService + c.Pending
		if c.InService%weight != 0 || c.Pending%weight != 0 || all < c.Desired || all >= c.Desired+weight {
			t.Fatalf("%+v: want whole instances of %d units that make up what is desired", *c, weight)
		}
		if all > c.Desired {
			over++
		}
	}
	if over == 0 {
		t.Error("nothing was ever overshot")
	}
}

// measuredInInstances holds that a metric counts instances, whatever they weigh:
// what they bear is what one of them bears.
func measuredInInstances(t *testing.T, tl timeline, w *wire) {
	t.Helper()
	subject := streams.EventSubject(streams.Live, streams.Metric{SeriesID: streams.SeriesID{GroupID: w.id, Series: w.policy.Load.Series}})
	if len(tl[subject]) == 0 {
		t.Fatal("no metric came")
	}
	for _, body := range tl[subject] {
		ev, err := streams.Decode(subject, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		m := ev.(streams.Metric)
		if m.End.Before(w.load.At(w.world.Config().Start + 10)) {
			continue // history
		}
		var sum, n float64
		for at := m.End.Add(-m.Period.Std()); at.Before(m.End); at = at.Add(time.Minute) {
			if row, ok := w.world.RowAt(at); ok {
				sum, n = sum+float64(row.InService), n+1
			}
		}
		if math.Abs(*m.Instances-sum/n) > 1e-9 {
			t.Fatalf("the metric of %v counts %v instances, want %v", m.End, *m.Instances, sum/n)
		}
	}
}

// meddler is in between: it does something when the actuator has asked for the
// description of a group, and before that is answered.
type meddler struct {
	*awssim.Server
	t      *testing.T
	change func()
}

// ServeHTTP answers, and meddles.
func (m *meddler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		m.t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if bytes.Contains(body, []byte("IncludeInstances=false")) {
		m.change()
	}
	m.Server.ServeHTTP(w, r)
}

const weighedConfig = `
realm: live
ingest: {scopes: {eu-west-1: {}}, backfill: 12h}
actuator: {mode: desired}
defaults:
  round: 500ms
  load: {period: 60s, per_instance: 26.7} # 80 % of an instance that weighs 3
  forecast: {model: naive}
  scaling:
    violation_price_instance_hours: 0
    max: 1000
    scale_out_cooldown: 1s
    scale_in_cooldown: 2s
    stabilization: 5s
    foreign_hold: 2s
    expiry: 10s
    boot_prior: 1s
    max_step_in: {instances: 12, fraction: 0.5}
`

// clamp is a change of bounds between a decision and its write.
type clamp struct {
	from        int // what somebody sets, for us to decide on
	least, most int // as the actuator reads the group
	text        string
	first, last streams.Outcome // the one with the text, and that of what is decided then
}

// The bounds of a group with weights change after the decision and before the
// write: a raise is cut to the max that was just read, in units, and a scale-in
// is not made, but decided anew with the new min.
func TestDesiredIsClampedToBoundsJustRead(t *testing.T) {
	for name, c := range map[string]clamp{
		"max": {from: 4, least: 1, most: 8, text: "max is 8",
			first: streams.Outcome{Status: streams.Applied, Desired: 8}, last: streams.Outcome{Status: streams.Applied, Desired: 8}},
		"min": {from: 300, least: 200, most: 1000, text: "min and max are 200 and 1000, and the decision saw 1 and 1000",
			first: streams.Outcome{Status: streams.Conflict, Desired: 300}, last: streams.Outcome{Status: streams.Applied, Desired: 200}},
	} {
		t.Run(name, func(t *testing.T) { c.play(t) })
	}
}

func (c clamp) play(t *testing.T) {
	now := time.Now().UTC()
	load := bundledLoad(t, 2*24*time.Hour)
	load.Start = now.Truncate(load.Period).Add(-24 * time.Hour)
	world, err := fleet.NewWorld(fleet.History("ours", load, 0, int(now.Sub(load.Start)/time.Minute)))
	if err != nil {
		t.Fatal(err)
	}
	sim := awssim.New(awssim.Config{Region: "eu-west-1"})
	if err := sim.Add(awssim.Group{Name: "web", World: world, Detailed: true, Managed: true, Weight: 3, Max: 1000}); err != nil {
		t.Fatal(err)
	}
	sim.Advance(now)
	var armed atomic.Bool
	front := httptest.NewServer(&meddler{Server: sim, t: t, change: func() {
		if armed.CompareAndSwap(true, false) {
			if err := sim.BoundBy("web", c.least, c.most); err != nil {
				t.Error(err)
			}
		}
	}})
	t.Cleanup(front.Close)
	sendSDK(t, front.URL)
	var first, last *streams.Outcome
	runAll(t, weighedConfig, func(n int) {
		sim.Advance(time.Now().UTC())
		if n%20 != 10 || first != nil {
			return
		}
		if err := errors.Join(sim.BoundBy("web", 1, 1000), sim.SetBy("web", c.from)); err != nil {
			t.Fatal(err)
		}
		armed.Store(true)
	}, func(ctx context.Context, js jetstream.JetStream) bool {
		o := lastOf(ctx, t, js, streams.Outcome{GroupID: group("web")})
		if o != nil && first == nil && strings.Contains(o.Error, c.text) {
			first = o
		}
		if o != nil && first != nil && o.Status == c.last.Status {
			last = o
		}
		return last != nil
	})
	if first.Status != c.first.Status || first.Desired != c.first.Desired {
		t.Errorf("first %+v, want %s at %d", *first, c.first.Status, c.first.Desired)
	}
	if last.Desired != c.last.Desired {
		t.Errorf("last %+v, want %s at %d", *last, c.last.Status, c.last.Desired)
	}
	sets := 0
	for _, call := range sim.Calls() {
		if call.Operation != set || call.At.Before(first.At.Add(-time.Second)) {
			continue
		}
		sets++
		if call.Desired < c.least || call.Desired > c.most || call.Code != "" {
			t.Errorf("set %d: %s, outside of %d and %d", call.Desired, call.Code, c.least, c.most)
		}
	}
	if sets == 0 {
		t.Error("nothing was set")
	}
}
