package main

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
)

// writeM4Scores writes what each model scored on each series as CSV.
func writeM4Scores(w io.Writer, trials []*m4Trial) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"id", "method", "smape", "mase", "msis", "cov95", "cov80", "exceed99"}); err != nil {
		return err
	}
	for _, t := range trials {
		s := t.scores
		line := []string{t.id, t.method}
		for _, x := range []float64{s.SMAPE, s.MASE, s.MSIS, s.Cov95, s.Cov80, s.Exceed99} {
			text := ""
			if !math.IsNaN(x) {
				text = strconv.FormatFloat(x, 'g', 6, 64)
			}
			line = append(line, text)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

type (
	m4JSON struct {
		Summary []m4LineJSON  `json:"summary"`
		Series  []m4TrialJSON `json:"series"`
	}
	m4LineJSON struct {
		Method  string       `json:"method"`
		Series  int          `json:"series"`
		OWA     *float64     `json:"owa"`
		Mean    m4ScoresJSON `json:"mean"`
		Seconds float64      `json:"seconds"`
	}
	m4TrialJSON struct {
		ID      string       `json:"id"`
		Method  string       `json:"method"`
		Scores  m4ScoresJSON `json:"scores"`
		Seconds float64      `json:"seconds"`
	}
	// m4ScoresJSON has null where a method says points only.
	m4ScoresJSON struct {
		SMAPE    *float64 `json:"smape"`
		MASE     *float64 `json:"mase"`
		MSIS     *float64 `json:"msis"`
		Cov95    *float64 `json:"cov95"`
		Cov80    *float64 `json:"cov80"`
		Exceed99 *float64 `json:"exceed99"`
	}
)

func newM4JSON(trials []*m4Trial, lines []m4Line) m4JSON {
	var out m4JSON
	for _, l := range lines {
		out.Summary = append(out.Summary, m4LineJSON{l.name, l.series, number(l.owa), newM4ScoresJSON(l.mean), l.seconds})
	}
	for _, t := range trials {
		out.Series = append(out.Series, m4TrialJSON{t.id, t.method, newM4ScoresJSON(t.scores), t.seconds})
	}
	return out
}

func newM4ScoresJSON(s evaluation.M4Scores) m4ScoresJSON {
	return m4ScoresJSON{number(s.SMAPE), number(s.MASE), number(s.MSIS), number(s.Cov95), number(s.Cov80), number(s.Exceed99)}
}
