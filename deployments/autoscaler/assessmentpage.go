package main

import (
	"io"
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/replay/report/fans"
)

// pictured names the model that fans are drawn of: combined, or the first.
func (v evaluateVerb) pictured() string {
	if slices.Contains(v.Models, combine.Name) {
		return combine.Name
	}
	return v.Models[0]
}

// writePage writes the pictures. command is the command line.
func (r assessmentReport) writePage(w io.Writer, command string) error {
	page := fans.Report{Command: command, Version: buildVersion(), Horizon: r.horizon, Pictured: r.verb.pictured(), Contrasts: r.contrasts}
	if r.global.shipped {
		page.Notes = append(page.Notes, shippedNote)
	}
	if r.missing > 0 {
		page.Notes = append(page.Notes, counted(r.missing, "run")+" not finished, and not in these figures.")
	}
	// Places are among what the page shows: none of the reference.
	shown := evaluation.Summarize(r.entries(), r.base)
	for _, s := range r.ours {
		m := fans.Method{Summary: s, Seconds: r.seconds[s.Method]}
		m.Rank = shown[slices.IndexFunc(shown, func(x evaluation.Summary) bool { return x.Method == s.Method })].Rank
		if i := slices.IndexFunc(r.cold, func(c evaluation.ColdSummary) bool { return c.Method == s.Method }); i >= 0 {
			m.Cold = r.cold[i]
		}
		page.Methods = append(page.Methods, m)
	}
	for _, t := range r.trials {
		if t.sight == nil {
			continue
		}
		s := t.sight.Show()
		for _, other := range r.trials {
			if other.series.ID == t.series.ID {
				s.Scores = append(s.Scores, r.score(other))
			}
		}
		page.Series = append(page.Series, s)
	}
	return fans.Write(w, page)
}

// score is what the page tells of a trial.
func (r assessmentReport) score(t *trial) fans.Score {
	own := t.entry.Scores
	s := fans.Score{
		Method: t.method, Pinball: math.NaN(), MASE: math.NaN(),
		Cov80: own.Cov80, Exceed99: own.Exceed99, Peak95: own.Coverage.Peak95(), ColdPinball: t.cold.Relative(), Cold80: t.cold.Cov80,
	}
	for _, b := range r.base {
		if b.ID == t.series.ID && b.Scores.PinAll > 0 && b.Scores.MASE > 0 {
			s.Pinball, s.MASE = own.PinAll/b.Scores.PinAll, own.MASE/b.Scores.MASE
		}
	}
	return s
}
