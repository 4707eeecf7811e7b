package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// print tells a decision and what it was made of.
func (r reason) print(w io.Writer) {
	d := r.Decision
	fmt.Fprintf(w, "%s", d.GroupID)
	if d.Shadow() {
		fmt.Fprintf(w, ", shadow %s", d.Policy)
	}
	fmt.Fprintln(w)
	printDecision(w, d)
	fmt.Fprintln(w)
	r.printGroup(w)
	r.printOutcome(w)
	r.printPolicy(w)
	r.printForecast(w)
}

func (r reason) printGroup(w io.Writer) {
	e := r.Event
	if e == nil {
		fmt.Fprintln(w, "group     its event is not on the timeline any more")
		return
	}
	fmt.Fprintf(w, "group     ")
	if c := e.Capacity; c != nil {
		fmt.Fprintf(w, "%d in service, %d desired, %d pending, %d terminating, min %d, max %d", c.InService, c.Desired, c.Pending, c.Terminating, c.Min, c.Max)
	} else {
		fmt.Fprintf(w, "was not described%s", said(e.Errors))
	}
	for _, name := range e.Suspended {
		fmt.Fprintf(w, ", %s suspended", name)
	}
	fmt.Fprintln(w)
}

func (r reason) printOutcome(w io.Writer) {
	switch o := r.Outcome; {
	case r.Decision.Shadow():
		fmt.Fprintln(w, "outcome   none: nothing acts on a shadow but its simulated group")
	case r.Decision.Verdict == streams.Hold:
		fmt.Fprintln(w, "outcome   none: a hold has none")
	case o == nil:
		fmt.Fprintln(w, "outcome   none is on the timeline: the actuator has not answered")
	default:
		fmt.Fprintf(w, "outcome   %s at %s, desired %d", o.Status, clockOf(o.At), o.Desired)
		if o.RequestID != "" {
			fmt.Fprintf(w, ", request %s", o.RequestID)
		}
		if o.Error != "" {
			fmt.Fprintf(w, ": %s", o.Error)
		}
		fmt.Fprintln(w)
	}
}

func (r reason) printPolicy(w io.Writer) {
	d, p := r.Decision, r.Policy
	switch {
	case d.Fingerprint == "":
		fmt.Fprintln(w, "policy    none")
	case p == nil:
		fmt.Fprintf(w, "policy    %s, which is not on the timeline\n", d.Fingerprint)
	default:
		fmt.Fprintf(w, "policy    %s: mode %s, Auto Scaling group %s, %g %s per instance\n", d.Fingerprint, p.Mode, p.AutoScalingGroup, p.Load.PerInstance, p.Load.Unit)
	}
}

func (r reason) printForecast(w io.Writer) {
	d, f := r.Decision, r.Forecast
	switch {
	case d.ForecastRound == 0:
		fmt.Fprintln(w, "forecast  none was used")
		return
	case f == nil:
		fmt.Fprintf(w, "forecast  of round %d is not on the timeline any more: forecasts live 7 days\n", d.ForecastRound)
		return
	}
	warm := "warm"
	if !f.Warm {
		warm = "not warm"
	}
	fmt.Fprintf(w, "forecast  of round %d: model %s, origin %s, %d steps of %v, %s, %d samples, levels %v\n",
		f.Round, f.Model, clockOf(f.Origin), len(f.Quantiles), f.Period, warm, f.Samples, f.Levels)
	level := -1
	if r.Policy != nil {
		level = f.Level(r.Policy.Scaling.Quantile)
	}
	if len(f.Weights) > 0 {
		fmt.Fprintf(w, "          parts by weight: %s\n", byWeight(f.Weights))
	}
	printScore(w, *f, level)
	printSteps(w, *f, level, namedSteps(d))
}

// byWeight lists the parts of a model, the heaviest first.
func byWeight(weights map[string]float64) string {
	names := slices.SortedFunc(maps.Keys(weights), func(a, b string) int {
		return cmp.Or(cmp.Compare(weights[b], weights[a]), strings.Compare(a, b))
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %.2f", name, weights[name])
	}
	return strings.Join(names, ", ")
}

// printScore tells how the series' forecasts did lately, at a level.
func printScore(w io.Writer, f streams.Forecast, level int) {
	s := f.Score
	if s == nil {
		fmt.Fprintln(w, "          no forecast could be judged yet")
		return
	}
	fmt.Fprintf(w, "          %d judged: pinball %.4g, of seasonal naive %.4g", s.Judged, s.Pinball, s.Naive)
	if level >= 0 {
		fmt.Fprintf(w, "; %.1f%% were below the %g%% quantile", 100*s.Coverage[level], 100*f.Levels[level])
	}
	fmt.Fprintln(w)
}

// printSteps prints the steps up to one beyond those that the trail names,
// which it marks.
func printSteps(w io.Writer, f streams.Forecast, level int, named map[int]bool) {
	const few, most = 3, 40
	until := few
	for step := range named {
		until = max(until, step+1)
	}
	if level < 0 || len(f.Peak) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\tstep\tuntil\tmedian\t%g%% of the peak so far\t%s\t\n", 100*f.Levels[level], f.Unit)
	for h := 1; h <= min(until, len(f.Peak), most); h++ {
		mark, middle := "", "-"
		if named[h] {
			mark = "*"
		}
		if m := median(f, h); m != nil {
			middle = fmt.Sprintf("%.4g", *m)
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%.4g\t\t\n", mark, h, f.Origin.Add(time.Duration(h)*f.Period.Std()).UTC().Format(time.TimeOnly), middle, f.Peak[h-1][level])
	}
	_ = t.Flush()
}

// stepInTrail is how a rule names the step that it read.
var stepInTrail = regexp.MustCompile(`\(step (\d+)[ ,]`)

// namedSteps gives the steps that a trail names: those that the decision hangs
// on.
func namedSteps(d streams.Decision) map[int]bool {
	named := map[int]bool{}
	for _, rule := range d.Trail {
		for _, match := range stepInTrail.FindAllStringSubmatch(rule.Why, -1) {
			if step, err := strconv.Atoi(match[1]); err == nil {
				named[step] = true
			}
		}
	}
	return named
}
