package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// printAB writes how two policies compare: a line a quantity over all loads, a
// line a load where there are several, and the verdict.
func printAB(w io.Writer, ab backtest.AB) {
	fmt.Fprintf(w, "%s against %s: %s, %s of both, a violated minute at %.4g instance-hours\n\n",
		ab.A, ab.B, counted(ab.Traces, "load"), counted(ab.Days, "day"), ab.Price)
	if ab.Traces > 0 {
		printContrasts(w, ab)
	}
	if ab.Traces > 1 {
		printLoads(w, ab)
	}
	if ab.Unpaired > 0 {
		fmt.Fprintf(w, "%s of only one of them left out\n", counted(ab.Unpaired, "day"))
	}
	// One finding a line, the verdict first.
	fmt.Fprintln(w, strings.ReplaceAll(ab.Verdict(), "; ", "\n  "))
}

func printContrasts(w io.Writer, ab backtest.AB) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\t%s\t%s\tdifference a day\t%.4g %% interval\tratio\t%.4g %% interval\t\n", ab.A, ab.B, 100*ab.Level, 100*ab.Level)
	for _, line := range []struct {
		name string
		of   backtest.Contrast
		form string
	}{
		{"violated minutes", ab.Violations, "%.0f"},
		{"instance-hours", ab.InstanceHours, "%.1f"},
		{fmt.Sprintf("J at %.4g", ab.Price), ab.J, "%.1f"},
	} {
		d, r := line.of.Difference, line.of.Ratio
		fmt.Fprintf(t, "%s\t"+line.form+"\t"+line.form+"\t%+.2f\t%+.2f to %+.2f\t%.3f\t%.3f to %.3f\t\n",
			line.name, line.of.A, line.of.B, d.Value, d.Low, d.High, r.Value, r.Low, r.High)
	}
	// What it writes to reports its own errors.
	_ = t.Flush()
	fmt.Fprintln(w)
}

func printLoads(w io.Writer, ab backtest.AB) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "load\tset\tdays\tviolated %s\t%s\tinstance-hours %s\t%s\tJ ratio\t\n", ab.A, ab.B, ab.A, ab.B)
	for _, l := range ab.ByTrace {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%.1f\t%.1f\t%.3f\t\n",
			l.Case, orDash(l.Set), l.Days, l.ViolationsA, l.ViolationsB, l.InstanceHoursA, l.InstanceHoursB, l.JRatio)
	}
	_ = t.Flush()
	fmt.Fprintln(w)
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
