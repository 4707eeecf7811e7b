package arima

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Fit gives the model of an order that has the largest exact likelihood.
func Fit(o Order, d Data) (*Model, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("fit %v: %w", o, err)
	}
	f, err := fitterOf(o, d)
	if err != nil {
		return nil, fmt.Errorf("fit %v: %w", o, err)
	}
	return f.fit().finite()
}

// Starts of a fit: short descents from all of them tell which are worth going on.
const (
	// longDegree is that of the autoregression whose residuals start a fit.
	longDegree = 20
	// shortDescent and longDescent bound the iterations from a start.
	shortDescent, longDescent = 10, 200
	// mostDraws bounds the starts that are drawn, drawBudget how many values
	// they may pass over in one evaluation each.
	mostDraws, drawBudget = 12, 7500
	// drawSpread is the standard deviation of a drawn free parameter.
	drawSpread = 1.5
	// apart is how far below another optimum, per value, one must begin not to
	// be worth a descent of its own.
	apart = 1e-3
	// alike is how close to the best optimum one counts as that.
	alike = 1e-7
	// mostDescents bounds the descents after the first.
	mostDescents = 12
)

// fit maximises from several starts and keeps the best that is confirmed; where
// none is, the best.
func (f *fitter) fit() *Model {
	if f.order.params() == 0 {
		return f.model(nil)
	}
	starts := f.starts()
	for i := range starts {
		starts[i] = f.quick(starts[i].at, shortDescent)
	}
	slices.SortStableFunc(starts, func(a, b optimum) int { return cmp.Compare(a.value, b.value) })
	best := f.descend(starts[0].at, longDescent)
	ends := []optimum{best}
	more := min(mostDescents, drawBudget/f.n)
	for _, s := range starts[1:] {
		if more == 0 || s.value > starts[0].value+apart {
			break
		}
		if math.Abs(s.value-best.value) < alike {
			continue
		}
		more--
		o := f.descend(s.at, longDescent)
		if ends = append(ends, o); o.value < best.value {
			best = o
		}
	}
	slices.SortStableFunc(ends, func(a, b optimum) int { return cmp.Compare(a.value, b.value) })
	for _, o := range ends {
		if m := f.model(o.at); !math.IsNaN(m.LogLik) {
			return m
		}
	}
	return f.model(best.at)
}

// quick descends with the regression held, which is that of the point where it
// begins, and comes out with that of the point where it ends.
func (f *fitter) quick(u []float64, most int) optimum {
	if len(f.beta) == 0 || f.gapped != nil {
		return f.descend(u, most)
	}
	f.at = nil
	f.evaluate(u)
	f.frozen = true
	o := f.descend(u, most)
	f.frozen, f.at = false, nil
	f.evaluate(o.at)
	return optimum{o.at, f.value}
}

// starts gives the points to descend from: the conditional least squares
// estimate, that of Hannan and Rissanen, and draws from a fixed seed.
func (f *fitter) starts() []optimum {
	zero := make([]float64, f.order.params())
	if f.gapped != nil {
		return []optimum{{at: zero}, {at: f.bridged(zero)}}
	}
	f.conditional = true
	css := f.descend(zero, shortDescent)
	f.conditional = false
	starts := []optimum{css}
	if hr := f.hannanRissanen(longDegree); hr != nil {
		starts = append(starts, optimum{at: hr})
	}
	random := rand.New(rand.NewPCG(1, uint64(len(zero))))
	for range min(mostDraws, drawBudget/f.n) {
		u := make([]float64, len(zero))
		for i := range u {
			u[i] = drawSpread * random.NormFloat64()
		}
		starts = append(starts, optimum{at: u})
	}
	return starts
}

// model gives the model at a point.
func (f *fitter) model(u []float64) *Model {
	u = f.order.resolved(u)
	f.at = nil
	f.evaluate(u)
	n := float64(f.n)
	ar, ma, sar, sma := split(f.order, coefficients(f.order, u))
	m := &Model{Order: f.order, N: f.n, Evaluations: f.evaluations, free: u}
	m.Params = Params{AR: ar, MA: ma, SAR: sar, SMA: sma, Sigma2: f.sum / n * f.scale * f.scale}
	m.Params.Beta = f.design.regressors(f.beta)
	rescale(m.Params.Beta, 1/f.scale)
	m.LogLik = -0.5*(n*math.Log(2*math.Pi*f.sum/n)+n+f.sumLog) - n*math.Log(f.scale)
	if !f.confirmed(m) {
		m.LogLik = math.NaN()
	}
	return m
}

// confirmed says whether the filter that follows the series finds innovations as
// large as they were taken to be. Where roots lie at the unit circle rounding may
// spoil either, and a fit seeks out where it flatters.
func (f *fitter) confirmed(m *Model) bool {
	if f.conditional {
		return true
	}
	p := m.Params
	p.Beta = nil
	filter, err := NewFilter(m.Order, p, 0)
	if err != nil {
		return false
	}
	sum := 0.0
	for _, y := range f.data.Less(m.Params.Beta) {
		z, _ := filter.Observe(y)
		sum += z * z
	}
	return m.Params.Sigma2 == 0 || math.Abs(sum/float64(f.n)-1) < confirming
}

// confirming is how far the two ways may be apart.
const confirming = 1e-3
