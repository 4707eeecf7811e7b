package evaluation

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/score"
)

// tally adds forecasts up.
type tally struct {
	series                  Series
	origins                 int
	absolute                []float64 // errors of each step
	squared, smape, width80 float64
	steps, peaks            []losses // of each step, and of the peak up to it
}

func newTally(s Series, horizon int) *tally {
	return &tally{series: s, absolute: make([]float64, horizon), steps: make([]losses, horizon), peaks: make([]losses, horizon)}
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
		t.steps[h].add(q, y)
		t.peaks[h].add(bands.Peaks[h], peak)
	}
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
	steps := total(t.steps)
	s := Scores{
		Origins: t.origins,
		MASE:    sum / n / t.series.MASEScale,
		SMAPE:   t.smape / n,
		RMSSE:   math.Sqrt(t.squared / n / t.series.RMSSEScale2),
		Pin50:   steps.pinball[at50] / n / t.series.PinScale,
		Pin90:   steps.pinball[at90] / n / t.series.PinScale,
		Pin95:   steps.pinball[at95] / n / t.series.PinScale,
		Pin99:   steps.pinball[at99] / n / t.series.PinScale,
		PinAll:  steps.all() / n / t.series.PinScale,
		Cov80:   steps.within80 / n, Cov95: steps.within95 / n,
		Exceed95: steps.above[at95] / n, Exceed99: steps.above[at99] / n,
		Width80:  t.width80 / n / t.series.PinScale,
		Peak:     t.peak(origins),
		Coverage: t.coverage(origins),
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
	l := t.peaks[len(t.peaks)-1]
	if math.IsNaN(l.all()) {
		return nil
	}
	return &Peak{
		Pin99: l.pinball[at99] / origins / t.series.PinScale, PinAll: l.all() / origins / t.series.PinScale,
		Cov80: l.within80 / origins, Cov95: l.within95 / origins,
		Exceed95: l.above[at95] / origins, Exceed99: l.above[at99] / origins,
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

// total adds up the losses of all steps.
func total(steps []losses) losses {
	var sum losses
	for _, l := range steps {
		for j := range levels {
			sum.pinball[j] += l.pinball[j]
			sum.above[j] += l.above[j]
		}
		sum.within80 += l.within80
		sum.within95 += l.within95
	}
	return sum
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
