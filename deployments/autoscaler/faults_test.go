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

	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// The twins live through the end of the eighth day of the bundled trace. The
// traffic falls all the time, so a group that is left alone gives back what it
// has, and whoever has less than it lowered for a bad reason.
const (
	twinHistory = 8*24*60 - 55 // minutes
	twinLived   = 3 * 60
	longLived   = 26 * 60
)

// evening is the load of the twins, cut after the given lived minutes.
func evening(t testing.TB, minutes int) fleet.Load {
	t.Helper()
	load := bundledLoad(t, 14*24*time.Hour)
	load.Demand = load.Demand[:twinHistory+minutes]
	load.Missing = load.Missing[:(twinHistory+minutes+4)/5]
	return load
}

// atOnce is a pause of the SDK that is none.
type atOnce struct{}

func (atOnce) BackoffDelay(int, error) (time.Duration, error) { return 0, nil }

// life is what a pipeline did in front of a fault.
type life struct {
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
	name    string
	minutes int           // lived; twinLived where 0
	lasts   time.Duration // of the fault
	strike  func(w *wire, from, until time.Time)
	// stuck says that nothing can be launched: less than in the twin may be
	// there, but nothing may be lowered to it.
	stuck bool
	// holds says what the pipeline is to have done, and returns what is wrong.
	holds func(l life, from, until time.Time) error
}

// live runs a pipeline through the evening.
func live(t *testing.T, minutes int, strike func(w *wire, from time.Time)) life {
	t.Helper()
	w, err := newWire(evening(t, minutes), twinHistory, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
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
	l := life{rows: out.rows, decisions: out.decisions, calls: w.sim.Calls()}
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

// lowered gives the first minute from a fault until half an hour after it in
// which less was asked for, or less served, than in the fault-free twin; where
// the group was stuck, the first in which it was lowered to less.
func lowered(twin, hurt []fleet.Row, from, until time.Time, stuck bool) error {
	for i, r := range hurt {
		if r.Time.Before(from) || !r.Time.Before(until.Add(30*time.Minute)) {
			continue
		}
		if stuck && r.Desired >= hurt[i-1].Desired {
			continue
		}
		if r.Desired < twin[i].Desired || r.InService < twin[i].InService {
			return fmt.Errorf("at %s %d are asked for and %d serve, in the twin %d and %d",
				r.Time.Format(time.TimeOnly), r.Desired, r.InService, twin[i].Desired, twin[i].InService)
		}
	}
	return nil
}

// Whatever AWS does to it, the pipeline never moves capacity the wrong way:
// never lower than in the fault-free twin, from the fault until half an hour
// after it.
func TestFaultsNeverLowerCapacity(t *testing.T) {
	twins := map[int]life{}
	for _, minutes := range []int{twinLived, longLived} {
		twins[minutes] = live(t, minutes, nil)
	}
	for _, tr := range troubles() {
		if tr.minutes == 0 {
			tr.minutes = twinLived
		}
		t.Run(tr.name, func(t *testing.T) {
			t.Parallel()
			var from, until time.Time
			hurt := live(t, tr.minutes, func(w *wire, at time.Time) {
				from, until = at, at.Add(tr.lasts)
				tr.strike(w, from, until)
			})
			twin := twins[max(tr.minutes, twinLived)]
			t.Logf("outcomes %s; in the twin %s", statuses(hurt.within(from, until)), statuses(twin.within(from, until)))
			if err := lowered(twin.rows, hurt.rows, from, until, tr.stuck); err != nil {
				t.Error(err)
			}
			if err := tr.holds(hurt, from, until); err != nil {
				t.Error(err)
			}
			if len(hurt.decisions) != tr.minutes {
				t.Errorf("%d decisions, want one a minute of %d", len(hurt.decisions), tr.minutes)
			}
		})
	}
}
