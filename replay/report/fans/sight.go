package fans

import (
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/combine"
	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

const (
	// mostColumns is how many values a picture has at most.
	mostColumns = 720
	// mostDays bounds the span that is drawn of a series with few values a day.
	mostDays = 14
	// singles is how many forecasts are drawn as a whole.
	singles = 6
	// instants is how often the weights of a combination are noted.
	instants = 240
)

// Sight keeps of the forecasts of one method on one series what pictures are
// made of. A nil sight keeps nothing.
type Sight struct {
	series           evaluation.Series
	fan, close, cold Fan
	from, closeFrom  int // where the first two begin
	mix              Mix
	every            int // origins from one instant of the mix to the next
}

// NewSight chooses what is to be seen of a series at a horizon in steps.
func NewSight(s evaluation.Series, horizon int) *Sight {
	lead := min(horizon, max(1, int(time.Hour/s.Grid.Period())))
	v := &Sight{series: s, every: max(1, (s.N-s.Window)/instants)}
	length := min(mostColumns, mostDays*s.Day, s.N-s.Window)
	// What came before the most stirred values is to be seen too.
	v.from = max(s.Window, stirred(s.Values, s.Window, s.Day, length)-length/8)
	v.fan = v.newFan(v.from, length, lead)
	v.fan.Singles = nil
	near := min(2*singles*horizon, length)
	v.closeFrom = max(v.from, stirred(s.Values[:v.from+length], v.from, s.Day, near)-near/4)
	v.close = v.newFan(v.closeFrom, near, lead)
	v.close.Ahead = nil
	v.cold = v.newFan(0, min(s.Day+horizon, s.N), lead)
	v.mix = Mix{Start: v.at(s.Window), Every: time.Duration(v.every) * s.Grid.Period()}
	return v
}

// at gives when a value begins.
func (v *Sight) at(i int) time.Time {
	return v.series.Grid.End(v.series.First + int64(i)).Add(-v.series.Grid.Period())
}

func (v *Sight) newFan(from, length, lead int) Fan {
	f := Fan{Start: v.at(from), Period: v.series.Grid.Period(), Lead: lead, Values: v.series.Values[from : from+length], Ahead: make([][]float64, length)}
	for i := range singles {
		f.Singles = append(f.Singles, Single{At: (2*i + 1) * length / (2 * singles)})
	}
	return f
}

// stirred gives where the values begin, from first on, that are over some length
// least like those of the day before.
func stirred(values []float64, first, day, length int) int {
	sum, best, at := 0.0, math.Inf(-1), first
	for i := first; i < len(values); i++ {
		sum += math.Abs(values[i] - values[i-day])
		if i-length >= first {
			sum -= math.Abs(values[i-length] - values[i-length-day])
		}
		if i-length+1 >= first && sum > best {
			best, at = sum, i-length+1
		}
	}
	return at
}

// See takes in what was forecast at an origin after the first history, and what
// the parts weigh of which it was combined, if it was.
func (v *Sight) See(origin int, bands *model.Bands, weights []combine.PartWeight) {
	if v == nil {
		return
	}
	v.fan.see(origin-v.from, bands)
	v.close.see(origin-v.closeFrom, bands)
	if (origin-v.series.Window)%v.every != 0 || len(weights) == 0 {
		return
	}
	var row []float64
	names := v.mix.Parts == nil
	for _, w := range weights {
		if names {
			v.mix.Parts = append(v.mix.Parts, w.Name)
		}
		row = append(row, w.Weight)
	}
	v.mix.Shares = append(v.mix.Shares, row)
}

// SeeCold takes in what was forecast at an origin of a cold start.
func (v *Sight) SeeCold(origin int, bands *model.Bands) {
	if v != nil {
		v.cold.see(origin, bands)
	}
}

// see takes in a forecast from the value at.
func (f *Fan) see(at int, bands *model.Bands) {
	if i := at + f.Lead - 1; i >= 0 && i < len(f.Ahead) {
		f.Ahead[i] = slices.Clone(bands.Steps[f.Lead-1])
	}
	for i := range f.Singles {
		if f.Singles[i].At != at {
			continue
		}
		for _, row := range bands.Steps {
			f.Singles[i].Steps = append(f.Singles[i].Steps, slices.Clone(row))
		}
	}
}

// Show gives what is to be shown of the series. Scores are for the caller to
// add.
func (v *Sight) Show() Series {
	s := v.series
	out := Series{ID: s.ID, Set: s.Set, Start: v.at(s.Window), Period: s.Grid.Period(), Test: s.Values[s.Window:], Fan: &v.fan, From: v.from - s.Window, Close: &v.close}
	if slices.ContainsFunc(v.cold.Ahead, func(row []float64) bool { return row != nil }) {
		out.Cold = &v.cold
	}
	if len(v.mix.Shares) > 1 {
		out.Mix = &v.mix
	}
	return out
}
