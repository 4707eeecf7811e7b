package arima

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// denseLogLik is the likelihood by its definition: the density of a normal
// vector with the covariances of the process, with as flat a law of the first
// values as the Lebesgue measure is (the marginal likelihood, equally that of
// all contrasts that do not depend on them). The variance is concentrated out.
//
// The values are y = A first + B w, w the stationary differences: with C
// orthonormal and C A = 0, the density of C y divided by √|A'A|. It is false
// where the values that are there do not tell the first ones.
func denseLogLik(o Order, coef, y []float64) (logLik float64, ok bool) {
	from, steps := paths(o, len(y))
	gamma := toeplitz(slowAutocovariances(o, coef, len(y)-o.lost()))
	var there []int
	for t, v := range y {
		if !math.IsNaN(v) {
			there = append(there, t)
		}
	}
	n, k := len(there), o.lost()
	if n <= k {
		return 0, false
	}
	values, a, b := mat.NewVecDense(n, nil), mat.NewDense(n, max(k, 1), nil), mat.NewDense(n, len(y)-k, nil)
	for i, t := range there {
		values.SetVec(i, y[t])
		for j := range k {
			a.Set(i, j, from[t][j])
		}
		b.SetRow(i, steps[t])
	}
	c, volume := mat.DenseCopyOf(identity(n)), 0.0
	if k > 0 {
		var qr mat.QR
		var q, r mat.Dense
		qr.Factorize(a)
		qr.QTo(&q)
		qr.RTo(&r)
		for j := range k {
			if math.Abs(r.At(j, j)) < 1e-9 {
				return 0, false
			}
			volume += 2 * math.Log(math.Abs(r.At(j, j)))
		}
		c = mat.DenseCopyOf(q.Slice(0, n, k, n).T())
	}
	var contrasts, whiten mat.VecDense
	contrasts.MulVec(c, values)
	var cb, half, cov mat.Dense
	cb.Mul(c, b)
	half.Mul(&cb, gamma)
	cov.Mul(&half, cb.T())
	size := n - k
	symmetric := mat.NewSymDense(size, nil)
	for i := range size {
		for j := i; j < size; j++ {
			symmetric.SetSym(i, j, (cov.At(i, j)+cov.At(j, i))/2)
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(symmetric) || chol.SolveVecTo(&whiten, &contrasts) != nil {
		return 0, false
	}
	m := float64(size)
	return -0.5 * (m*math.Log(2*math.Pi*mat.Dot(&whiten, &contrasts)/m) + m + chol.LogDet() + volume), true
}

// paths gives, of every value, its weights on the first values and on the
// differences.
func paths(o Order, n int) (from, steps [][]float64) {
	k := o.lost()
	poly := slowProduct(slowPower(1, o.Diff), slowPower(o.Period, o.SDiff))
	for t := range n {
		first, step := make([]float64, k), make([]float64, n-k)
		if t < k {
			first[t] = 1
		} else {
			step[t-k] = 1
			for l := 1; l < len(poly); l++ {
				for j := range first {
					first[j] -= poly[l] * from[t-l][j]
				}
				for j := range step {
					step[j] -= poly[l] * steps[t-l][j]
				}
			}
		}
		from, steps = append(from, first), append(steps, step)
	}
	return from, steps
}

// slowPower gives (1 - B^lag)^n.
func slowPower(lag, n int) []float64 {
	out := []float64{1}
	factor := make([]float64, lag+1)
	factor[0] = 1
	factor[lag]--
	for range n {
		out = slowProduct(out, factor)
	}
	return out
}

func slowProduct(a, b []float64) []float64 {
	out := make([]float64, len(a)+len(b)-1)
	for i, x := range a {
		for j, y := range b {
			out[i+j] += x * y
		}
	}
	return out
}

// slowAutocovariances gives them from a long impulse response.
func slowAutocovariances(o Order, coef []float64, n int) []float64 {
	ar, ma, sar, sma := split(o, coef)
	spread := func(c []float64, lag int, sign float64) []float64 {
		out := make([]float64, len(c)*lag+1)
		out[0] = 1
		for i, x := range c {
			out[(i+1)*lag] = sign * x
		}
		return out
	}
	phi := slowProduct(spread(ar, 1, -1), spread(sar, o.Period, -1))
	theta := slowProduct(spread(ma, 1, 1), spread(sma, o.Period, 1))
	const long = 6000
	psi := make([]float64, long)
	for t := range psi {
		if t < len(theta) {
			psi[t] = theta[t]
		}
		for l := 1; l < len(phi) && l <= t; l++ {
			psi[t] -= phi[l] * psi[t-l]
		}
	}
	gamma := make([]float64, n)
	for k := range gamma {
		for t := 0; t+k < long; t++ {
			gamma[k] += psi[t] * psi[t+k]
		}
	}
	return gamma
}

func toeplitz(gamma []float64) *mat.SymDense {
	s := mat.NewSymDense(len(gamma), nil)
	for i := range gamma {
		for j := i; j < len(gamma); j++ {
			s.SetSym(i, j, gamma[j-i])
		}
	}
	return s
}

func identity(n int) mat.Matrix {
	d := mat.NewDiagDense(n, nil)
	for i := range n {
		d.SetDiag(i, 1)
	}
	return d
}

// drawOrder draws a small order with at least one coefficient.
func drawOrder(t *rapid.T, mostDiff int) Order {
	some := func(name string, most int) int { return rapid.IntRange(0, most).Draw(t, name) }
	o := Order{AR: some("p", 2), MA: some("q", 2), Diff: some("d", mostDiff)}
	if rapid.Bool().Draw(t, "seasonal") {
		o.Period = rapid.IntRange(2, 4).Draw(t, "m")
		o.SAR, o.SMA, o.SDiff = some("P", 1), some("Q", 1), some("D", min(1, mostDiff))
	}
	if o.params() == 0 {
		o.AR = 1
	}
	return o
}

func drawFree(t *rapid.T, o Order) []float64 {
	return rapid.SliceOfN(rapid.Float64Range(-1.5, 1.5), o.params(), o.params()).Draw(t, "free")
}

// drawSeries draws values of about 1 about a level, some of them missing.
func drawSeries(t *rapid.T, n int, gaps bool) []float64 {
	y := rapid.SliceOfN(rapid.Float64Range(-3, 3), n, n).Draw(t, "y")
	level := rapid.SampledFrom([]float64{0, 0, 5, 100}).Draw(t, "level")
	for i := range y {
		y[i] += level
		if gaps && rapid.IntRange(0, 3).Draw(t, "missing") == 0 {
			y[i] = math.NaN()
		}
	}
	return y
}

// TestDenseReference holds the likelihood against its definition, with and
// without differences and gaps.
func TestDenseReference(t *testing.T) {
	for name, gaps := range map[string]bool{"complete": false, "gaps": true} {
		t.Run(name, func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { checkDense(t, gaps) }) })
	}
}

func checkDense(t *rapid.T, gaps bool) {
	o := drawOrder(t, 2)
	coef := coefficients(o, drawFree(t, o))
	y := drawSeries(t, o.lost()+rapid.IntRange(o.params()+2, 12).Draw(t, "n"), gaps)
	ar, ma, sar, sma := split(o, coef)
	m, err := Evaluate(o, Data{Y: y}, Params{AR: ar, MA: ma, SAR: sar, SMA: sma})
	if err != nil {
		t.Skip(err)
	}
	want, ok := denseLogLik(o, coef, y)
	if !ok {
		t.Skip("the first values are not told")
	}
	if !(math.Abs(m.LogLik-want) < 1e-6*(1+math.Abs(want))) {
		t.Fatalf("%v %v of %v: want a log-likelihood of %v, got %v", o, coef, y, want, m.LogLik)
	}
}

// TestLongReference holds the likelihood of the golden series without gaps
// against the recursion of Durbin and Levinson over all of their past, which is
// exact and slow (Brockwell and Davis 1991, section 5.2).
func TestLongReference(t *testing.T) {
	for _, g := range goldens(t) {
		d, names := g.data()
		if !d.complete() {
			continue
		}
		p := g.params(g.Fixed.Coef, names)
		o := g.order()
		m, err := Evaluate(o, d, p)
		if err != nil {
			t.Errorf("%s: %v", g.Name, err)
			continue
		}
		want := slowLogLik(slowAutocovariances(o, p.coef(), len(d.Y)), o.Differenced(d.Less(p.Beta)))
		t.Logf("%-27s %-18v log-likelihood %14.6f  off by %8.1e, the reference by %8.1e", g.Name, o, want, m.LogLik-want, g.Fixed.LogLik-want)
		if !(math.Abs(m.LogLik-want) < 1e-7) {
			t.Errorf("%s: want a log-likelihood of %v, got %v", g.Name, want, m.LogLik)
		}
	}
}

func slowLogLik(gamma, w []float64) float64 {
	phi, variance := make([]float64, len(w)), gamma[0]
	sum, sumLog := 0.0, 0.0
	for t, x := range w {
		e := x
		if t > 0 {
			r := gamma[t]
			for j := range t - 1 {
				r -= phi[j] * gamma[t-1-j]
			}
			r /= variance
			for i, j := 0, t-2; i <= j; i, j = i+1, j-1 {
				phi[i], phi[j] = phi[i]-r*phi[j], phi[j]-r*phi[i]
			}
			phi[t-1] = r
			variance *= 1 - r*r
		}
		for j := range t {
			e -= phi[j] * w[t-1-j]
		}
		sum, sumLog = sum+e*e/variance, sumLog+math.Log(variance)
	}
	n := float64(len(w))
	return -0.5 * (n*math.Log(2*math.Pi*sum/n) + n + sumLog)
}
