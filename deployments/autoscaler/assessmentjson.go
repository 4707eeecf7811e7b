package main

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
)

type (
	assessmentJSON struct {
		Horizon   int           `json:"horizon"`
		Missing   int           `json:"runs_not_finished"`
		Summary   []summaryJSON `json:"summary"`
		Reference []summaryJSON `json:"reference,omitempty"`
		// Contrasts compare combined with its parts, and lstm with arima.
		Contrasts []contrastJSON `json:"contrasts,omitempty"`
		ColdStart []coldJSON     `json:"cold_start"`
		// Shipped says that networks began with the weights of the binary, which
		// saw the dev series.
		Shipped bool        `json:"embedded_weights,omitempty"`
		Series  []trialJSON `json:"series"`
	}
	summaryJSON struct {
		Method  string             `json:"method"`
		Series  int                `json:"series"`
		Pinball *float64           `json:"relative_pinball"`
		MASE    *float64           `json:"relative_mase"`
		Rank    *float64           `json:"mean_rank"`
		Mean    map[string]float64 `json:"mean"`
		Peak    *evaluation.Peak   `json:"mean_peak,omitempty"`
		// Least80 and Most80 are the series with the lowest and the highest cov80.
		Least80 evaluation.Extreme `json:"cov80_least"`
		Most80  evaluation.Extreme `json:"cov80_most"`
		// PeakBelow95 is the mean over steps and series of the share of peaks at
		// or below their 0.95 quantile.
		PeakBelow95 *float64             `json:"peak_below95"`
		Coverage    *evaluation.Coverage `json:"mean_coverage,omitempty"`
		Seconds     float64              `json:"seconds,omitempty"`
	}
	contrastJSON struct {
		Method string   `json:"method"`
		Others []string `json:"others"`
		// Better is the share of series on which the method has less pinball loss
		// than each of the others, Ratio the geometric mean of its loss over the
		// best other's.
		Better float64      `json:"share_better"`
		Ratio  *float64     `json:"ratio"`
		Twice  int          `json:"series_above_twice"`
		Series []versusJSON `json:"series"`
	}
	versusJSON struct {
		ID    string   `json:"id"`
		Best  string   `json:"best_other"`
		Ratio *float64 `json:"ratio"`
	}
	coldJSON struct {
		Method   string             `json:"method"`
		Series   int                `json:"series"`
		Cov80    *float64           `json:"cov80"`
		Cov95    *float64           `json:"cov95"`
		Exceed99 *float64           `json:"exceed99"`
		Least80  evaluation.Extreme `json:"cov80_least"`
		Most80   evaluation.Extreme `json:"cov80_most"`
		Relative *float64           `json:"relative_pinball"`
		Worse    int                `json:"series_worse"`
		Silent   int                `json:"silent_origins"`
	}
	trialJSON struct {
		ID      string             `json:"id"`
		Method  string             `json:"method"`
		Origins int                `json:"origins"`
		Scores  map[string]float64 `json:"scores"`
		Peak    *evaluation.Peak   `json:"peak,omitempty"`
		// PeakBelow95 is the mean over steps.
		PeakBelow95 *float64             `json:"peak_below95"`
		Coverage    *evaluation.Coverage `json:"coverage,omitempty"`
		Cold        *evaluation.Cold     `json:"cold_start,omitempty"`
		// Weights names the global weights that the model began with.
		Weights string  `json:"weights,omitempty"`
		Seconds float64 `json:"seconds"`
	}
)

func (r assessmentReport) json() assessmentJSON {
	out := assessmentJSON{Horizon: r.horizon, Missing: r.missing, Shipped: r.global.shipped}
	for _, s := range r.ours {
		line := newSummaryJSON(s)
		line.Seconds = r.seconds[s.Method]
		out.Summary = append(out.Summary, line)
	}
	for _, s := range r.reference {
		out.Reference = append(out.Reference, newSummaryJSON(s))
	}
	for _, c := range r.contrasts {
		out.Contrasts = append(out.Contrasts, newContrastJSON(c))
	}
	for _, c := range r.cold {
		out.ColdStart = append(out.ColdStart, coldJSON{c.Method, c.Series, number(c.Cov80), number(c.Cov95), number(c.Exceed99),
			c.Least80, c.Most80, number(c.Relative), c.Worse, c.Silent})
	}
	for _, t := range r.trials {
		out.Series = append(out.Series, t.json())
	}
	return out
}

func (t *trial) json() trialJSON {
	s := t.entry.Scores
	out := trialJSON{ID: t.series.ID, Method: t.method, Origins: s.Origins, Scores: named(s), Peak: s.Peak,
		PeakBelow95: number(s.Coverage.Peak95()), Coverage: s.Coverage, Seconds: t.seconds}
	if t.cold.Origins > 0 { // else there are no numbers
		out.Cold = &t.cold
	}
	if t.weights != nil {
		out.Weights = t.weights.Sum()
	}
	return out
}

func newContrastJSON(c evaluation.Contrast) contrastJSON {
	out := contrastJSON{Method: c.Method, Others: c.Others, Better: float64(c.Better) / float64(len(c.Series)), Ratio: number(c.Ratio), Twice: c.Above(twice)}
	for _, v := range c.Series {
		out.Series = append(out.Series, versusJSON{v.ID, v.Best, number(v.Ratio)})
	}
	return out
}

func newSummaryJSON(s evaluation.Summary) summaryJSON {
	return summaryJSON{Method: s.Method, Series: s.Series, Pinball: number(s.Pinball), MASE: number(s.MASE), Rank: number(s.Rank), Mean: named(s.Mean), Peak: s.Mean.Peak,
		Least80: s.Least80, Most80: s.Most80, PeakBelow95: number(s.Mean.Coverage.Peak95()), Coverage: s.Mean.Coverage}
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
