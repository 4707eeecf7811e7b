package regarima

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/stationarity"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/stl"
)

const (
	// leastValues and leastDays are what a window must have to be estimated from;
	// the days for the models that have seasons.
	leastValues = 40
	leastDays   = 2
	// weekDays is how long a window must be for a weekly season.
	weekDays = 14
	// dayHarmonics and weekHarmonics are how many of each there are at most.
	dayHarmonics, weekHarmonics = 6, 3
	// leastSeason is the fewest bins that make a season.
	leastSeason = 4
	// searchBins is how many of the newest bins tell the order, and fitBins its
	// coefficients: more would tell little more, and take as much longer. What is
	// regressed on and the seasons are of the whole window.
	searchBins, fitBins = 4320, 8640
	// jitter is what is added to a series that leaves nothing to explain, as a
	// share of its largest value, so that a likelihood has a maximum.
	jitter = 1e-9
)

// window is what an estimation reads.
type window struct {
	kind   kind
	perDay int
	most   int
	first  int64 // the bin of the first value, which is there
	values []float64
	before *parameters // in force
}

// Estimation gives the estimation from the bins up to through.
func (m *Model) Estimation(past *model.History, through int64) model.Estimation {
	return m.window(past, through).estimate
}

func (m *Model) window(past *model.History, through int64) *window {
	perDay := m.config.Grid.PerDay()
	w := &window{kind: m.kind, perDay: perDay, most: m.most, before: m.adopted}
	w.first = max(past.First(), through-int64(model.FitDays*perDay)+1)
	t := newTop(perDay)
	for bin := w.first; bin <= through; bin++ {
		w.values = append(w.values, t.admit(past.Folded(bin)))
	}
	for len(w.values) > 0 && math.IsNaN(w.values[0]) {
		w.first, w.values = w.first+1, w.values[1:]
	}
	return w
}

// estimate gives the bytes of the parameters, none where there are too few
// values.
func (w *window) estimate(each model.Each) []byte {
	there := 0
	for _, v := range w.values {
		if !math.IsNaN(v) {
			there++
		}
	}
	if there < leastValues || w.kind != plain && len(w.values) < leastDays*w.perDay {
		return nil
	}
	p, err := w.fit(each)
	if errors.Is(err, arima.ErrConstant) {
		p, err = w.jittered().fit(each)
	}
	if err != nil {
		return nil
	}
	b := p.binary(w.kind)
	if _, err := readParameters(b, w.kind, w.perDay); err != nil {
		return nil // seasons beyond single precision: Adopt would refuse them
	}
	return b
}

func (w *window) jittered() *window {
	v := *w
	v.values = slices.Clone(w.values)
	top := 0.0
	for _, x := range v.values {
		if x > top {
			top = x
		}
	}
	if top == 0 {
		top = 1
	}
	r := rand.New(rand.NewPCG(1, 1))
	for i := range v.values {
		v.values[i] += jitter * top * r.NormFloat64()
	}
	return &v
}

// data gives what is left of the values without the seasons of MSTL, which it
// notes, and the harmonics as regressors.
func (w *window) data(p *parameters) arima.Data {
	d := arima.Data{Y: w.values}
	for i, period := range []int{w.perDay, 7 * w.perDay} {
		d.X = append(d.X, waves(p.harmonics[i], period, w.first, len(w.values))...)
	}
	if w.kind == decomposed {
		c := stl.Decompose(w.values, w.periods())
		d.Y = c.Adjusted()
		w.seasons(p, c)
	}
	return d
}

// fit selects an ARIMA model for what is left.
func (w *window) fit(each model.Each) (*parameters, error) {
	p := &parameters{zero: w.first, harmonics: w.harmonics()}
	s, err := newSample(w.data(p))
	if err != nil {
		return nil, err
	}
	data, tried := s.search(stationarity.Differences(s.rest, 2), w.most)
	selection, err := arima.Select(data, tried, each)
	if err != nil {
		return nil, fmt.Errorf("estimate: %w", err)
	}
	constant := selection.Constant
	best, err := s.fit(selection.Model.Order, selection.Model.Params, constant)
	if err != nil {
		return nil, fmt.Errorf("estimate: %w", err)
	}
	if best, err = calmed(best, with(s.data, constant, best.Order)); err != nil {
		return nil, fmt.Errorf("estimate: %w", err)
	}
	if w.before != nil {
		best, constant = w.again(s, best, constant)
	}
	p.order, p.params, p.constant, p.logLik, p.n = best.Order, best.Params, constant, best.LogLik, best.N
	p.spread(w.perDay)
	return p, nil
}

// with gives the data with the regressor of the constant where there is one.
func with(d arima.Data, constant bool, o arima.Order) arima.Data {
	if constant {
		d.X = append(slices.Clip(d.X), arima.ConstantOf(len(d.Y), o.Diff))
	}
	return d
}

// again fits the order in force, from its parameters on, and takes it where its
// AICc is no larger; with the parameters as they are where calming the fit costs
// more than it gained.
func (w *window) again(s sample, best *arima.Model, constant bool) (*arima.Model, bool) {
	b := w.before
	if b.order.Diff != best.Order.Diff {
		return best, constant
	}
	d := with(s.data, b.constant, b.order)
	kept, err := s.fit(b.order, b.params, b.constant)
	if err == nil {
		kept, err = calmed(kept, d)
	}
	if as, problem := arima.Evaluate(b.order, d, b.params); problem == nil && (err != nil || as.AICc() < kept.AICc()) {
		kept, err = as, nil
	}
	if err != nil || kept.AICc() > best.AICc() {
		return best, constant
	}
	return kept, b.constant
}

// harmonics gives how many of the day and of the week the window is long enough
// for, where the kind has them.
func (w *window) harmonics() (out [2]int) {
	if w.kind != harmonic {
		return out
	}
	if w.perDay >= leastSeason {
		out[0] = min(dayHarmonics, w.perDay/2)
	}
	if len(w.values) >= weekDays*w.perDay {
		out[1] = min(weekHarmonics, (7*w.perDay-1)/2)
	}
	return out
}

// periods gives the seasons in bins.
func (w *window) periods() []int {
	var out []int
	if w.perDay >= leastSeason {
		out = append(out, w.perDay)
	}
	if len(w.values) > weekDays*w.perDay {
		out = append(out, 7*w.perDay)
	}
	return out
}

// seasons keeps the last cycle of each component, by the bin's number.
func (w *window) seasons(p *parameters, c stl.Decomposition) {
	n := len(w.values)
	for i, period := range c.Periods {
		at := 0
		if period != w.perDay {
			at = 1
		}
		season := make([]float64, period)
		for t := n - period; t < n; t++ {
			// As the bytes will say it: they hold single precision.
			season[(w.first+int64(t))%int64(period)] = float64(float32(c.Seasonal[i][t]))
		}
		p.seasons[at] = season
	}
}
