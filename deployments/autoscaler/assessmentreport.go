package main

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/regarima"
)

// assessmentReport is what an evaluation is told as.
type assessmentReport struct {
	horizon         int
	trials          []*trial
	missing         int // trials that did not get to their end
	seconds         map[string]float64
	ours, reference []evaluation.Summary
	cold            []evaluation.ColdSummary
	// contrasts compare combined with its parts, and lstm with arima.
	contrasts []evaluation.Contrast
	base      []evaluation.Entry
	global    globals
	verb      evaluateVerb
}

// report sums up what was finished, and what other methods scored on the series
// of it.
func (a *assessment) report(reference []evaluation.Entry) assessmentReport {
	r := assessmentReport{horizon: a.verb.horizon(), trials: a.finished(), seconds: map[string]float64{}, global: a.global, verb: a.verb}
	r.missing = len(a.trials) - len(r.trials)
	entries := r.entries()
	for _, t := range r.trials {
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
	r.base = base
	r.compare(entries)
	return r
}

// entries gives what was scored.
func (r *assessmentReport) entries() (all []evaluation.Entry) {
	for _, t := range r.trials {
		all = append(all, t.entry)
	}
	return all
}

// compare sums up the cold starts, and compares methods with those that they
// are to be better than.
func (r *assessmentReport) compare(entries []evaluation.Entry) {
	for _, method := range r.verb.Models {
		var ids []string
		var colds []evaluation.Cold
		for _, t := range r.trials {
			if t.method == method {
				ids, colds = append(ids, t.series.ID), append(colds, t.cold)
			}
		}
		if len(colds) > 0 {
			r.cold = append(r.cold, evaluation.SummarizeCold(method, ids, colds))
		}
	}
	evaluated := func(names ...string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(r.verb.Models, name) })
	}
	for _, c := range []evaluation.Contrast{
		evaluation.NewContrast(entries, combine.Name, evaluated(fold.Parts()...)),
		evaluation.NewContrast(entries, lstm.Name, evaluated(regarima.ARIMA)),
	} {
		if len(c.Series) > 0 {
			r.contrasts = append(r.contrasts, c)
		}
	}
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

// write writes the files that were asked for.
func (r assessmentReport) write(line []string) error {
	if r.verb.Report != "" {
		err := writeFile(r.verb.Report, func(w io.Writer) error { return r.writePage(w, "autoscaler "+strings.Join(line, " ")) })
		if err != nil {
			return err
		}
	}
	if r.verb.Scores != "" {
		err := writeFile(r.verb.Scores, func(w io.Writer) error { return evaluation.WriteScores(w, r.entries()) })
		if err != nil {
			return err
		}
	}
	if r.verb.JSON == "" {
		return nil
	}
	return writeJSON(r.verb.JSON, r.json())
}
