package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// The operations that faults are about.
const (
	read     = "GetMetricData"
	describe = "DescribeAutoScalingGroups"
	set      = "SetDesiredCapacity"
)

// fault lets the simulation throw one fault.
func fault(f awssim.Fault) func(*wire, time.Time, time.Time) {
	return func(w *wire, from, until time.Time) {
		f.From, f.Until = from, until
		w.sim.Inject(f)
	}
}

// troubles are all faults that the simulation can throw, the clocks, and other
// people.
func troubles() []trouble {
	return slices.Concat(cloudWatchTroubles(), autoScalingTroubles(), groupTroubles(), clockTroubles(), morningTroubles())
}

func cloudWatchTroubles() []trouble {
	return []trouble{
		{name: "silent for an hour, then late", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Silent}), holds: all(late, held)},
		{name: "restated by a fifth", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Restated, Factor: 0.8, After: 6 * time.Minute}), holds: restated},
		{name: "restated from above", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Restated, Factor: 1.2, After: 6 * time.Minute}), holds: all(retold, restated)},
		{name: "unreadable", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Unreadable}), holds: all(says(read), late, held)},
		{name: "partial", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Partial}), holds: says(read)},
		{name: "a page missing", lasts: time.Hour, strike: pageMissing, holds: says(read)},
		{name: "readings throttled", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Throttled, Operations: []string{read}}), holds: all(says(read), late, held)},
		{name: "readings broken", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Internal, Operations: []string{read}}), holds: all(says(read), late, held)},
	}
}

func autoScalingTroubles() []trouble {
	return []trouble{
		{name: "everything throttled", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Throttled}), holds: all(says(describe), blind)},
		{name: "credentials expired", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Expired}), holds: all(says(describe), blind)},
		{name: "descriptions denied", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Denied, Operations: []string{describe}}), holds: all(says(describe), blind)},
		{name: "setting throttled", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Throttled, Operations: []string{set}}), holds: ends(streams.Failed, "Throttling")},
		{name: "setting denied", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Denied, Operations: []string{set}}), holds: ends(streams.Failed, "autoscaling:SetDesiredCapacity")},
		{name: "setting broken", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Internal, Operations: []string{set}}), holds: ends(streams.Failed, "InternalFailure")},
		{name: "an activity in progress", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.InProgress}), holds: ends(streams.Conflict, "ScalingActivityInProgress")},
		{name: "contention", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Contention}), holds: ends(streams.Conflict, "ResourceContention")},
		{name: "answers lost", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Lost, Operations: []string{set}}), holds: ends(streams.Applied, "")},
		{name: "setting hangs", lasts: 7 * time.Minute,
			strike: fault(awssim.Fault{Kind: awssim.Hang, Operations: []string{set}}), holds: ends(streams.Failed, "deadline")},
	}
}

func groupTroubles() []trouble {
	return []trouble{
		// The third listing that lacks it is the last: after it the group has
		// no rounds to wait for. How one that comes back goes on is covered by
		// the tests of ingest.
		{name: "deleted", lived: 63, lasts: time.Hour, strike: fault(awssim.Fault{Kind: awssim.Deleted}), holds: retired},
		{name: "launch suspended", lasts: time.Hour, stuck: true,
			strike: fault(awssim.Fault{Kind: awssim.Suspended, Processes: []string{"Launch"}}), holds: held},
		{name: "terminate suspended", lasts: time.Hour,
			strike: fault(awssim.Fault{Kind: awssim.Suspended, Processes: []string{"Terminate"}}), holds: held},
		{name: "stock-out for a day", scene: longEvening(), lasts: 24 * time.Hour, stuck: true, catchUp: 20 * time.Minute,
			strike: fault(awssim.Fault{Kind: awssim.StockOut}), holds: ratchets},
		{name: "someone else raises", lasts: time.Hour, strike: func(w *wire, from, _ time.Time) {
			w.watch = at(w, from, func(d streams.Decision) error { return w.sim.SetBy(w.policy.AutoScalingGroup, d.Current+5) })
		}, holds: foreign},
	}
}

func clockTroubles() []trouble {
	off := func(by time.Duration, clock func(*wire) *func() time.Time) func(*wire, time.Time, time.Time) {
		return func(w *wire, from, until time.Time) {
			sim := w.clock.Now
			*clock(w) = func() time.Time {
				now := sim()
				if now.Before(from) || !now.Before(until) {
					return now
				}
				return now.Add(by)
			}
		}
	}
	polls := func(w *wire) *func() time.Time { return &w.polls }
	acts := func(w *wire) *func() time.Time { return &w.acts }
	refused := ends(streams.Refused, "clock")
	return []trouble{
		{name: "ingest five minutes ahead", lasts: time.Hour, strike: off(5*time.Minute, polls), holds: refused},
		{name: "ingest five minutes behind", lasts: time.Hour, strike: off(-5*time.Minute, polls), holds: refused},
		{name: "actuator five minutes ahead", lasts: time.Hour, strike: off(5*time.Minute, acts), holds: refused},
		{name: "actuator five minutes behind", lasts: time.Hour, strike: off(-5*time.Minute, acts), holds: refused},
	}
}

// pageMissing is a simulated AWS of small pages, of which all but the first
// fail.
func pageMissing(w *wire, from, until time.Time) {
	otherwise(awssim.Config{PageDatapoints: 10})(w, from, until)
	w.sim.Inject(awssim.Fault{Kind: awssim.PageMissing, From: from, Until: until})
}

// at does something at the first decision from an instant on.
func at(w *wire, from time.Time, do func(streams.Decision) error) func(streams.Event) {
	done := false
	return func(ev streams.Event) {
		d, ok := ev.(streams.Decision)
		if !ok || done || w.clock.Now().Before(from) {
			return
		}
		done = true
		if err := do(d); err != nil {
			panic(err)
		}
	}
}

// A check says what is wrong with a life, or nothing.
type check = func(l life, from, until time.Time) error

func all(checks ...check) check {
	return func(l life, from, until time.Time) error {
		var errs []error
		for _, c := range checks {
			errs = append(errs, c(l, from, until))
		}
		return errors.Join(errs...)
	}
}

// says wants the group events of the fault to name an operation.
func says(operation string) check {
	return func(l life, from, until time.Time) error {
		named := 0
		for _, g := range l.groups {
			inside := !g.Now.Before(from) && g.Now.Before(until)
			if slices.ContainsFunc(g.Errors, func(e streams.CallError) bool { return e.Operation == operation }) {
				if !inside {
					return fmt.Errorf("the group event of %v names %s", g.Now, operation)
				}
				named++
			}
		}
		if named == 0 {
			return fmt.Errorf("no group event names %s", operation)
		}
		return nil
	}
}

// late wants every bin of the fault to have come in the end.
func late(l life, from, until time.Time) error {
	for end := from; !end.After(until); end = end.Add(5 * time.Minute) {
		if !slices.ContainsFunc(l.metrics, func(m streams.Metric) bool { return m.End.Equal(end) && m.Value != nil }) {
			return fmt.Errorf("the bin that ends at %v never came", end)
		}
	}
	return nil
}

// held wants no scale-in from a while into the fault on.
func held(l life, from, until time.Time) error {
	for _, d := range l.decisions {
		if d.At.After(from.Add(15*time.Minute)) && d.At.Before(until) && d.Verdict == streams.ScaleIn {
			return fmt.Errorf("round %d lowers from %d to %d", d.Round, d.Current, d.Desired)
		}
	}
	return nil
}

// blind wants holds only.
func blind(l life, from, until time.Time) error {
	for _, d := range l.decisions {
		if !d.At.Before(from) && d.At.Before(until) && d.Verdict != streams.Hold {
			return fmt.Errorf("round %d is %s while nothing is seen", d.Round, d.Verdict)
		}
	}
	return nil
}

func noRaise(l life, from, until time.Time) error {
	for _, d := range l.decisions {
		if d.At.After(from) && d.At.Before(until) && d.Verdict == streams.ScaleOut {
			return fmt.Errorf("round %d raises while nothing can be launched", d.Round)
		}
	}
	return nil
}

// retold wants every bin of the fault to have been told again.
func retold(l life, from, until time.Time) error {
	n := 0
	for _, m := range l.metrics {
		if m.Revision > 1 && m.End.After(from) && !m.End.After(until) {
			n++
		}
	}
	if want := int(until.Sub(from) / l.policy.Load.Period.Std()); n < want-1 {
		return fmt.Errorf("%d bins were told again, want %d", n, want)
	}
	return nil
}

// restated wants the last that was told of every bin of the fault to be the
// load as it was, where nothing hid it.
func restated(l life, from, until time.Time) error {
	last := map[time.Time]streams.Metric{}
	for _, m := range l.metrics {
		last[m.End] = m
	}
	period := l.policy.Load.Period.Std()
	for end := from.Add(period); !end.After(until); end = end.Add(period) {
		m := last[end]
		if m.Value == nil {
			return fmt.Errorf("the bin that ends at %v has no value", end)
		}
		load, minutes := 0.0, 0.0
		for _, r := range l.rows {
			if r.Time.Before(end) && !r.Time.Before(end.Add(-period)) {
				load, minutes = load+100*r.Load, minutes+1
			}
		}
		if want := load / minutes; !m.Censored && math.Abs(*m.Value-want) > 0.01*want {
			return fmt.Errorf("the bin that ends at %v was told as %v in the end, and was %v", end, *m.Value, want)
		}
	}
	return nil
}

// ends wants every outcome of the fault, of which there is one at least, to
// have a status and to say something.
func ends(status streams.Status, words string) check {
	return func(l life, from, until time.Time) error {
		outcomes := l.within(from, until)
		if len(outcomes) == 0 {
			return errors.New("nothing was decided during the fault, so this shows nothing")
		}
		for _, o := range outcomes {
			if o.Status != status || !strings.Contains(o.Error, words) {
				return fmt.Errorf("the outcome of round %d is %s (%s), want %s with %q", o.Round, o.Status, o.Error, status, words)
			}
		}
		return nil
	}
}

func retired(l life, from, until time.Time) error {
	last := l.controls[len(l.controls)-1]
	if last.Policy != nil {
		return errors.New("the group is not retired")
	}
	return blind(l, from, until)
}

func foreign(l life, from, until time.Time) error {
	for _, d := range l.decisions {
		if d.At.After(from.Add(time.Minute)) && d.At.Before(from.Add(10*time.Minute)) && d.Verdict == streams.ScaleIn {
			return fmt.Errorf("round %d lowers what somebody else raised just now", d.Round)
		}
	}
	return nil
}
