package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// report is what a demo or a replay shows.
type report struct {
	Trace     string    `json:"trace"`
	From      time.Time `json:"from"`
	Until     time.Time `json:"until"`
	Scored    int       `json:"scored_minutes"`
	Peak      float64   `json:"peak_instances"`
	Policies  []result  `json:"policies"`
	Decisions []shown   `json:"decisions"`
}

// result is what became of one policy.
type result struct {
	Policy string `json:"policy"`
	scoreJSON
	rows []fleet.Row // of the timeline
}

// shown is a decision with the reason to show it.
type shown struct {
	Title    string           `json:"title"`
	Decision streams.Decision `json:"decision"`
}

func newResult(w *fleet.World) result {
	return result{Policy: w.Config().Policy, scoreJSON: newScoreJSON(w.Score()), rows: w.Rows()}
}

// rename calls the result and its rows by the group, escaped as in subjects: a
// row of CSV holds no comma.
func (r *result) rename(id streams.GroupID) {
	r.Policy = streams.Escape(id.Scope) + "/" + streams.Escape(id.Group)
	r.rows = slices.Clone(r.rows)
	for i := range r.rows {
		r.rows[i].Policy = r.Policy
	}
}

// rivalsOn are the policies that ours is shown beside, on the same world.
func rivalsOn(load fleet.Load) []func() (result, error) {
	play := func(name string, p rivals.Policy) func() (result, error) {
		return func() (result, error) {
			world, err := fleet.NewWorld(fleet.History(name, load, demoBoot, load.Minutes()/2))
			if err != nil {
				return result{}, err
			}
			rivals.Run(world, p)
			return newResult(world), nil
		}
	}
	return []func() (result, error){
		play("step@70", rivals.NewStep(70)),
		play("static-peak@1.0", rivals.NewStaticPeak(1)),
	}
}

// span fills what the first policy's rows tell.
func (r *report) span() {
	rows := r.Policies[0].rows
	r.From, r.Until = rows[0].Time, rows[len(rows)-1].Time.Add(time.Minute)
	r.Scored = r.Policies[0].Minutes
}

func (r report) print(w io.Writer) {
	fmt.Fprintf(w, "%s: %s to %s, %d minutes scored, peak %.0f instances\n\n",
		r.Trace, r.From.Format(time.DateOnly+" 15:04"), r.Until.Format(time.DateOnly+" 15:04"), r.Scored, r.Peak)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "policy\tviolation min\tinstance-hours\tJ at 8\tJ at 2\tactions\treversals\t")
	for _, p := range r.Policies {
		fmt.Fprintf(t, "%s\t%d\t%.1f\t%.1f\t%.1f\t%d\t%d\t\n", p.Policy, p.Violations, p.InstanceHours, p.J8, p.J2, p.Actions, p.Reversals)
	}
	// What it writes to reports its own errors.
	_ = t.Flush()
	fmt.Fprintln(w, "\nJ = instance-hours + 8 (or 2) for each minute in which the load was above 80 % of what was in service.")
	for _, s := range r.Decisions {
		fmt.Fprintf(w, "\n%s\n", s.Title)
		printDecision(w, s.Decision)
	}
}

// printDecision writes a decision with its trail.
func printDecision(w io.Writer, d streams.Decision) {
	fmt.Fprintf(w, "%s  round %d  %s  %d → %d", d.At.Format(time.RFC3339), d.Round, d.Verdict, d.Current, d.Desired)
	if d.ForecastRound > 0 {
		fmt.Fprintf(w, "  (forecast of round %d)", d.ForecastRound)
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, rule := range d.Trail {
		mark := " "
		if rule.After != rule.Before {
			mark = "*"
		}
		fmt.Fprintf(t, "  %s %s\t%d → %d\t%s\n", mark, rule.Name, rule.Before, rule.After, rule.Why)
	}
	_ = t.Flush()
}

// write writes figures and rows to the files that are named.
func (r report) write(figures, timeline string) error {
	if figures != "" {
		if err := writeJSON(figures, r); err != nil {
			return err
		}
	}
	if timeline != "" {
		return writeFile(timeline, r.writeTimeline)
	}
	return nil
}

// writeJSON writes a value to a file, for people to read too.
func writeJSON(path string, value any) error {
	return writeFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(value)
	})
}

func (r report) writeTimeline(w io.Writer) error {
	var rows []fleet.Row
	for _, p := range r.Policies {
		rows = append(rows, p.rows...)
	}
	return fleet.WriteRows(w, rows)
}
