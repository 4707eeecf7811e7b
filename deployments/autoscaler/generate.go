package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/generate"
)

type generateVerb struct {
	recipe

	Out        string `short:"o" default:"-" placeholder:"FILE" help:"Write the trace here: CSV timestamp,value; - is the standard output (default -)."`
	Components string `placeholder:"FILE" help:"Write what each component contributed to every minute, as CSV; - is the standard output."`
	List       bool   `help:"List the profiles, and write no trace."`
	Show       bool   `help:"Show the numbers of the profile, flags applied, and write no trace."`
}

// Help describes the verb at length.
func (generateVerb) Help() string {
	return `A load out of components: a day and a week by the local clock, trend, noise,
flash crowds, level shifts, deploys that change what a request costs, scheduled
jobs, holidays, samples that are lost or late. A profile has a number for each;
each has a flag that changes it. A sample that is lost is a missing line.

  autoscaler generate --list                               the profiles
  autoscaler generate shop --show                          its numbers
  autoscaler generate shop --seed 7 --days 60 -o shop.csv  a trace to replay or backtest
  autoscaler generate office --start 2026-03-16T00:00:00Z --flash 3 --without drops,late
  autoscaler generate media --components parts.csv -o media.csv
  autoscaler replay generate:shop,seed=7,days=14           straight into a replay

The same flags give the same bytes on every machine, as long as the rules of the
time zone are the same. Every component draws from the seed on its own: leaving
one out, or changing its numbers, leaves the others as they were. Values are in
requests per second, times what a request costs (at first 1) unless --signal
requests. Late samples are in the trace as if they had come in time; --components
has their delay, and replay generate:... lets them come late.`
}

// Validate checks what flags go together.
func (v generateVerb) Validate() error {
	switch {
	case v.List:
		return nil
	case v.Out == "":
		return errors.New("--out: want a file, or - for the standard output")
	case v.Out == v.Components:
		return fmt.Errorf("--components: the trace goes to %s already", v.Out)
	}
	return v.recipe.Validate()
}

// Run writes the trace, or shows what it would be made of.
func (v generateVerb) Run(p process) error {
	switch {
	case v.List:
		return listProfiles(p.stdout)
	case v.Show:
		c, err := v.config()
		if err != nil {
			return err
		}
		return showProfile(p.stdout, c.Profile)
	}
	g, err := v.generator()
	if err != nil {
		return err
	}
	series := g.Series()
	if err := writeTo(p.stdout, v.Out, series.Trace.Write); err != nil {
		return err
	}
	if v.Components != "" {
		if err := writeTo(p.stdout, v.Components, g.WriteComponents); err != nil {
			return err
		}
	}
	if v.Out != "-" && v.Components != "-" {
		fmt.Fprintln(p.stdout, v.tell(series))
	}
	return nil
}

// writeTo fills a file, or the standard output where it is called -.
func writeTo(stdout io.Writer, path string, fill func(io.Writer) error) error {
	if path != "-" {
		return writeFile(path, fill)
	}
	out := bufio.NewWriter(stdout)
	if err := fill(out); err != nil {
		return err
	}
	return out.Flush()
}

// tell says in a line what was generated.
func (v generateVerb) tell(s generate.Series) string {
	late := len(s.Late) - len(slices.DeleteFunc(slices.Clone(s.Late), func(d time.Duration) bool { return d > 0 }))
	return fmt.Sprintf("%s: %s, seed %d: %d samples of %v from %s, median %.4g, 99.9th percentile %.4g; %d missing, %d late",
		v.Out, v.Profile, v.Seed, len(s.Trace.Values), s.Trace.Period, s.Trace.Start.Format(time.RFC3339),
		s.Trace.Quantile(0.5), s.Trace.Quantile(0.999), len(s.Trace.Values)-s.Trace.Recorded(), late)
}

// listProfiles shows a line for each profile.
func listProfiles(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PROFILE\tWORK DAY, 0 TO 24\tWEEKEND DAY\tREQUESTS/S\tWHAT IT IS")
	for _, p := range generate.Profiles() {
		work, weekend := days(p)
		fmt.Fprintf(t, "%s\t%s\t%s\t%v\t%s\n", p.Name, work, weekend, p.Base, p.About)
	}
	return t.Flush()
}

// showProfile shows the numbers of a profile with the flags that change them.
func showProfile(w io.Writer, p generate.Profile) error {
	work, weekend := days(p)
	holidays := strings.Join(p.Holidays, ", ")
	if holidays == "" {
		holidays = "none"
	}
	fmt.Fprintf(w, "%s: %s\n\n", p.Name, p.About)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "time zone\t%s\nholidays\t%s\n", p.Timezone, holidays)
	fmt.Fprintf(t, "work day\t%s\t%s\nweekend day\t%s\t%s\n", work, p.Workday, weekend, p.WeekendDay)
	for _, j := range p.Schedule {
		fmt.Fprintf(t, "job\t%s\n", j)
	}
	fmt.Fprintln(t, "\nFLAG\tVALUE\tUNIT\tRANGE\tWHAT IT IS")
	for _, q := range p.Parameters() {
		fmt.Fprintf(t, "--%s\t%s\t%s\t%s\t%s (%s)\n", q.Name, q, q.Unit, q.Range(), q.About, q.Component)
	}
	return t.Flush()
}

// days draws a work day and a weekend day by the hour, both on the scale of
// the work day's top or the weekend's, whichever is higher.
func days(p generate.Profile) (work, weekend string) {
	hours := func(curve []float64, level float64) []float64 {
		out := make([]float64, 24)
		for m, v := range curve {
			out[m*24/len(curve)] += level * v
		}
		return out
	}
	a, b := hours(p.Workday.Curve(p.Daily), 1), hours(p.WeekendDay.Curve(p.WeekendDaily), p.Weekend)
	top := max(slices.Max(a), slices.Max(b))
	return spark(a, top), spark(b, top)
}

// spark draws values from 0 to top, a letter each.
func spark(values []float64, top float64) string {
	levels := []rune("▁▂▃▄▅▆▇█")
	var out strings.Builder
	for _, v := range values {
		out.WriteRune(levels[min(int(v/top*float64(len(levels))), len(levels)-1)])
	}
	return out.String()
}
