package arima

// delta is a lag of the differencing polynomial.
type delta struct {
	lag   int
	value float64
}

// differences gives δ of y_t = w_t + Σ δ_j y_{t-j}.
func (o Order) differences() []delta {
	poly := []float64{1} // of (1-B)^d (1-B^m)^D
	times := func(lag int) {
		out := make([]float64, len(poly)+lag)
		for i, c := range poly {
			out[i] += c
			out[i+lag] -= c
		}
		poly = out
	}
	for range o.Diff {
		times(1)
	}
	for range o.SDiff {
		times(o.Period)
	}
	var out []delta
	for lag, c := range poly {
		if lag > 0 && c != 0 {
			out = append(out, delta{lag, -c})
		}
	}
	return out
}

// Differenced gives (1-B)^d (1-B^m)^D of a series, which is shorter by what
// differencing takes. What a missing value enters is missing.
func (o Order) Differenced(y []float64) []float64 {
	out := append([]float64(nil), y...)
	for range o.SDiff {
		out = lagged(out, o.Period)
	}
	for range o.Diff {
		out = lagged(out, 1)
	}
	return out
}

func lagged(y []float64, lag int) []float64 {
	if len(y) <= lag {
		return nil
	}
	for t := len(y) - 1; t >= lag; t-- {
		y[t] -= y[t-lag]
	}
	return y[lag:]
}
