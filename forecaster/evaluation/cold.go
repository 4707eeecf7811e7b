package evaluation

import (
	"fmt"
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Cold is how a forecaster did on the first day of a series that it was started
// on with nothing before it: a mean over the steps of all origins from an hour
// after the first value to a day after it.
type Cold struct {
	// Origins counts the origins at which it said something, Silent those at which
	// it did not.
	Origins int `json:"origins"`
	Silent  int `json:"silent"`
	// Cov80 and Cov95 are the shares of values within the central 80 and 95 %,
	// bounds included, Exceed99 that above the 0.99 quantile; NaN where it was
	// always silent.
	Cov80    float64 `json:"cov80"`
	Cov95    float64 `json:"cov95"`
	Exceed99 float64 `json:"exceed99"`
	// Pinball is the mean loss over all levels, in units of the series, and
	// Baseline that of RollingNaive at the same origins.
	Pinball  float64 `json:"pinball"`
	Baseline float64 `json:"baseline_pinball"`
}

// Relative gives the loss over that of the baseline; NaN where the baseline had
// none or nothing was said.
func (c Cold) Relative() float64 {
	if !(c.Baseline > 0) {
		return math.NaN()
	}
	return c.Pinball / c.Baseline
}

// coldFirst gives the first origin of a cold start: an hour after the first
// value, and two values at least, so that there is a difference to go by.
func coldFirst(s Series) int { return max(2, int(time.Hour/s.Grid.Period())) }

// ColdStart starts a forecaster at the first value of a series, as a group is
// that nobody knew before. Nothing is estimated on the way: a refit is first
// due a day after the first value. What Told is shown and Stop and Seen are for
// is the same as in Score.
func (r Run) ColdStart(s Series, mk Make) (Cold, error) {
	f, baseline := mk(s, r.Horizon), NewRollingNaive(s, r.Horizon)
	bands, theirs := model.NewBands(Levels(), r.Horizon), model.NewBands(Levels(), r.Horizon)
	var c Cold
	var own, other losses
	for o := range r.ColdWork(s) {
		if err := r.pass(o); err != nil {
			return Cold{}, err
		}
		if o >= coldFirst(s) {
			if !baseline.Forecast(theirs) {
				return Cold{}, fmt.Errorf("baseline at origin %d: %w", o, ErrSilent)
			}
			if !f.Forecast(bands) {
				c.Silent++
			} else {
				c.Origins++
				own.addAll(s.Values[o:], bands)
				other.addAll(s.Values[o:], theirs)
				if r.Told != nil {
					r.Told(o, bands)
				}
			}
		}
		f.See(s.Values[o])
		baseline.See(s.Values[o])
	}
	if r.Seen != nil {
		r.Seen(r.ColdWork(s) % seenEvery)
	}
	n := float64(c.Origins * r.Horizon)
	c.Cov80, c.Cov95, c.Exceed99 = own.within80/n, own.within95/n, own.above[at99]/n
	c.Pinball, c.Baseline = own.all()/n, other.all()/n
	return c, nil
}

// ColdWork gives how many values a cold start hands over: what Seen adds up to.
func (r Run) ColdWork(s Series) int { return max(0, min(s.Day+1, len(s.Values)-r.Horizon+1)) }

// addAll judges all steps of a forecast.
func (l *losses) addAll(values []float64, bands *model.Bands) {
	for h, q := range bands.Steps {
		l.add(q, values[h])
	}
}

// ColdSummary is what a forecaster did on the first days of several series.
type ColdSummary struct {
	Method string
	Series int
	// Cov80, Cov95 and Exceed99 are means over the series; Least80 and Most80 the
	// series with the lowest and the highest Cov80.
	Cov80, Cov95, Exceed99 float64
	Least80, Most80        Extreme
	// Relative is the geometric mean of Cold.Relative over the series that have
	// one, and Worse counts those on which it is above 1.
	Relative float64
	Worse    int
	// Silent counts the origins at which nothing was said.
	Silent int
}

// SummarizeCold sums up cold starts, by the ids of their series. Series on
// which nothing was said are counted in Silent only.
func SummarizeCold(method string, ids []string, colds []Cold) ColdSummary {
	s := ColdSummary{Method: method}
	sum, relative := 0.0, 0
	for i, c := range colds {
		s.Silent += c.Silent
		if c.Origins == 0 {
			continue
		}
		s.Series++
		s.Cov80, s.Cov95, s.Exceed99 = s.Cov80+c.Cov80, s.Cov95+c.Cov95, s.Exceed99+c.Exceed99
		s.Least80, s.Most80 = widened(s.Least80, s.Most80, Extreme{ids[i], c.Cov80})
		if x := c.Relative(); x > 0 {
			sum += math.Log(x)
			relative++
			s.Worse += int(one(x > 1))
		}
	}
	n := float64(s.Series)
	s.Cov80, s.Cov95, s.Exceed99 = s.Cov80/n, s.Cov95/n, s.Exceed99/n
	s.Relative = math.Exp(sum / float64(relative))
	return s
}

// Extreme is a share on one series.
type Extreme struct {
	ID    string  `json:"id"`
	Share float64 `json:"share"`
}

// widened takes another series into a lowest and a highest share, which have no
// id before the first.
func widened(least, most, e Extreme) (low, high Extreme) {
	if least.ID == "" {
		return e, e
	}
	if e.Share < least.Share {
		least = e
	}
	if e.Share > most.Share {
		most = e
	}
	return least, most
}
