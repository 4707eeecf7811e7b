package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/naive"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// scene is a stretch of the bundled trace that a pipeline lives through, in
// minutes; what is before it is history. Faults strike an hour after its start.
type scene struct {
	history, lived int
}

const day = 24 * 60 // minutes

// evening is the end of the eighth day of the bundled trace. The traffic falls
// all the time, so a group that is left alone gives back what it has, and
// whoever has less than it lowered for a bad reason. Nothing is raised.
func evening() scene { return scene{8*day - 55, 3 * 60} }

// longEvening goes on for a day.
func longEvening() scene { return scene{8*day - 55, 26 * 60} }

// morning is that of the last day, from 10:15Z on: the fault-free pipeline
// raises step by step, from 12 to 30 instances, on forecast and on load, and
// whoever has less than it did not raise when it should have.
func morning() scene { return scene{13*day + 6*60 + 15, 150} }

// rush is the morning before that, from 9:30Z on: the load doubles within the
// hour, beyond what serves.
func rush() scene { return scene{12*day + 5*60 + 30, 150} }

// load is the bundled trace to the end of the scene.
func (s scene) load(t testing.TB) fleet.Load {
	t.Helper()
	load := bundledLoad(t, 14*24*time.Hour)
	load.Demand = load.Demand[:s.history+s.lived]
	load.Missing = load.Missing[:(s.history+s.lived+4)/5]
	return load
}

// atOnce is a pause of the SDK that is none.
type atOnce struct{}

func (atOnce) BackoffDelay(int, error) (time.Duration, error) { return 0, nil }

// life is what a pipeline did in front of a fault.
type life struct {
	policy    streams.Policy
	rows      []fleet.Row
	decisions []streams.Decision
	outcomes  []streams.Outcome
	groups    []streams.Group
	metrics   []streams.Metric
	controls  []streams.Control
	calls     []awssim.Call
}

// trouble is a fault as a test case: from an hour after the start on.
type trouble struct {
	name   string
	scene  scene         // evening where it is not set
	lived  int           // minutes, where it is cut short
	lasts  time.Duration // of the fault
	strike func(w *wire, from, until time.Time)
	// stuck says that the fault makes it impossible to have what the twin has:
	// then nothing may be lowered to less while it lasts, and from catchUp
	// after it on there is as much as in the twin.
	stuck   bool
	catchUp time.Duration
	// holds says what the pipeline is to have done, and returns what is wrong.
	holds func(l life, from, until time.Time) error
}

// fixedQuantile is a policy whose capacity follows from load and forecast alone,
// and whose forecasts are quick to follow the trace. Under a price what is there
// stays while it costs little more, so that two lives which differed once may
// differ for hours, with neither of them wrong. What such a policy does with bad
// input is held by the properties of package decider/policy.
func fixedQuantile(p streams.Policy) streams.Policy {
	const second = streams.Duration(time.Second)
	p.Forecast.Model = naive.Name
	p.Forecast.Levels = []float64{0.025, 0.1, 0.5, 0.9, 0.95, 0.975, 0.99}
	s := &p.Scaling
	s.ViolationPrice, s.Quantile = 0, 0.95
	s.Stabilization, s.ScaleInUtilization = 1200*second, 0.9
	s.StepOut = streams.StepLimit{Instances: 4, Fraction: 1}
	s.StepIn = streams.StepLimit{Instances: 1, Fraction: 0.25}
	return p
}

// live runs a pipeline through a scene.
func live(t *testing.T, s scene, strike func(w *wire, from time.Time)) life {
	t.Helper()
	w, err := newWire(s.load(t), s.history, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	w.policy = fixedQuantile(w.policy)
	w.retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.Backoff = atOnce{} })
	}
	if strike != nil {
		strike(w, w.clock.Now().Add(time.Hour))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir := t.TempDir() + "/recording"
	out, err := w.live(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	l := life{policy: w.policy, rows: out.rows, decisions: out.decisions, calls: w.sim.Calls()}
	for subject, bodies := range recorded(t, dir) {
		for _, body := range bodies {
			ev, err := streams.Decode(subject, []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			l.add(ev)
		}
	}
	return l
}

func (l *life) add(ev streams.Event) {
	switch e := ev.(type) {
	case streams.Outcome:
		l.outcomes = append(l.outcomes, e)
	case streams.Group:
		l.groups = append(l.groups, e)
	case streams.Metric:
		l.metrics = append(l.metrics, e)
	case streams.Control:
		l.controls = append(l.controls, e)
	}
}

// within gives the outcomes of a window.
func (l life) within(from, until time.Time) []streams.Outcome {
	var all []streams.Outcome
	for _, o := range l.outcomes {
		if !o.At.Before(from) && o.At.Before(until) {
			all = append(all, o)
		}
	}
	return all
}

// statuses counts outcomes.
func statuses(outcomes []streams.Outcome) string {
	counts := map[streams.Status]int{}
	for _, o := range outcomes {
		counts[o.Status]++
	}
	var words []string
	for s, n := range counts {
		words = append(words, fmt.Sprintf("%d %s", n, s))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

// bootMinutes is how much later than asked for something serves.
const bootMinutes = int(demoBoot/time.Minute) + 1

// lower gives the first minute from a fault until half an hour after it in
// which less was asked for, or less served, than in the fault-free twin.
func (tr trouble) lower(twin, hurt life, from, until time.Time) error {
	if tr.stuck {
		over := until.Add(tr.catchUp)
		if err := lowered(twin, hurt, from, over); err != nil {
			return err
		}
		from = over
	}
	for i, r := range hurt.rows {
		if r.Time.Before(from) || !r.Time.Before(until.Add(30*time.Minute)) {
			continue
		}
		if asked := tr.least(twin, i); r.Desired < asked {
			return fmt.Errorf("at %s %d are asked for, in the twin %d", r.Time.Format(time.TimeOnly), r.Desired, asked)
		}
		serving := twin.rows[i].InService
		if tr.stuck { // where it was asked for later it boots later
			if r.Time.Before(from.Add(demoBoot + time.Minute)) {
				continue
			}
			for n := range bootMinutes + 1 {
				serving = min(serving, tr.least(twin, i-n))
			}
		}
		if r.InService < serving {
			return fmt.Errorf("at %s %d serve, in the twin %d", r.Time.Format(time.TimeOnly), r.InService, serving)
		}
	}
	return nil
}

// least is what has to be asked for in a minute: what the twin asks for. Of a
// group that was stuck it is no more than what forecast and load ask for: what
// the twin keeps of its past is not needed.
func (tr trouble) least(twin life, minute int) int {
	asked := twin.rows[minute].Desired
	if tr.stuck {
		asked = min(asked, wanted(twin.decisions[minute]))
	}
	return asked
}

// wanted is what forecast and load ask for in a round, whatever is kept of
// before.
func wanted(d streams.Decision) int {
	for _, r := range d.Trail {
		if r.Name == "reactive_floor" {
			return r.After
		}
	}
	return d.Desired
}

// lowered wants nothing to be lowered to less than what the twin has in that
// minute.
func lowered(twin, hurt life, from, until time.Time) error {
	asked := map[time.Time]int{}
	for _, r := range twin.rows {
		asked[r.Time] = r.Desired
	}
	for _, d := range hurt.decisions {
		if d.Verdict == streams.ScaleIn && !d.At.Before(from) && d.At.Before(until) && d.Desired < asked[d.At] {
			return fmt.Errorf("round %d at %s lowers from %d to %d, and the twin has %d", d.Round, d.At.Format(time.TimeOnly), d.Current, d.Desired, asked[d.At])
		}
	}
	return nil
}

// liveTwins lives through every scene without a fault. In the mornings raises
// are due while faults last.
func liveTwins(t *testing.T) map[scene]life {
	t.Helper()
	twins := map[scene]life{}
	for _, s := range []scene{evening(), longEvening(), morning(), rush()} {
		twins[s] = live(t, s, nil)
	}
	for _, s := range []scene{morning(), rush()} {
		from := twins[s].decisions[0].At.Add(time.Hour)
		if n := len(twins[s].raises(from, from.Add(time.Hour))); n < 4 {
			t.Errorf("%d raises in the hour of the faults, want several", n)
		}
	}
	return twins
}

// Whatever AWS does to it, the pipeline never moves capacity the wrong way:
// never lower than in the fault-free twin, from the fault until half an hour
// after it.
func TestFaultsNeverLowerCapacity(t *testing.T) {
	twins := liveTwins(t)
	for _, tr := range troubles() {
		if tr.scene == (scene{}) {
			tr.scene = evening()
		}
		t.Run(tr.name, func(t *testing.T) {
			t.Parallel()
			lives := tr.scene
			if tr.lived > 0 {
				lives.lived = tr.lived
			}
			var from, until time.Time
			hurt := live(t, lives, func(w *wire, at time.Time) {
				from, until = at, at.Add(tr.lasts)
				tr.strike(w, from, until)
			})
			twin := twins[tr.scene]
			t.Logf("outcomes %s; in the twin %s", statuses(hurt.within(from, until)), statuses(twin.within(from, until)))
			if err := tr.lower(twin, hurt, from, until); err != nil {
				t.Error(err)
			}
			if err := tr.holds(hurt, from, until); err != nil {
				t.Error(err)
			}
			if len(hurt.decisions) != lives.lived {
				t.Errorf("%d decisions, want one a minute of %d", len(hurt.decisions), lives.lived)
			}
		})
	}
}
