package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// printVariants says how ours does on other forecasts than its own.
func printVariants(w io.Writer, variants []backtest.Variant) {
	if len(variants) == 0 {
		return
	}
	fmt.Fprint(w, "\nJ of ours on another forecast over that of ours, both told w: geometric means.\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "policy\tat w\tJ / ours\ttraces\t")
	for _, v := range variants {
		fmt.Fprintf(table, "%s\t%g\t%.3f\t%d\t\n", v.Policy, v.Price, v.Ratio, v.Cases)
	}
	// What it writes to reports its own errors.
	_ = table.Flush()
}
