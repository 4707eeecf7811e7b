package arima

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Filter follows a series with the parameters of a model, an observation at a
// time, and forecasts from where it stands. The series is that less its
// regression: what regressors explain is the caller's to take off and to put
// back. An observation costs O(state), and without gaps a few nanoseconds a
// lag; nothing is allocated.
type Filter struct {
	k           *kalman[float64]
	state, next []float64
	sigma2      float64
	growth      []float64 // Σ ψ² up to each step: the variance of a steady filter
	scratch     *kalman[float64]
}

// The bits of a snapshot's first byte.
const (
	steadyFlag  = 1
	diffuseFlag = 2
)

// NewFilter begins before the first observation. Forecasts are prepared for
// horizons up to the given one, and cost more beyond.
func NewFilter(o Order, p Params, horizon int) (*Filter, error) {
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	if err := p.check(o, len(p.Beta)); err != nil {
		return nil, fmt.Errorf("filter %v: %w", o, err)
	}
	if _, inside := free(o, p.coef(), 1); !inside {
		return nil, fmt.Errorf("filter %v: the coefficients are not stationary and invertible", o)
	}
	if !(p.Sigma2 >= 0) || math.IsInf(p.Sigma2, 0) {
		return nil, fmt.Errorf("filter %v: want a variance, got %v", o, p.Sigma2)
	}
	k := newKalman(o, p.coef())
	f := &Filter{k: k, sigma2: p.Sigma2, state: make([]float64, k.n), next: make([]float64, k.n)}
	f.growth = make([]float64, horizon)
	sum := 0.0
	for h, psi := range Psi(o, p, horizon) {
		sum += psi * psi
		f.growth[h] = sum
	}
	other := *k
	f.scratch = &other
	f.scratch.cov, f.scratch.work = make([]float64, len(k.cov)), make([]float64, len(k.work))
	return f, nil
}

// Psi gives the first n weights of the series on its innovations, from 1 on,
// differencing included: the variance of an h-step forecast is σ² Σ_{j<h} ψ_j²
// (Box and Jenkins 1976, section 5.1).
func Psi(o Order, p Params, n int) []float64 {
	if n == 0 {
		return nil
	}
	psi, differences := impulses(expand(o, p.coef()), n), o.differences()
	for t := range psi {
		for _, d := range differences {
			if d.lag <= t {
				psi[t] += d.value * psi[t-d.lag]
			}
		}
	}
	return psi
}

// Observe takes the next observation; one that is not finite is missing. It
// gives the error of its prediction in standard deviations; 0 and false where the
// observation is missing or there was no prediction yet.
func (f *Filter) Observe(y float64) (innovation float64, judged bool) {
	f.k.gain(!math.IsNaN(y) && !math.IsInf(y, 0))
	v := f.k.move(f.state, f.next, y)
	f.state, f.next = f.next, f.state
	if f.k.kind != told {
		return 0, false
	}
	if f.sigma2 == 0 {
		return 0, true
	}
	return v / math.Sqrt(f.sigma2*f.k.variance), true
}

// Forecast writes the mean and the standard error of the next observations. It
// reports false where differencing has not seen enough for that.
func (f *Filter) Forecast(mean, se []float64) bool {
	if len(f.k.diffuse) > 0 {
		return false
	}
	f.means(mean)
	if f.k.steady && len(se) <= len(f.growth) {
		for h := range se {
			se[h] = math.Sqrt(f.sigma2 * f.growth[h])
		}
		return true
	}
	s := f.scratch
	s.steady, s.diffuse, s.kind = false, nil, missing
	copy(s.cov, f.k.cov)
	if f.k.steady {
		for i, a := range s.load {
			for j, b := range s.load {
				s.cov[i*s.n+j] = a * b
			}
		}
	}
	for h := range se {
		se[h] = math.Sqrt(max(0, f.sigma2*s.observed(s.column, s.cov)))
		s.gain(false)
	}
	return true
}

// means writes the means of the next observations.
func (f *Filter) means(dst []float64) {
	a, b := f.scratchStates()
	copy(a, f.state)
	for h := range dst {
		dst[h] = f.k.mean(a)
		f.k.advance(b, a)
		a, b = b, a
	}
}

func (f *Filter) scratchStates() (a, b []float64) { return f.k.work[:f.k.n], f.next }

// Copy makes dst stand where f stands. Both must be of the same model.
func (f *Filter) Copy(dst *Filter) {
	copy(dst.state, f.state)
	copy(dst.k.cov, f.k.cov)
	dst.k.steady = f.k.steady
	if f.k.diffuse == nil {
		dst.k.diffuse = nil
		return
	}
	dst.k.diffuse = append(dst.k.diffuse[:0], f.k.diffuse...)
}

// AppendBinary appends where the filter stands: the means, and where it is not
// steady the covariances.
func (f *Filter) AppendBinary(b []byte) []byte {
	flags := byte(0)
	if f.k.steady {
		flags |= steadyFlag
	}
	if f.k.diffuse != nil {
		flags |= diffuseFlag
	}
	b = appendFloats(append(b, flags), f.state)
	if !f.k.steady {
		b = appendFloats(b, f.k.cov)
	}
	return appendFloats(b, f.k.diffuse)
}

func appendFloats(b []byte, x []float64) []byte {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

// UnmarshalBinary brings a filter that was made with the same order and
// parameters to where another stood when AppendBinary wrote it, bit by bit.
func (f *Filter) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		return errors.New("read filter: no bytes")
	}
	steady, diffuse := b[0]&steadyFlag != 0, b[0]&diffuseFlag != 0
	if b[0]&^(steadyFlag|diffuseFlag) != 0 || steady && diffuse {
		return fmt.Errorf("read filter: unknown kind %d", b[0])
	}
	n, square := len(f.state), len(f.k.cov)
	want := n
	if !steady {
		want += square
	}
	if diffuse {
		want += square
	}
	if len(b) != 1+8*want {
		return fmt.Errorf("read filter: want %d bytes, got %d", 1+8*want, len(b))
	}
	x := make([]float64, want)
	for i := range x {
		x[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[1+8*i:]))
	}
	copy(f.state, x)
	x = x[n:]
	if !steady {
		copy(f.k.cov, x)
		x = x[square:]
	}
	f.k.steady, f.k.diffuse = steady, nil
	if diffuse {
		f.k.diffuse = slices.Clone(x)
	}
	return nil
}
