package evaluation

import (
	"cmp"
	"math"
	"slices"
)

// Contrast compares one method with others, series by series: with the one of
// them that hindsight would have chosen there, by PinAll.
type Contrast struct {
	Method string
	// Others are those that it is compared with.
	Others []string
	// Series has those that all of them were scored on, the worst for the method
	// first.
	Series []Versus
	// Better counts the series on which the method is strictly below all others.
	Better int
	// Ratio is the geometric mean over the series of the method's PinAll over the
	// best other's, NaN where there are none. Series on which the best other has
	// no loss at all are not in it.
	Ratio float64
}

// Versus is how a method did against the best of others on one series.
type Versus struct {
	ID string
	// Best names the best of the others.
	Best string
	// Ratio is the method's PinAll over the best other's; 1 where both are 0.
	Ratio float64
}

// NewContrast compares a method with others on the series that it and all of
// them have an entry of.
func NewContrast(entries []Entry, method string, others []string) Contrast {
	c := Contrast{Method: method, Others: others, Ratio: math.NaN()}
	if len(others) == 0 {
		return c
	}
	sum, finite := 0.0, 0
	for _, e := range entries {
		if e.Method != method {
			continue
		}
		best, ok := bestOf(entries, e.ID, others)
		if !ok {
			continue
		}
		v := Versus{ID: e.ID, Best: best.Method, Ratio: ratio(e.Scores.PinAll, best.Scores.PinAll)}
		c.Series = append(c.Series, v)
		if v.Ratio < 1 {
			c.Better++
		}
		if v.Ratio > 0 && !math.IsInf(v.Ratio, 1) {
			sum += math.Log(v.Ratio)
			finite++
		}
	}
	if finite > 0 {
		c.Ratio = math.Exp(sum / float64(finite))
	}
	slices.SortStableFunc(c.Series, func(x, y Versus) int { return cmp.Compare(y.Ratio, x.Ratio) })
	return c
}

// Above counts the series on which the method has more than so many times the
// loss of the best other.
func (c Contrast) Above(times float64) int {
	n := 0
	for _, v := range c.Series {
		if v.Ratio > times {
			n++
		}
	}
	return n
}

// bestOf gives the best entry of a series among methods; false where one of
// them has none.
func bestOf(entries []Entry, id string, methods []string) (Entry, bool) {
	var best Entry
	for i, method := range methods {
		at := slices.IndexFunc(entries, func(e Entry) bool { return e.ID == id && e.Method == method })
		if at < 0 {
			return best, false
		}
		if i == 0 || entries[at].Scores.PinAll < best.Scores.PinAll {
			best = entries[at]
		}
	}
	return best, true
}

func ratio(own, other float64) float64 {
	if own == other {
		return 1
	}
	return own / other
}
