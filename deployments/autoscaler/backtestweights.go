package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// readFiles reads the weights that are named, of which those of --weights are of
// every trace.
func (p *backtestPlan) readFiles(v backtestVerb) (err error) {
	if v.Weights != "" {
		p.shelf, err = readShelf([]string{v.Weights})
		return err
	}
	if v.Folds == "" {
		return nil
	}
	if p.folds, err = readFolds(v.Folds); err != nil {
		return fmt.Errorf("%s: %w", v.Folds, err)
	}
	return nil
}

// weightsOf gives the weights that a policy names: of those that were read, or of
// this binary.
func (p backtestPlan) weightsOf(sum string) *lstm.Weights {
	if w := p.shelf.get(sum); w != nil {
		return w
	}
	return shelf(slices.Collect(maps.Values(p.folds))).get(sum)
}

// learned says whether one of ours is on forecasts that begin with global
// weights.
func (p backtestPlan) learned() bool {
	return slices.ContainsFunc(p.contenders, func(c backtest.Contender) bool {
		if name, named := backtest.ModelOf(c.Policy); named {
			return fold.ReadsWeights(name)
		}
		return c.Policy == backtest.Ours && fold.ReadsWeights(p.group.Policy.Forecast.Model)
	})
}

// equip gives the cases the weights that ours begins with: those that exclude the
// data set of each, or those of the group. It wants every data set to be excluded
// somewhere, where there are folds.
func (p backtestPlan) equip() error {
	if !p.learned() {
		return nil
	}
	var all []error
	for i := range p.cases {
		c := &p.cases[i]
		w, excluded := p.folds[c.Set]
		switch {
		case excluded:
			c.Weights = w.Sum()
		case p.folds != nil:
			all = append(all, fmt.Errorf("--folds: no entry excludes %s, the data set of %s", c.Set, c.Name))
		default:
			c.Weights = cmp.Or(p.group.Policy.Forecast.Weights, fold.EmbeddedWeights())
		}
	}
	return errors.Join(all...)
}

// printWeights says what the networks of ours began with: with folds a line for
// each data set.
func (o outcome) printWeights(w io.Writer) {
	switch {
	case !o.plan.learned():
		return
	case o.plan.folds == nil:
		fmt.Fprintf(w, "Weights of lstm and combined: %s\n", weightsText(o.plan.cases[0].Weights))
		return
	}
	fmt.Fprint(w, "Weights of lstm and combined, by the data set that they never saw:\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	seen := map[string]bool{}
	for _, c := range o.plan.cases {
		if !seen[c.Set] {
			fmt.Fprintf(table, "  %s\t%s\n", c.Set, weightsText(c.Weights))
		}
		seen[c.Set] = true
	}
	// What it writes to reports its own errors.
	_ = table.Flush()
}

// weightsText names weights by their checksum.
func weightsText(sum string) string {
	if sum == fold.EmbeddedWeights() {
		return sum + " (of this binary)"
	}
	return sum
}
