package arima

import (
	"bytes"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// filterOrders are those that the filter's tests pass through.
var filterOrders = []Order{
	{}, {AR: 2, MA: 1}, {Diff: 1, MA: 1}, {AR: 1, Diff: 2, MA: 2}, {AR: 1, SAR: 1, Diff: 1, SDiff: 1, MA: 1, SMA: 1, Period: 4},
}

// mild gives moderate parameters of an order.
func mild(o Order) Params {
	u := make([]float64, o.params())
	for i := range u {
		u[i] = 0.4 - 0.3*float64(i%3)
	}
	p := Params{Sigma2: 2}
	p.AR, p.MA, p.SAR, p.SMA = split(o, coefficients(o, u))
	return p
}

func filterOf(t testing.TB, o Order, horizon int) *Filter {
	t.Helper()
	f, err := NewFilter(o, mild(o), horizon)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// pitted is a series with gaps at its begin, in the middle and near its end.
func pitted() []float64 {
	y := lcg(160, 5)
	for _, t := range []int{0, 3, 4, 40, 41, 42, 43, 44, 70, 150} {
		y[t] = math.NaN()
	}
	return y
}

// outlook gives the forecast as bytes, empty where there is none.
func outlook(f *Filter) []byte {
	mean, se := make([]float64, 6), make([]float64, 6)
	if !f.Forecast(mean, se) {
		return nil
	}
	return appendFloats(appendFloats(nil, mean), se)
}

// TestSnapshots stops at every step, while values before the first are unknown
// and after gaps, and goes on from bytes, and from a copy: bit by bit as a filter
// that saw all.
func TestSnapshots(t *testing.T) {
	y := pitted()
	for _, o := range filterOrders {
		whole, settled := filterOf(t, o, 6), 0
		for at := range y {
			if whole.k.steady {
				settled++
			}
			written := whole.AppendBinary(nil)
			read, copied := filterOf(t, o, 6), filterOf(t, o, 6)
			if err := read.UnmarshalBinary(written); err != nil {
				t.Fatalf("%v at %d: %v", o, at, err)
			}
			whole.Copy(copied)
			again := filterOf(t, o, 6)
			for _, v := range y[:at] {
				again.Observe(v)
			}
			for name, other := range map[string]*Filter{"read": read, "copied": copied, "run again": again} {
				if !bytes.Equal(other.AppendBinary(nil), written) || !bytes.Equal(outlook(other), outlook(whole)) {
					t.Fatalf("%v at %d: one %s stands elsewhere", o, at, name)
				}
			}
			next, _ := whole.Observe(y[at])
			for _, other := range []*Filter{read, copied} {
				if e, _ := other.Observe(y[at]); e != next || !bytes.Equal(other.AppendBinary(nil), whole.AppendBinary(nil)) {
					t.Fatalf("%v at %d: want to go on alike", o, at)
				}
			}
		}
		if settled == 0 || settled == len(y) {
			t.Errorf("%v: want it steady at times, got it at %d", o, settled)
		}
	}
}

// TestCopyBack makes a filter that is ahead stand where one behind does.
func TestCopyBack(t *testing.T) {
	for _, o := range filterOrders {
		ahead, behind := filterOf(t, o, 6), filterOf(t, o, 6)
		for _, v := range lcg(60, 1) {
			ahead.Observe(v)
		}
		behind.Observe(4)
		behind.Copy(ahead)
		if !bytes.Equal(ahead.AppendBinary(nil), behind.AppendBinary(nil)) {
			t.Errorf("%v: want it to stand where the other does", o)
		}
	}
}

// TestInnovations sums the densities of the innovations up to the likelihood.
func TestInnovations(t *testing.T) {
	y := lcg(80, 3)
	for _, o := range filterOrders {
		m, err := Evaluate(o, Data{Y: y}, mild(o))
		if err != nil {
			t.Fatal(err)
		}
		f, err := NewFilter(o, m.Params, 0)
		if err != nil {
			t.Fatal(err)
		}
		sum, n := 0.0, 0
		for _, v := range y {
			if e, judged := f.Observe(v); judged {
				sum -= (math.Log(2*math.Pi*m.Params.Sigma2*f.k.variance) + e*e) / 2
				n++
			}
		}
		if math.Abs(sum-m.LogLik) > 1e-8 || n != m.N {
			t.Errorf("%v: want the log-likelihood %v of %d values, got %v of %d", o, m.LogLik, m.N, sum, n)
		}
	}
}

// TestForecastReference holds forecasts of stationary processes against the
// conditional law of a normal vector.
func TestForecastReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOrder(t, 0)
		coef := coefficients(o, drawFree(t, o))
		y := drawSeries(t, rapid.IntRange(1, 12).Draw(t, "n"), true)
		p := Params{Sigma2: 2.5}
		p.AR, p.MA, p.SAR, p.SMA = split(o, coef)
		f, err := NewFilter(o, p, 4)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range y {
			f.Observe(v)
		}
		mean, se := make([]float64, 4), make([]float64, 4)
		if !f.Forecast(mean, se) {
			t.Fatal("no forecast")
		}
		gamma := slowAutocovariances(o, coef, len(y)+4)
		for h := range mean {
			wantMean, wantSE := conditional(gamma, y, len(y)+h, p.Sigma2)
			if math.Abs(mean[h]-wantMean) > 1e-6*(1+math.Abs(wantMean)) || math.Abs(se[h]/wantSE-1) > 1e-6 {
				t.Fatalf("%v step %d: want %v ± %v, got %v ± %v", o, h+1, wantMean, wantSE, mean[h], se[h])
			}
		}
	})
}

// conditional gives the mean and the standard deviation of a value given those
// that are there.
func conditional(gamma, y []float64, at int, sigma2 float64) (mean, sd float64) {
	var there []int
	for t, v := range y {
		if !math.IsNaN(v) {
			there = append(there, t)
		}
	}
	if len(there) == 0 {
		return 0, math.Sqrt(gamma[0] * sigma2)
	}
	cov, with, values := mat.NewSymDense(len(there), nil), mat.NewVecDense(len(there), nil), mat.NewVecDense(len(there), nil)
	for i, s := range there {
		for j, t := range there[i:] {
			cov.SetSym(i, i+j, gamma[t-s])
		}
		with.SetVec(i, gamma[at-s])
		values.SetVec(i, y[s])
	}
	var weights mat.VecDense
	var chol mat.Cholesky
	if !chol.Factorize(cov) || chol.SolveVecTo(&weights, with) != nil {
		return math.NaN(), math.NaN()
	}
	return mat.Dot(&weights, values), math.Sqrt(sigma2 * (gamma[0] - mat.Dot(&weights, with)))
}

// TestSteady forecasts the same from the weights of a steady filter and from its
// covariance.
func TestSteady(t *testing.T) {
	for _, o := range filterOrders {
		f, short := filterOf(t, o, 8), filterOf(t, o, 2)
		for _, v := range lcg(200, 8) {
			f.Observe(v)
			short.Observe(v)
		}
		mean, se := make([]float64, 8), make([]float64, 8)
		slowMean, slowSE := make([]float64, 8), make([]float64, 8)
		if !f.k.steady || !f.Forecast(mean, se) || !short.Forecast(slowMean, slowSE) {
			t.Fatalf("%v: want forecasts of a steady filter", o)
		}
		for h := range se {
			if mean[h] != slowMean[h] || math.Abs(se[h]/slowSE[h]-1) > 1e-9 {
				t.Errorf("%v step %d: want %v ± %v, got %v ± %v", o, h+1, slowMean[h], slowSE[h], mean[h], se[h])
			}
		}
	}
}

// TestNotTold has no forecast before differencing has seen enough, and takes
// what is not finite for missing.
func TestNotTold(t *testing.T) {
	f := filterOf(t, Order{Diff: 1, MA: 1}, 2)
	mean, se := make([]float64, 2), make([]float64, 2)
	for _, y := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if e, judged := f.Observe(y); e != 0 || judged || f.Forecast(mean, se) {
			t.Errorf("after %v: want nothing known", y)
		}
	}
	if _, judged := f.Observe(5); judged || !f.Forecast(mean, se) || mean[0] != 5 {
		t.Errorf("want a forecast of 5 and no judgement of the first value, got %v", mean)
	}
	if _, judged := f.Observe(6); !judged {
		t.Error("want the second value judged")
	}
}

// TestNoAllocation holds that neither an observation, a gap nor a forecast
// allocates.
func TestNoAllocation(t *testing.T) {
	y := pitted()
	mean, se := make([]float64, 6), make([]float64, 6)
	for _, o := range filterOrders {
		f := filterOf(t, o, 6)
		i := 0
		if n := testing.AllocsPerRun(2*len(y), func() {
			f.Observe(y[i%len(y)])
			f.Forecast(mean, se)
			i++
		}); n != 0 {
			t.Errorf("%v: want no allocation, got %v", o, n)
		}
	}
}

// TestFilterRefuses wants parameters refused that are none.
func TestFilterRefuses(t *testing.T) {
	for _, c := range []struct {
		order  Order
		params Params
		want   string
	}{
		{Order{AR: 1}, Params{}, "filter (1,0,0): ar: want 1 coefficients, got 0"},
		{Order{AR: 1}, Params{AR: []float64{1}}, "filter (1,0,0): the coefficients are not stationary and invertible"},
		{Order{MA: 1}, Params{MA: []float64{math.NaN()}}, "filter (0,0,1): a coefficient is not finite"},
		{Order{}, Params{Sigma2: -1}, "filter (0,0,0): want a variance, got -1"},
		{Order{Diff: -1}, Params{}, "filter: order (0,-1,0): d is negative"},
	} {
		if _, err := NewFilter(c.order, c.params, 1); err == nil || err.Error() != c.want {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
}

// FuzzUnmarshalBinary reads anything: an error, or a filter that writes the same
// and goes on.
func FuzzUnmarshalBinary(f *testing.F) {
	o := Order{AR: 1, Diff: 1, MA: 1}
	young := filterOf(f, o, 3)
	f.Add(young.AppendBinary(nil))
	for _, y := range lcg(80, 1) {
		young.Observe(y)
	}
	f.Add(young.AppendBinary(nil))
	young.Observe(math.NaN())
	f.Add(young.AppendBinary(nil))
	f.Add([]byte{})
	f.Add([]byte{7, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		read := filterOf(t, o, 3)
		if read.UnmarshalBinary(b) != nil {
			return
		}
		if !bytes.Equal(read.AppendBinary(nil), b) {
			t.Fatal("want the same bytes written")
		}
		read.Observe(1)
		read.Observe(math.NaN())
		read.Forecast(make([]float64, 3), make([]float64, 3))
	})
}
