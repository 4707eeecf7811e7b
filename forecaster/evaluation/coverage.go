package evaluation

import "math"

// Coverage says how often the quantiles of each step held: shares of origins,
// one a step. A quantile that means what it says has its level as the share.
type Coverage struct {
	// Cov80 and Cov95 are the shares of values within the central 80 and 95 %,
	// bounds included.
	Cov80 []float64 `json:"cov80"`
	Cov95 []float64 `json:"cov95"`
	// Below has a row a step and a column a level (those of Levels): the shares
	// of values at or below the quantile. PeaksBelow has the same of the highest
	// value from the first step to this one; it is nil for a forecaster that does
	// not say peaks.
	Below      [][]float64 `json:"below"`
	PeaksBelow [][]float64 `json:"peaks_below,omitempty"`
}

// Peak95 gives the mean over the steps of the share of peaks at or below their
// 0.95 quantile, by which capacity is chosen; NaN where no peaks are said.
func (c *Coverage) Peak95() float64 {
	if c == nil || c.PeaksBelow == nil {
		return math.NaN()
	}
	sum := 0.0
	for _, row := range c.PeaksBelow {
		sum += row[at95]
	}
	return sum / float64(len(c.PeaksBelow))
}

// Levels gives the mean over the steps of Below, one a level.
func (c *Coverage) Levels() []float64 {
	mean := make([]float64, len(levels))
	for _, row := range c.Below {
		for j, x := range row {
			mean[j] += x / float64(len(c.Below))
		}
	}
	return mean
}

func (t *tally) coverage(origins float64) *Coverage {
	c := &Coverage{Below: below(t.steps, origins)}
	for _, l := range t.steps {
		c.Cov80, c.Cov95 = append(c.Cov80, l.within80/origins), append(c.Cov95, l.within95/origins)
	}
	if peaks := total(t.peaks); !math.IsNaN(peaks.all()) {
		c.PeaksBelow = below(t.peaks, origins)
	}
	return c
}

func below(steps []losses, origins float64) [][]float64 {
	var rows [][]float64
	for _, l := range steps {
		row := make([]float64, len(levels))
		for j, above := range l.above {
			row[j] = 1 - above/origins
		}
		rows = append(rows, row)
	}
	return rows
}

// meanCoverage gives the means over series, all of them over the same steps;
// nil where one is missing, and without peaks where one has none.
func meanCoverage(all []*Coverage) *Coverage {
	mean, n := &Coverage{}, float64(len(all))
	for i, c := range all {
		if c == nil {
			return nil
		}
		if i == 0 {
			mean.Cov80, mean.Cov95 = make([]float64, len(c.Cov80)), make([]float64, len(c.Cov95))
			mean.Below, mean.PeaksBelow = rows(len(c.Below)), rows(len(c.Below))
		}
		for h := range c.Cov80 {
			mean.Cov80[h] += c.Cov80[h] / n
			mean.Cov95[h] += c.Cov95[h] / n
			accumulate(mean.Below[h], c.Below[h], n)
			if c.PeaksBelow == nil {
				mean.PeaksBelow = nil
			}
			if mean.PeaksBelow != nil {
				accumulate(mean.PeaksBelow[h], c.PeaksBelow[h], n)
			}
		}
	}
	return mean
}

func rows(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, len(levels))
	}
	return out
}

func accumulate(sum, row []float64, over float64) {
	for j, x := range row {
		sum[j] += x / over
	}
}
