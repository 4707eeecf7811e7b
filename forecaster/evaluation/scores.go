package evaluation

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/score"
)

// Scores are the means over all origins and steps of one forecaster on one
// series. Errors are of the median.
type Scores struct {
	// Origins counts the origins scored.
	Origins int
	// MASE is the mean absolute error over the series' MASEScale; RMSSE the root
	// of the mean squared error over RMSSEScale2; SMAPE the mean of
	// 200 |e| / (|y| + |f|) in percent, where 0 / 0 is 0.
	MASE, SMAPE, RMSSE float64
	// Pin50 to Pin99 are the pinball losses of single quantiles over the series'
	// PinScale, PinAll the mean of those of all seven: the headline.
	Pin50, Pin90, Pin95, Pin99, PinAll float64
	// Cov80 and Cov95 are the shares of values within the central 80 % and 95 %,
	// bounds included; Exceed95 and Exceed99 those above the quantile.
	Cov80, Cov95, Exceed95, Exceed99 float64
	// Width80 is the mean width of the central 80 % over PinScale.
	Width80 float64
	// AtStep is the MASE of the steps 1, 3, 6 and 12; NaN beyond the horizon.
	AtStep [4]float64
	// Peak judges the peak of the whole horizon; nil for a forecaster that does
	// not say it.
	Peak *Peak
}

// Peak judges the quantiles of the maximum over all steps, a mean over origins.
type Peak struct {
	// Pin99 and PinAll are pinball losses over PinScale, of all levels for the
	// latter.
	Pin99  float64 `json:"pin99"`
	PinAll float64 `json:"pin_all"`
	// Exceed95 and Exceed99 are the shares of peaks above the quantile, Cov80
	// and Cov95 those within the central 80 % and 95 %.
	Cov80    float64 `json:"cov80"`
	Cov95    float64 `json:"cov95"`
	Exceed95 float64 `json:"exceed95"`
	Exceed99 float64 `json:"exceed99"`
}

//nolint:gochecknoglobals // read only
var scoredSteps = [4]int{1, 3, 6, 12}

// Columns names the scores in the order in which score files have them.
func Columns() []string {
	return []string{"mase", "smape", "rmsse", "pin50", "pin90", "pin95", "pin99", "pin_all",
		"cov80", "cov95", "exceed95", "exceed99", "width80", "mase_h1", "mase_h3", "mase_h6", "mase_h12"}
}

// fields gives where each column is kept.
func (s *Scores) fields() []*float64 {
	return []*float64{&s.MASE, &s.SMAPE, &s.RMSSE, &s.Pin50, &s.Pin90, &s.Pin95, &s.Pin99, &s.PinAll,
		&s.Cov80, &s.Cov95, &s.Exceed95, &s.Exceed99, &s.Width80, &s.AtStep[0], &s.AtStep[1], &s.AtStep[2], &s.AtStep[3]}
}

// Values gives the scores, one a column.
func (s Scores) Values() []float64 {
	var values []float64
	for _, field := range s.fields() {
		values = append(values, *field)
	}
	return values
}

// tally adds forecasts up.
type tally struct {
	series                  Series
	origins                 int
	absolute                []float64 // errors of each step
	squared, smape, width80 float64
	steps, peaks            losses
}

func newTally(s Series, horizon int) *tally {
	return &tally{series: s, absolute: make([]float64, horizon)}
}

func (t *tally) add(origin int, bands *model.Bands) {
	t.origins++
	peak := math.Inf(-1)
	for h, q := range bands.Steps {
		y := t.series.Values[origin+h]
		peak = max(peak, y)
		e := math.Abs(y - q[at50])
		t.absolute[h] += e
		t.squared += e * e
		t.smape += symmetric(y, q[at50])
		t.width80 += q[at90] - q[at10]
		t.steps.add(q, y)
	}
	t.peaks.add(bands.Peaks[len(bands.Peaks)-1], peak)
}

// symmetric gives the symmetric percentage error of a forecast.
func symmetric(y, f float64) float64 {
	if y == f {
		return 0
	}
	return 200 * math.Abs(y-f) / (math.Abs(y) + math.Abs(f))
}

func (t *tally) scores() Scores {
	origins, n := float64(t.origins), float64(t.origins*len(t.absolute))
	sum := 0.0
	for _, e := range t.absolute {
		sum += e
	}
	s := Scores{
		Origins: t.origins,
		MASE:    sum / n / t.series.MASEScale,
		SMAPE:   t.smape / n,
		RMSSE:   math.Sqrt(t.squared / n / t.series.RMSSEScale2),
		Pin50:   t.steps.pinball[at50] / n / t.series.PinScale,
		Pin90:   t.steps.pinball[at90] / n / t.series.PinScale,
		Pin95:   t.steps.pinball[at95] / n / t.series.PinScale,
		Pin99:   t.steps.pinball[at99] / n / t.series.PinScale,
		PinAll:  t.steps.all() / n / t.series.PinScale,
		Cov80:   t.steps.within80 / n, Cov95: t.steps.within95 / n,
		Exceed95: t.steps.above[at95] / n, Exceed99: t.steps.above[at99] / n,
		Width80: t.width80 / n / t.series.PinScale,
		Peak:    t.peak(origins),
	}
	for i, h := range scoredSteps {
		s.AtStep[i] = math.NaN()
		if h <= len(t.absolute) {
			s.AtStep[i] = t.absolute[h-1] / origins / t.series.MASEScale
		}
	}
	return s
}

func (t *tally) peak(origins float64) *Peak {
	if math.IsNaN(t.peaks.all()) {
		return nil
	}
	return &Peak{
		Pin99: t.peaks.pinball[at99] / origins / t.series.PinScale, PinAll: t.peaks.all() / origins / t.series.PinScale,
		Cov80: t.peaks.within80 / origins, Cov95: t.peaks.within95 / origins,
		Exceed95: t.peaks.above[at95] / origins, Exceed99: t.peaks.above[at99] / origins,
	}
}

// losses adds up how quantiles fared.
type losses struct {
	pinball, above     [7]float64
	within80, within95 float64
}

func (l *losses) add(quantiles []float64, y float64) {
	for j, p := range levels {
		l.pinball[j] += score.Pinball(p, quantiles[j], y)
		l.above[j] += one(y > quantiles[j])
	}
	l.within80 += one(y >= quantiles[at10] && y <= quantiles[at90])
	l.within95 += one(y >= quantiles[at025] && y <= quantiles[at975])
}

// all gives the mean over the levels.
func (l *losses) all() float64 {
	sum := 0.0
	for _, x := range l.pinball {
		sum += x
	}
	return sum / float64(len(l.pinball))
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
