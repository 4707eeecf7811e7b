package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
)

// assessmentReport is what an evaluation is told as.
type assessmentReport struct {
	horizon         int
	trials          []*trial
	missing         int // trials that did not get to their end
	seconds         map[string]float64
	ours, reference []evaluation.Summary
}

// report sums up what was finished, and what other methods scored on the series
// of it.
func (a *assessment) report(reference []evaluation.Entry) assessmentReport {
	r := assessmentReport{horizon: a.verb.Horizon, trials: a.finished(), seconds: map[string]float64{}}
	r.missing = len(a.trials) - len(r.trials)
	var entries []evaluation.Entry
	for _, t := range r.trials {
		entries = append(entries, t.entry)
		r.seconds[t.method] += t.seconds
	}
	// What nothing was finished on is in no figure, of the reference neither.
	base := slices.DeleteFunc(slices.Clone(a.base), func(b evaluation.Entry) bool {
		return !slices.ContainsFunc(entries, func(e evaluation.Entry) bool { return e.ID == b.ID })
	})
	for _, sum := range evaluation.Summarize(slices.Concat(entries, marked(reference)), base) {
		name, theirs := strings.CutPrefix(sum.Method, ofReference)
		switch sum.Method = name; {
		case !theirs:
			r.ours = append(r.ours, sum)
		case sum.Series > 0:
			r.reference = append(r.reference, sum)
		}
	}
	slices.SortStableFunc(r.ours, func(x, y evaluation.Summary) int {
		return slices.Index(a.verb.Models, x.Method) - slices.Index(a.verb.Models, y.Method)
	})
	slices.SortStableFunc(r.reference, func(x, y evaluation.Summary) int { return cmp.Compare(x.Pinball, y.Pinball) })
	return r
}

// ofReference stands before the names of methods of the reference while they are
// ranked together with ours, of which one may have the same name.
const ofReference = "reference "

func marked(reference []evaluation.Entry) []evaluation.Entry {
	out := slices.Clone(reference)
	for i := range out {
		out[i].Method = ofReference + out[i].Method
	}
	return out
}

// print writes the summary.
func (r assessmentReport) print(w io.Writer) {
	origins := map[string]int{}
	total := 0
	for _, t := range r.trials {
		origins[t.series.ID] = t.entry.Scores.Origins
	}
	for _, n := range origins {
		total += n
	}
	fmt.Fprintf(w, "%d series, %s, %s ahead; pinball and MASE relative to seasonal naive by day\n\n",
		len(origins), counted(total, "origin"), counted(r.horizon, "step"))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\tpinball\tMASE\trank\tMASE h1\tMASE h12\tcov80\tcov95\texceed95\texceed99\tseries\tseconds\t\n")
	for _, s := range r.ours {
		printSummary(t, s, fmt.Sprintf("%.1f", r.seconds[s.Method]))
	}
	if len(r.reference) > 0 {
		fmt.Fprint(t, "reference:\t\t\t\t\t\t\t\t\t\t\t\t\n")
	}
	for _, s := range r.reference {
		printSummary(t, s, "")
	}
	// What it writes to reports its own errors.
	_ = t.Flush()
	r.printPeaks(w)
	if r.missing > 0 {
		fmt.Fprintf(w, "\n%s not finished, and not in these figures.\n", counted(r.missing, "run"))
	}
}

// printPeaks shows how the peaks fared that models say, by which people choose
// capacity.
func (r assessmentReport) printPeaks(w io.Writer) {
	says := slices.DeleteFunc(slices.Clone(r.ours), func(s evaluation.Summary) bool { return s.Mean.Peak == nil })
	if len(says) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\nhighest of %s\tcov80\tcov95\texceed95\texceed99\t\n", counted(r.horizon, "step"))
	for _, s := range says {
		p := s.Mean.Peak
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%.3f\t%.3f\t\n", s.Method, p.Cov80, p.Cov95, p.Exceed95, p.Exceed99)
	}
	_ = t.Flush()
}

// mostName is how much of the name of a method is shown.
const mostName = 36

func printSummary(w io.Writer, s evaluation.Summary, seconds string) {
	name := []rune(s.Method)
	if len(name) > mostName {
		name = append(name[:mostName-1], '…')
	}
	m := s.Mean
	fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%.1f\t%.3f\t%s\t%.3f\t%.3f\t%.3f\t%.3f\t%d\t%s\t\n", string(name), s.Pinball, s.MASE, s.Rank,
		m.AtStep[0], orBlank(m.AtStep[3]), m.Cov80, m.Cov95, m.Exceed95, m.Exceed99, s.Series, seconds)
}

func orBlank(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return fmt.Sprintf("%.3f", x)
}

// write writes the files that were asked for.
func (r assessmentReport) write(v evaluateVerb) error {
	if v.Scores != "" {
		err := writeFile(v.Scores, func(w io.Writer) error {
			var entries []evaluation.Entry
			for _, t := range r.trials {
				entries = append(entries, t.entry)
			}
			return evaluation.WriteScores(w, entries)
		})
		if err != nil {
			return err
		}
	}
	if v.JSON == "" {
		return nil
	}
	return writeJSON(v.JSON, r.json())
}

type (
	assessmentJSON struct {
		Horizon   int           `json:"horizon"`
		Missing   int           `json:"runs_not_finished"`
		Summary   []summaryJSON `json:"summary"`
		Reference []summaryJSON `json:"reference,omitempty"`
		Series    []trialJSON   `json:"series"`
	}
	summaryJSON struct {
		Method  string             `json:"method"`
		Series  int                `json:"series"`
		Pinball *float64           `json:"relative_pinball"`
		MASE    *float64           `json:"relative_mase"`
		Rank    *float64           `json:"mean_rank"`
		Mean    map[string]float64 `json:"mean"`
		Peak    *evaluation.Peak   `json:"mean_peak,omitempty"`
		Seconds float64            `json:"seconds,omitempty"`
	}
	trialJSON struct {
		ID      string             `json:"id"`
		Method  string             `json:"method"`
		Origins int                `json:"origins"`
		Scores  map[string]float64 `json:"scores"`
		Peak    *evaluation.Peak   `json:"peak,omitempty"`
		Seconds float64            `json:"seconds"`
	}
)

func (r assessmentReport) json() assessmentJSON {
	out := assessmentJSON{Horizon: r.horizon, Missing: r.missing}
	for _, s := range r.ours {
		line := newSummaryJSON(s)
		line.Seconds = r.seconds[s.Method]
		out.Summary = append(out.Summary, line)
	}
	for _, s := range r.reference {
		out.Reference = append(out.Reference, newSummaryJSON(s))
	}
	for _, t := range r.trials {
		out.Series = append(out.Series, trialJSON{t.series.ID, t.method, t.entry.Scores.Origins, named(t.entry.Scores), t.entry.Scores.Peak, t.seconds})
	}
	return out
}

func newSummaryJSON(s evaluation.Summary) summaryJSON {
	return summaryJSON{Method: s.Method, Series: s.Series, Pinball: number(s.Pinball), MASE: number(s.MASE), Rank: number(s.Rank), Mean: named(s.Mean), Peak: s.Mean.Peak}
}

// named gives the scores that there are under the names of their columns.
func named(s evaluation.Scores) map[string]float64 {
	out := map[string]float64{}
	for i, x := range s.Values() {
		if !math.IsNaN(x) {
			out[evaluation.Columns()[i]] = x
		}
	}
	return out
}
