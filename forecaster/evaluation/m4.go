package evaluation

import (
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

const (
	// M4Horizon is how many hours of an M4 Hourly series are its test set.
	M4Horizon = 48
	// m4Day is the season that M4 assumes of hours.
	m4Day = 24
	// m4Level is the share of values that an interval of M4 leaves out.
	m4Level = 0.05
)

// M4 is a series of the M4 Hourly competition (Makridakis, Spiliotis and
// Assimakopoulos 2020): what came before the test set, and the test set.
type M4 struct {
	// Known has the values up to the origin. Its row has no scales, and the last
	// of its refits is the origin.
	Known Series
	// Test has the M4Horizon values after it.
	Test []float64
}

// M4Scores are the official measures of one forecaster, on one series or the
// means over several.
type M4Scores struct {
	// SMAPE is the mean of 200 |e| / (|y| + |f|), in percent.
	SMAPE float64
	// MASE is the mean absolute error over that of seasonal naive by day within
	// the known values.
	MASE float64
	// MSIS is the mean scaled interval score of the central 95 %; NaN for a
	// forecaster that says a point only, as the three below.
	MSIS float64
	// Cov95 and Cov80 are the shares of values within the central 95 and 80 %,
	// Exceed99 that above the 0.99 quantile.
	Cov95    float64
	Cov80    float64
	Exceed99 float64
}

// ReadM4 reads a series: CSV with the columns timestamp and value, an hour a
// row; the last M4Horizon rows are the test set. It needs three days before
// them. Its errors name the line.
func ReadM4(id string, file io.Reader) (M4, error) {
	grid, err := model.NewGrid(time.Hour)
	if err != nil {
		return M4{}, err
	}
	values, first, err := readValues(file, grid)
	n := len(values) - M4Horizon
	if err == nil && n < 3*m4Day {
		err = fmt.Errorf("want at least %d values, got %d", 3*m4Day+M4Horizon, len(values))
	}
	if err != nil {
		return M4{}, fmt.Errorf("read series %s: %w", id, err)
	}
	row := Row{ID: id, Grid: grid, N: n, Day: m4Day, Window: n, Horizon: M4Horizon, Refits: []int{n}}
	return M4{Known: Series{Row: row, First: firstBin(grid, first), Values: values[:n]}, Test: values[n:]}, nil
}

// Weekly gives the series with refits every week before the origin too, the
// first after two weeks: for a forecaster that learns on the way what estimates
// are worth.
func (m M4) Weekly() M4 {
	var refits []int
	for o := m.Known.N; o >= 2*week*m4Day; o -= week * m4Day {
		refits = append(refits, o)
	}
	slices.Reverse(refits)
	if len(refits) > 0 {
		m.Known.Refits = refits
	}
	return m
}

// week is a week, in days.
const week = 7

// Score forecasts the test set from its only origin, with parameters estimated
// there last, and gives what was forecast beside its scores. A model keeps the
// last model.Days days of the known values.
func (m M4) Score(mk Make, each model.Each) (M4Scores, *model.Bands, error) {
	f, bands := mk(m.Known, M4Horizon), model.NewBands(Levels(), M4Horizon)
	for o := 0; ; o++ {
		if slices.Contains(m.Known.Refits, o) {
			if err := f.Refit(each); err != nil {
				return M4Scores{}, nil, fmt.Errorf("refit at origin %d: %w", o, err)
			}
		}
		if o == len(m.Known.Values) {
			break
		}
		f.See(m.Known.Values[o])
	}
	if !f.Forecast(bands) {
		return M4Scores{}, nil, ErrSilent
	}
	return m.judge(bands), bands, nil
}

func (m M4) judge(bands *model.Bands) M4Scores {
	scale := meanDifference(m.Known.Values, m4Day)
	var s M4Scores
	for h, q := range bands.Steps {
		y := m.Test[h]
		s.SMAPE += symmetric(y, q[at50])
		s.MASE += math.Abs(y-q[at50]) / scale
		s.MSIS += intervalScore(y, q[at025], q[at975]) / scale
		s.Cov95 += one(y >= q[at025] && y <= q[at975])
		s.Cov80 += one(y >= q[at10] && y <= q[at90])
		s.Exceed99 += one(y > q[at99])
	}
	if math.IsNaN(s.MSIS) {
		s.Cov95, s.Cov80, s.Exceed99 = math.NaN(), math.NaN(), math.NaN()
	}
	return s.over(float64(len(bands.Steps)))
}

func (s M4Scores) over(n float64) M4Scores {
	return M4Scores{s.SMAPE / n, s.MASE / n, s.MSIS / n, s.Cov95 / n, s.Cov80 / n, s.Exceed99 / n}
}

// intervalScore is that of Gneiting and Raftery (2007), equation 43.
func intervalScore(y, low, high float64) float64 {
	s := high - low
	switch {
	case y < low:
		s += 2 / m4Level * (low - y)
	case y > high:
		s += 2 / m4Level * (y - high)
	}
	return s
}

// meanDifference gives the mean absolute difference over a lag.
func meanDifference(values []float64, lag int) float64 {
	sum := 0.0
	for i := lag; i < len(values); i++ {
		sum += math.Abs(values[i] - values[i-lag])
	}
	return sum / float64(len(values)-lag)
}

// MeanM4 gives the means of scores, as M4 averages over series.
func MeanM4(all []M4Scores) M4Scores {
	var sum M4Scores
	for _, s := range all {
		sum = M4Scores{sum.SMAPE + s.SMAPE, sum.MASE + s.MASE, sum.MSIS + s.MSIS, sum.Cov95 + s.Cov95, sum.Cov80 + s.Cov80, sum.Exceed99 + s.Exceed99}
	}
	return sum.over(float64(len(all)))
}

// OWA gives the overall weighted average of mean scores, relative to those of
// Naive2 on the same series.
func (s M4Scores) OWA(naive2 M4Scores) float64 {
	return (s.SMAPE/naive2.SMAPE + s.MASE/naive2.MASE) / 2
}
