package lstm

import (
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

const (
	fine, usualPeriod, coarse = time.Minute, 5 * time.Minute, 30 * time.Minute
	// coarseDays is how long a series must be to be learned from at coarse bins
	// too.
	coarseDays = 20
)

// versions gives the series as it is, and at coarser bins where it has enough of
// them: a network that sees few series learns from more of them that way.
func (s Series) versions() []Series {
	out := []Series{s}
	period := s.Grid.Period()
	if period == fine {
		out = append(out, s.coarser(usualPeriod))
	}
	if period <= usualPeriod && len(s.Values) > coarseDays*s.Grid.PerDay() {
		out = append(out, s.coarser(coarse))
	}
	return out
}

// coarser gives the means over bins of a longer period, which must be a multiple
// of the series' own and divide a day. What is missing is left out of a mean;
// parts of bins at the ends are left out.
func (s Series) coarser(period time.Duration) Series {
	grid, err := model.NewGrid(period)
	if err != nil {
		panic(err)
	}
	k := int64(period / s.Grid.Period())
	first := (s.First + k - 1) / k
	out := Series{Name: s.Name, Grid: grid, First: first}
	for from := first*k - s.First; from+k <= int64(len(s.Values)); from += k {
		sum, there := 0.0, 0.0
		for _, x := range s.Values[from : from+k] {
			if !math.IsNaN(x) {
				sum += x
				there++
			}
		}
		out.Values = append(out.Values, sum/there)
	}
	return out
}
