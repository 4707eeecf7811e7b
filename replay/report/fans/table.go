package fans

import (
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// measure is a column of a table: its cells, and what would be best.
type measure struct {
	label  string
	values []float64
	asides []string
	text   func(float64) string
	// aim is the value that is best; NaN where less is. Nothing is marked where
	// plain is set.
	aim   float64
	plain bool
}

// rowsOf lays columns out as rows.
func rowsOf(methods []string, columns []measure) []methodRow {
	rows := make([]methodRow, len(methods))
	for i, name := range methods {
		rows[i] = methodRow{Class: classOf(name), Name: name}
		for _, m := range columns {
			c := cell{Label: m.label, Text: m.text(m.values[i]), Best: m.best(i)}
			if m.asides != nil {
				c.Aside = m.asides[i]
			}
			rows[i].Cells = append(rows[i].Cells, c)
		}
	}
	return rows
}

// best says whether no other value is better than that of a row, and any worse.
func (m measure) best(row int) bool {
	far := func(x float64) float64 {
		if math.IsNaN(m.aim) {
			return x
		}
		return math.Abs(x - m.aim)
	}
	worse := false
	for _, x := range m.values {
		if far(x) < far(m.values[row]) {
			return false
		}
		worse = worse || far(x) > far(m.values[row])
	}
	return worse && !m.plain && !math.IsNaN(m.values[row])
}

// methodRows lists what the methods reached on all series.
func methodRows(r Report) []methodRow {
	var names, ranges, colds []string
	values := make([][]float64, 10)
	for _, m := range r.Methods {
		names = append(names, m.Summary.Method)
		ranges = append(ranges, share(m.Least80.Share)+" to "+share(m.Most80.Share))
		first, cold := math.NaN(), math.NaN()
		aside := ""
		if m.Cold.Series > 0 {
			first, cold = m.Cold.Relative, m.Cold.Cov80
			aside = "at least " + share(m.Cold.Least80.Share)
		}
		colds = append(colds, aside)
		for i, x := range []float64{m.Pinball, m.Summary.MASE, m.Rank, m.Mean.Cov80, m.Mean.Cov95, m.Mean.Exceed99, m.Mean.Coverage.Peak95(), first, cold, m.Seconds} {
			values[i] = append(values[i], x)
		}
	}
	less := math.NaN()
	return rowsOf(names, []measure{
		{label: "pinball", values: values[0], text: figure, aim: less},
		{label: "MASE", values: values[1], text: figure, aim: less},
		{label: "mean place", values: values[2], text: drawing.Number, aim: less},
		{label: "in 80 % band", values: values[3], asides: ranges, text: share, aim: 0.80},
		{label: "in 95 % band", values: values[4], text: share, aim: 0.95},
		{label: "above 99 %", values: values[5], text: share, aim: 0.01},
		{label: "peaks below 95 %", values: values[6], text: share, aim: 0.95},
		{label: "first day: pinball", values: values[7], text: figure, aim: less},
		{label: "first day: in 80 % band", values: values[8], asides: colds, text: share, aim: 0.80},
		{label: "seconds", values: values[9], text: drawing.Number, plain: true},
	})
}

// scoreRows lists what the methods reached on one series, the best first.
func scoreRows(scores []Score) []methodRow {
	scores = slices.Clone(scores)
	slices.SortStableFunc(scores, func(x, y Score) int {
		switch {
		case x.Pinball < y.Pinball:
			return -1
		case y.Pinball < x.Pinball:
			return 1
		}
		return 0
	})
	var names []string
	values := make([][]float64, 7)
	for _, s := range scores {
		names = append(names, s.Method)
		for i, x := range []float64{s.Pinball, s.MASE, s.Cov80, s.Exceed99, s.Peak95, s.ColdPinball, s.Cold80} {
			values[i] = append(values[i], x)
		}
	}
	less := math.NaN()
	return rowsOf(names, []measure{
		{label: "pinball", values: values[0], text: figure, aim: less},
		{label: "MASE", values: values[1], text: figure, aim: less},
		{label: "in 80 % band", values: values[2], text: share, aim: 0.80},
		{label: "above 99 %", values: values[3], text: share, aim: 0.01},
		{label: "peaks below 95 %", values: values[4], text: share, aim: 0.95},
		{label: "first day: pinball", values: values[5], text: figure, aim: less},
		{label: "first day: in 80 % band", values: values[6], text: share, aim: 0.80},
	})
}
