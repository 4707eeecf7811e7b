package arima

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// StandardErrors gives the standard errors of a model's parameters on the data
// that it was fitted to, in the places of the parameters: from the observed
// information, the inverse of the likelihood's second derivatives, that of the
// variance as for independent values, σ²√(2/n). A regressor that says nothing
// has 0. It is an error where the likelihood has no peak at the parameters: at
// an edge, as where a moving average's root is one.
func StandardErrors(m *Model, d Data) (Params, error) {
	f, u, err := m.fitter(d)
	if err != nil {
		return Params{}, fmt.Errorf("standard errors: %w", err)
	}
	c, err := newCurvature(f, u)
	if err != nil {
		return Params{}, fmt.Errorf("standard errors %v: %w", m.Order, err)
	}
	out := Params{Sigma2: m.Params.Sigma2 * math.Sqrt(2/float64(f.n)), Beta: c.beta()}
	out.AR, out.MA, out.SAR, out.SMA = split(m.Order, c.coef())
	return out, nil
}

// fitter gives one that stands where the model does.
func (m *Model) fitter(d Data) (*fitter, []float64, error) {
	if err := m.Order.check(); err != nil {
		return nil, nil, err
	}
	if err := d.check(); err != nil {
		return nil, nil, fmt.Errorf("%v: %w", m.Order, err)
	}
	if err := m.Params.check(m.Order, len(d.X)); err != nil {
		return nil, nil, fmt.Errorf("%v: %w", m.Order, err)
	}
	u, inside := free(m.Order, m.Params.coef(), 1)
	if !inside {
		return nil, nil, fmt.Errorf("%v: the coefficients are not stationary and invertible", m.Order)
	}
	f, err := fitterOf(m.Order, d)
	if err != nil {
		return nil, nil, fmt.Errorf("%v: %w", m.Order, err)
	}
	return f, u, nil
}

// curvature is the likelihood about a point.
type curvature struct {
	*fitter
	u []float64
	// cov is the covariance of the free parameters, drift the derivatives of the
	// regression's coefficients to them, a row a coefficient of the basis.
	cov, drift *mat.Dense
}

// curveStep is the step of a difference in a free parameter, which in a partial
// autocorrelation is at most that.
const curveStep = 1e-4

// newCurvature takes differences of the gradient, which is exact.
func newCurvature(f *fitter, u []float64) (*curvature, error) {
	c := &curvature{fitter: f, u: u}
	k := len(u)
	if k > 0 {
		rows := mat.NewDense(k, k, nil)
		c.drift = mat.NewDense(max(1, len(f.beta)), k, nil)
		for i := range u {
			c.differ(rows, i)
		}
		both := mat.NewSymDense(k, nil)
		for i := range k {
			for j := i; j < k; j++ {
				both.SetSym(i, j, (rows.At(i, j)+rows.At(j, i))/2*float64(f.n))
			}
		}
		var chol mat.Cholesky
		var cov mat.SymDense
		if !chol.Factorize(both) || chol.InverseTo(&cov) != nil {
			return nil, errors.New("the likelihood has no peak there")
		}
		c.cov = mat.DenseCopyOf(&cov)
	}
	f.at = nil
	f.evaluate(u)
	return c, nil
}

// differ fills a row of the second derivatives and a column of the drift.
func (c *curvature) differ(rows *mat.Dense, i int) {
	at := c.u[i]
	h := curveStep * (1 + at*at)
	for _, side := range []float64{1, -1} {
		c.u[i] = at + side*h
		c.at = nil
		c.evaluate(c.u)
		for j, g := range c.grad {
			rows.Set(i, j, rows.At(i, j)+side*g/(2*h))
		}
		for j, b := range c.fitter.beta {
			c.drift.Set(j, i, c.drift.At(j, i)+side*b/(2*h))
		}
	}
	c.u[i] = at
}

// coef gives the standard errors of the polynomials' coefficients, by the
// derivatives of those to the free parameters.
func (c *curvature) coef() []float64 {
	k := len(c.u)
	if k == 0 {
		return nil
	}
	jacobian := mat.NewDense(k, k, nil)
	z := make([]complex128, k)
	for i, x := range c.u {
		z[i] = complex(x, 0)
	}
	for i := range z {
		z[i] += complex(0, complexStep)
		for j, y := range coefficients(c.order, z) {
			jacobian.Set(j, i, imag(y)/complexStep)
		}
		z[i] = complex(c.u[i], 0)
	}
	return deviations(spreadBy(jacobian, c.cov))
}

// beta gives the standard errors of the regression's coefficients: those of
// generalised least squares, and what the other parameters' own errors add.
func (c *curvature) beta() []float64 {
	k := len(c.fitter.beta)
	out := make([]float64, c.design.width)
	if k == 0 {
		return out
	}
	var inverse mat.SymDense
	if c.normal.chol.InverseTo(&inverse) != nil {
		return out
	}
	cov := mat.NewDense(k, k, nil)
	cov.Scale(c.sum/float64(c.n), &inverse)
	if c.cov != nil {
		cov.Add(cov, spreadBy(c.drift, c.cov))
	}
	back := mat.NewDense(len(out), k, nil)
	for j, column := range c.design.back {
		back.SetCol(j, column)
	}
	for i, e := range deviations(spreadBy(back, cov)) {
		out[i] = e * c.scale
	}
	return out
}

// spreadBy gives the covariance of A x from that of x.
func spreadBy(a, cov *mat.Dense) *mat.Dense {
	var half, whole mat.Dense
	half.Mul(a, cov)
	whole.Mul(&half, a.T())
	return &whole
}

// deviations gives the roots of a covariance's diagonal.
func deviations(cov *mat.Dense) []float64 {
	n, _ := cov.Dims()
	out := make([]float64, n)
	for i := range out {
		out[i] = math.Sqrt(max(0, cov.At(i, i)))
	}
	return out
}
