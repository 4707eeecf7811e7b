package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// morningTroubles strike while the group has to be raised.
func morningTroubles() []trouble {
	all := append(morningReadings(), morningChanges()...)
	for i := range all {
		if all[i].scene == (scene{}) {
			all[i].scene = morning()
		}
		if all[i].lasts == 0 {
			all[i].lasts = time.Hour
		}
	}
	return all
}

// morningReadings keep back what would show that more is needed, or change it.
// Of partial results and pages the older part comes: what is not seen raises
// nothing once the forecast is stale too. By a fifth too little is not told in
// the rush, where the load alone raises: in a bin in which instances arrive it
// cannot be told from fewer instances, and up to a tenth less is asked for.
func morningReadings() []trouble {
	return []trouble{
		{name: "morning, partial", stuck: true, catchUp: 2 * time.Minute,
			strike: fault(awssim.Fault{Kind: awssim.Partial}), holds: says(read)},
		{name: "morning, a page missing", stuck: true, catchUp: 2 * time.Minute, strike: pageMissing, holds: says(read)},
		{name: "morning, restated by a fifth",
			strike: fault(awssim.Fault{Kind: awssim.Restated, Factor: 0.8, After: 6 * time.Minute}), holds: restated},
		{name: "morning, restated from above",
			strike: fault(awssim.Fault{Kind: awssim.Restated, Factor: 1.2, After: 6 * time.Minute}), holds: all(retold, restated)},
	}
}

// morningChanges hinder the raises. While nothing can be launched, or set, no
// more than what serves can be had: what is checked then is that nothing was
// lowered, and how soon after the fault there is as much as is needed.
func morningChanges() []trouble {
	suspended := fault(awssim.Fault{Kind: awssim.Suspended, Processes: []string{"Launch"}})
	return []trouble{
		{name: "morning, launch suspended", stuck: true, catchUp: 2 * time.Minute, strike: suspended, holds: noRaise},
		// AWS tries to launch again after a while only.
		{name: "morning, stock-out", stuck: true, catchUp: 5 * time.Minute,
			strike: fault(awssim.Fault{Kind: awssim.StockOut}), holds: ratchets},
		{name: "morning, setting throttled", lasts: 10 * time.Minute, stuck: true, catchUp: 2 * time.Minute,
			strike: fault(awssim.Fault{Kind: awssim.Throttled, Operations: []string{set}}), holds: ends(streams.Failed, "Throttling")},
		{name: "rush, answers lost", scene: rush(),
			strike: fault(awssim.Fault{Kind: awssim.Lost, Operations: []string{set}}), holds: ends(streams.Applied, "")},
		{name: "rush, described 5 s late", scene: rush(),
			strike: otherwise(awssim.Config{DescribeLag: 5 * time.Second}), holds: ends(streams.Applied, "")},
		{name: "rush, described 75 s late", scene: rush(),
			strike: otherwise(awssim.Config{DescribeLag: 75 * time.Second}), holds: ends(streams.Applied, "")},
		// A round's listing and a raise take three calls, a scale-in one more,
		// and there are no more: some reading after each change is refused.
		{name: "rush, calls run short", scene: rush(),
			strike: otherwise(awssim.Config{Rate: 1.4 / 60, Burst: 4}), holds: short},
		// At this target its raises and ours take turns.
		{name: "rush, target tracking beside us", scene: rush(), strike: func(w *wire, from, until time.Time) {
			w.tracking.Target = 82
			otherwise(awssim.Config{})(w, from, until)
		}, holds: beside},
		{name: "morning, someone else lowers", lasts: 5 * time.Minute, stuck: true, catchUp: 2 * time.Minute,
			strike: func(w *wire, from, _ time.Time) {
				w.watch = at(w, from.Add(3*time.Minute), func(d streams.Decision) error {
					return w.sim.SetBy(w.policy.AutoScalingGroup, d.Desired-4)
				})
			}, holds: raisedAgain},
	}
}

// otherwise is a simulated AWS that is so configured from the start on.
func otherwise(cfg awssim.Config) func(*wire, time.Time, time.Time) {
	return func(w *wire, _, _ time.Time) {
		if err := w.simulate(cfg); err != nil {
			panic(err)
		}
	}
}

// beside wants raises of ours and of the group's own policy, none of which is a
// conflict or fails.
func beside(l life, from, until time.Time) error {
	for _, o := range l.within(from, until) {
		if o.Status != streams.Applied && o.Status != streams.Unchanged {
			return fmt.Errorf("the outcome of round %d is %s (%s)", o.Round, o.Status, o.Error)
		}
	}
	theirs := 0
	for i, r := range l.rows {
		ours := slices.ContainsFunc(l.outcomes, func(o streams.Outcome) bool { return o.At.Equal(r.Time) && o.Status == streams.Applied })
		if i > 0 && r.Desired > l.rows[i-1].Desired && !ours && !r.Time.Before(from) {
			theirs++
		}
	}
	if len(l.raises(from, until)) == 0 || theirs == 0 {
		return fmt.Errorf("%d raises of ours and %d of target tracking show too little", len(l.raises(from, until)), theirs)
	}
	return nil
}

// raises gives the decisions of a window that raise.
func (l life) raises(from, until time.Time) []streams.Decision {
	var found []streams.Decision
	for _, d := range l.decisions {
		if d.Verdict == streams.ScaleOut && !d.At.Before(from) && d.At.Before(until) {
			found = append(found, d)
		}
	}
	return found
}

// measured gives the instances that the newest value needs that was known at
// an instant; 0 where it hides the load.
func (l life) measured(at time.Time) int {
	var newest *streams.Metric
	for _, m := range l.metrics {
		if m.Value != nil && !m.Seen.After(at) && (newest == nil || !m.End.Before(newest.End)) {
			newest = &m
		}
	}
	if newest == nil || newest.Censored {
		return 0
	}
	return int(math.Ceil(*newest.Value / l.policy.Load.PerInstance))
}

// ratchets wants no more to be asked for than a step beyond what serves, or
// what the measured load needs; and past the launch grace no more than that
// need, while nothing of an earlier raise arrived.
func ratchets(l life, from, until time.Time) error {
	s := l.policy.Scaling
	var since time.Time // of the first raise that is unanswered
	serving := 0
	for i, d := range l.decisions {
		c := l.groups[i].Capacity
		if c.InService > serving || c.InService >= c.Desired {
			since = time.Time{}
		}
		serving = c.InService
		if d.Verdict != streams.ScaleOut {
			continue
		}
		if since.IsZero() {
			since = d.At
		}
		need := l.measured(d.At)
		inside := !d.At.Before(from) && d.At.Before(until)
		switch most := max(serving+s.StepOut.Of(serving), need); {
		case inside && d.Desired > most:
			return fmt.Errorf("round %d asks for %d, where %d serve and %d are needed", d.Round, d.Desired, serving, need)
		case inside && d.At.Sub(since) > s.LaunchGrace.Std()+l.policy.Round.Std() && d.Desired > need:
			return fmt.Errorf("round %d asks for %d, where %d are needed and nothing arrived since %v", d.Round, d.Desired, need, since)
		}
	}
	return nil
}

// short wants the account's bucket to have been empty now and then, every
// change to have been made all the same, and nothing but the reading after it
// to have been refused.
func short(l life, from, until time.Time) error {
	refused, calls := 0, 0
	for _, c := range l.calls {
		if c.Operation == read || c.At.Before(from) || !c.At.Before(until) {
			continue
		}
		calls++
		switch {
		case c.Code == "Throttling":
			refused++
		case c.Code != "":
			return fmt.Errorf("%s was answered %s", c.Operation, c.Code)
		}
	}
	if refused < 3 || refused > calls/2 {
		return fmt.Errorf("%d of %d calls were throttled, want some", refused, calls)
	}
	return ends(streams.Applied, "")(l, from, until)
}

// raisedAgain wants what somebody else lowered to be raised within two rounds
// of the next metric, though somebody else's hand is known.
func raisedAgain(l life, from, until time.Time) error {
	var lowered, metric time.Time
	for i, g := range l.groups {
		switch {
		case i == 0, g.Now.Before(from):
		case lowered.IsZero() && g.Capacity.Desired < l.groups[i-1].Capacity.Desired:
			lowered = g.Now
		}
		if !lowered.IsZero() && metric.IsZero() && g.Came(l.policy.Load.Series) > 0 {
			metric = g.Now
		}
	}
	if lowered.IsZero() || metric.IsZero() {
		return errors.New("nobody lowered it")
	}
	if n := len(l.raises(lowered, metric.Add(2*l.policy.Round.Std()))); n == 0 {
		return fmt.Errorf("lowered at %v, and not raised by two rounds after the metric at %v", lowered, metric)
	}
	return nil
}
