package streams

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"
)

// Forecast is what a model expects of a series: one for every round in which a
// metric of the series that the policy names came, warm or not.
type Forecast struct {
	SeriesID
	Round uint64 `json:"round"`
	Model string `json:"model"`
	// Origin is the end of the last bin folded in; step h (from 1) is the bin
	// that ends at Origin + h × Period.
	Origin time.Time `json:"origin"`
	Period Duration  `json:"period_s"`
	Unit   Unit      `json:"unit"`
	// Inputs is the fingerprint of every metric folded so far, so that a
	// changed digit shows: FNV-1a of 64 bits over the bodies of the series'
	// metrics in the order in which they came, used or not, in lower-case hex.
	Inputs string `json:"inputs"`
	// Levels are the quantile levels, rising.
	Levels []float64 `json:"levels"`
	// Quantiles has a row a step, a column a level. Both tables are absent
	// where no value was ever seen.
	Quantiles [][]float64 `json:"quantiles,omitempty"`
	// Peak has the quantiles of the maximum over (Origin, Origin + h × Period]:
	// the quantile of a maximum is not the maximum of quantiles.
	Peak [][]float64 `json:"peak_quantiles,omitempty"`
	// Samples counts the settled bins that had a value.
	Samples int  `json:"samples"`
	Warm    bool `json:"warm"`
	// Weights is what each part of a combined model counts, by its name: the mean
	// over steps and levels. They sum to 1; absent where the model has no parts.
	Weights map[string]float64 `json:"weights,omitempty"`
	// Score is absent until a forecast of this series could be judged.
	Score *Score `json:"score,omitempty"`
}

// Score is how the series' forecasts did lately, over every step of the last
// forecasts whose targets settled.
type Score struct {
	// Judged counts the pairs of forecast and target behind the figures.
	Judged int `json:"judged"`
	// Coverage is, per level, the share of targets at or below the quantile.
	Coverage []float64 `json:"coverage"`
	// Pinball is the mean pinball loss over steps and levels, in the unit of
	// the load; Naive that of seasonal naive by day over the same targets.
	Pinball float64 `json:"pinball"`
	Naive   float64 `json:"pinball_seasonal_naive"`
}

// Kind gives KindForecast.
func (Forecast) Kind() Kind { return KindForecast }

// Level gives the column of a quantile level, or -1.
func (f Forecast) Level(p float64) int {
	for i, q := range f.Levels {
		if q == p {
			return i
		}
	}
	return -1
}

func (f Forecast) check(c *checker) {
	f.SeriesID.check(c)
	c.round(f.Round)
	c.name("model", f.Model)
	c.instant("origin", f.Origin)
	c.positive("period", f.Period)
	c.unit("unit", f.Unit)
	if !isFingerprint(f.Inputs) {
		c.failf("inputs", "want 16 lower-case hexadecimal digits, got %.40q", f.Inputs)
	}
	c.levels("levels", f.Levels)
	c.table("quantiles", f.Quantiles, len(f.Levels))
	c.table("peak_quantiles", f.Peak, len(f.Levels))
	if len(f.Peak) != len(f.Quantiles) {
		c.failf("peak_quantiles", "want %d rows, one a step, got %d", len(f.Quantiles), len(f.Peak))
	}
	c.count("samples", f.Samples, 0)
	f.checkWeights(c)
	if f.Score != nil {
		f.Score.check(c, len(f.Levels))
	}
}

// checkWeights wants shares that sum to 1, but for rounding.
func (f Forecast) checkWeights(c *checker) {
	if len(f.Weights) == 0 {
		return
	}
	const rounding = 1e-6
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(f.Weights)) {
		c.name("weights", name)
		w := f.Weights[name]
		if !(w >= 0 && w <= 1) {
			c.failf("weights."+name, "want 0 to 1, got %v", w)
		}
		sum += w
	}
	if !(math.Abs(sum-1) <= rounding) {
		c.failf("weights", "want a sum of 1, got %v", sum)
	}
}

// isFingerprint says whether a text is 64 bits in lower-case hex.
func isFingerprint(s string) bool { return len(s) == 16 && isHex(s) }

func (s Score) check(c *checker, levels int) {
	c.count("score.judged", s.Judged, 1)
	if len(s.Coverage) != levels {
		c.failf("score.coverage", "want %d numbers, one a level, got %d", levels, len(s.Coverage))
	}
	for i, x := range s.Coverage {
		if !(x >= 0 && x <= 1) {
			c.failf(fmt.Sprintf("score.coverage[%d]", i), "want 0 to 1, got %v", x)
		}
	}
	c.within("score.pinball", s.Pinball, 0, 1e300)
	c.within("score.pinball_seasonal_naive", s.Naive, 0, 1e300)
}
