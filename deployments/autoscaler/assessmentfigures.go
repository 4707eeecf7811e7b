package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
)

// shownSteps is how many steps a table has columns for.
const shownSteps = 12

// stepsShown spreads the columns of a table over a horizon; the last step is
// always there.
func stepsShown(horizon int) []int {
	n := min(horizon, shownSteps)
	var steps []int
	for i := 1; i <= n; i++ {
		steps = append(steps, i*horizon/n)
	}
	return steps
}

// printCoverage shows on which series the 80 % band holds least and most often,
// and by step how often it and the 0.95 quantile of the peak do.
func (r assessmentReport) printCoverage(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\ncov80 by series\tmean\tleast\ton\tmost\ton\t\n")
	for _, s := range r.ours {
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%s\t%.3f\t%s\t\n", s.Method, s.Mean.Cov80, s.Least80.Share, s.Least80.ID, s.Most80.Share, s.Most80.ID)
	}
	_ = t.Flush() // what it writes to reports its own errors
	r.printSteps(w, "cov80 by step", func(c *evaluation.Coverage, h int) float64 { return c.Cov80[h] })
}

// printPeaks shows how the peaks fared that models say, by which capacity is
// chosen.
func (r assessmentReport) printPeaks(w io.Writer) {
	r.printSteps(w, "peaks at or below their 0.95 quantile, by step", func(c *evaluation.Coverage, h int) float64 {
		if c.PeaksBelow == nil {
			return math.NaN()
		}
		return c.PeaksBelow[h][slices.Index(evaluation.Levels(), 0.95)]
	})
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

// printSteps shows a share by step, and the mean over all steps; nothing of
// methods that have none.
func (r assessmentReport) printSteps(w io.Writer, what string, of func(c *evaluation.Coverage, h int) float64) {
	var lines []string
	for _, s := range r.ours {
		if s.Mean.Coverage == nil || math.IsNaN(of(s.Mean.Coverage, 0)) {
			continue
		}
		sum := 0.0
		for h := range r.horizon {
			sum += of(s.Mean.Coverage, h)
		}
		line := fmt.Sprintf("%s\t%.3f", s.Method, sum/float64(r.horizon))
		for _, h := range stepsShown(r.horizon) {
			line += "\t" + strings.TrimPrefix(fmt.Sprintf("%.3f", of(s.Mean.Coverage, h-1)), "0")
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", what)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\tmean")
	for _, h := range stepsShown(r.horizon) {
		fmt.Fprintf(t, "\t%d", h)
	}
	fmt.Fprint(t, "\t\n")
	for _, line := range lines {
		fmt.Fprint(t, line+"\t\n")
	}
	_ = t.Flush()
}

// twice is how many times the loss of ARIMA that of a network may be.
const twice = 2

// printContrast shows on how many series a method is better than what it is
// compared with, and on which it is not.
func printContrast(w io.Writer, c evaluation.Contrast) {
	against := strings.Join(c.Others, ", ")
	if len(c.Others) > 1 {
		against = "the best of " + against + " in hindsight"
	}
	n := len(c.Series)
	fmt.Fprintf(w, "\n%s against %s, by series: better on %d of %d (%.0f %%), pinball ratio %.3f\n", c.Method, against, c.Better, n, 100*float64(c.Better)/float64(n), c.Ratio)
	if c.Method == combine.Name {
		fmt.Fprintln(w, "The parts are judged as they are on their own, with quantiles that they track themselves.")
	} else {
		fmt.Fprintf(w, "More than twice its loss on %d.\n", c.Above(twice))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, v := range c.Series {
		if v.Ratio < 1 {
			break
		}
		fmt.Fprintf(t, "  not on %s\t%.3f\ttimes %s\t\n", v.ID, v.Ratio, v.Best)
	}
	_ = t.Flush()
}

// printCold shows how models do on the first day of a series.
func (r assessmentReport) printCold(w io.Writer) {
	fmt.Fprintf(w, "\nfirst day, begun with nothing before it, from one hour on; pinball relative to %s\n", evaluation.RollingNaive)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\tpinball\tworse on\tcov80\tleast\ton\tcov95\texceed99\tsilent\t\n")
	for _, c := range r.cold {
		if c.Series == 0 { // a baseline that needs a day before it
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%d of %d\t%.3f\t%.3f\t%s\t%.3f\t%.3f\t%d\t\n", c.Method, orBlank(c.Relative), c.Worse, c.Series,
			c.Cov80, c.Least80.Share, c.Least80.ID, c.Cov95, c.Exceed99, c.Silent)
	}
	_ = t.Flush()
}
