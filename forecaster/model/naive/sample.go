package naive

import (
	"math"
	"slices"
	"sort"
)

// sample is a sorted set of errors.
type sample struct{ sorted []float64 }

// replace takes out one error and puts in another; NaN is none. The one to take
// out must be there.
func (s *sample) replace(old, fresh float64) {
	switch {
	case math.IsNaN(old) && math.IsNaN(fresh):
		return
	case math.IsNaN(old):
		s.sorted = slices.Insert(s.sorted, sort.SearchFloat64s(s.sorted, fresh), fresh)
		return
	}
	i := sort.SearchFloat64s(s.sorted, old)
	if i == len(s.sorted) || s.sorted[i] != old {
		panic("naive: an error to forget was never taken")
	}
	if math.IsNaN(fresh) {
		s.sorted = slices.Delete(s.sorted, i, i+1)
		return
	}
	j := sort.SearchFloat64s(s.sorted, fresh)
	if i < j {
		j--
		copy(s.sorted[i:j], s.sorted[i+1:])
	} else {
		copy(s.sorted[j+1:i+1], s.sorted[j:])
	}
	s.sorted[j] = fresh
}

func (s *sample) add(x float64) {
	if !math.IsNaN(x) {
		s.sorted = append(s.sorted, x)
	}
}

func (s *sample) sort() { slices.Sort(s.sorted) }

// quantile gives the p quantile of the next error. The k-th smallest of n is
// the k / (n + 1) quantile of the next, whatever the law, as long as errors are
// exchangeable (split conformal prediction: Vovk, Gammerman and Shafer 2005);
// between two of them it goes straight, and beyond the outermost follows an
// exponential tail through it and the median.
func (s *sample) quantile(p float64) float64 {
	n := float64(len(s.sorted))
	rank := p * (n + 1)
	switch {
	case n == 0:
		return 0
	case rank < 1:
		return s.sorted[0] - s.tail(s.sorted[0])*math.Log(1/rank)
	case rank > n:
		highest := s.sorted[len(s.sorted)-1]
		return highest + s.tail(highest)*math.Log(1/(n+1-rank))
	}
	k := int(rank)
	if k == len(s.sorted) {
		return s.sorted[k-1]
	}
	return s.sorted[k-1] + (rank-float64(k))*(s.sorted[k]-s.sorted[k-1])
}

// tail gives the scale of the exponential law that has the outermost error at
// its rank and the median at the middle.
func (s *sample) tail(outermost float64) float64 {
	n := len(s.sorted)
	if n == 1 {
		return 0
	}
	median := (s.sorted[(n-1)/2] + s.sorted[n/2]) / 2
	return math.Abs(outermost-median) / math.Log(float64(n+1)/2)
}

// ignorance is the scale, as a share of the load, of an error of which nothing
// is known: its 0.99 quantile then lies two loads above the point.
const ignorance = 0.5

// doubt is what the p quantile is moved outwards by, for the load, where so
// many independent errors are known: the quantile of a Laplace law whose scale
// is a share of the load that falls as 1 / (n + 1).
func doubt(p, load, independent float64) float64 {
	scale := ignorance * load / (independent + 1)
	if p < 0.5 {
		return scale * math.Log(2*p)
	}
	return -scale * math.Log(2*(1-p))
}
