package main

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
)

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
	r.printCoverage(w)
	r.printPeaks(w)
	for _, c := range r.contrasts {
		printContrast(w, c)
	}
	r.printCold(w)
	if r.missing > 0 {
		fmt.Fprintf(w, "\n%s not finished, and not in these figures.\n", counted(r.missing, "run"))
	}
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
