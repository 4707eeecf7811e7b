package stl

import (
	"math"
	"slices"
)

// loop carries out STL on series of one length. It holds the scratch, for
// periods up to a longest one, and what the last run found.
type loop struct {
	trend, season []float64
	weights       []float64 // of robustness
	rest          []float64 // the series without one of its components
	cycles        []float64 // smoothed cycle-subseries, with one more cycle at both ends
	once, twice   []float64 // moving averages of the cycles
	subseries     []float64
	subweights    []float64
	smoothed      []float64
}

func newLoop(n, longest int) *loop {
	column := func(size int) []float64 { return make([]float64, size) }
	return &loop{
		trend: column(n), season: column(n), weights: column(n), rest: column(n),
		cycles: column(n + 2*longest), once: column(n + longest + 1), twice: column(n + 2),
		subseries: column(n), subweights: column(n), smoothed: column(n),
	}
}

// run decomposes y, which has no gaps and more than two cycles.
func (l *loop) run(y []float64, period int, o Options) {
	clear(l.trend)
	for i := range l.weights {
		l.weights[i] = 1
	}
	var weights []float64
	for round := 0; ; round++ {
		for range o.Inner {
			l.pass(y, weights, period, o)
		}
		if round == o.Outer {
			break
		}
		l.weigh(y)
		weights = l.weights
	}
	if o.Periodic {
		l.level(period)
	}
}

// pass is one of the inner loop: the paper's steps 1 to 6 (section 2.2).
func (l *loop) pass(y, weights []float64, period int, o Options) {
	n := len(y)
	for i, v := range y {
		l.rest[i] = v - l.trend[i]
	}
	cycles, once := l.cycles[:n+2*period], l.once[:n+period+1]
	for first := range period {
		l.subcycle(cycles[first:], weights, phase{first, period}, o.Seasonal)
	}
	// What varies slowly in the cycles belongs to the trend.
	average(once, cycles, period)
	average(l.twice, once, period)
	average(once[:n], l.twice, 3)
	o.LowPass.smooth(l.season, once[:n], nil)
	for i, slow := range l.season {
		l.season[i] = cycles[period+i] - slow
		l.rest[i] = y[i] - l.season[i]
	}
	o.Trend.smooth(l.trend, l.rest, weights)
}

// phase is one place of the cycle.
type phase struct{ first, period int }

// subcycle smooths the values of one phase, and says by the same fit what they
// would have been a cycle earlier and a cycle later. It writes to the first of
// dst and every period-th after it.
func (l *loop) subcycle(dst, weights []float64, p phase, by Loess) {
	k := 0
	for i := p.first; i < len(l.rest); i += p.period {
		l.subseries[k] = l.rest[i]
		if weights != nil {
			l.subweights[k] = weights[i]
		}
		k++
	}
	y, w := l.subseries[:k], l.subweights[:k]
	if weights == nil {
		w = nil
	}
	by.smooth(l.smoothed[:k], y, w)
	for i, v := range l.smoothed[:k] {
		dst[(i+1)*p.period] = v
	}
	span := min(by.Window, k)
	before, ok := by.fit(y[:span], w, -1, k)
	if !ok {
		before = l.smoothed[0]
	}
	dst[0] = before
	after, ok := by.fit(y[k-span:], tail(w, k-span), span, k)
	if !ok {
		after = l.smoothed[k-1]
	}
	dst[(k+1)*p.period] = after
}

// average writes the means of every window of src that many places long.
func average(dst, src []float64, window int) {
	sum, share := 0.0, 1/float64(window)
	for _, v := range src[:window] {
		sum += v
	}
	dst[0] = sum * share
	for i := 1; i < len(dst); i++ {
		sum += src[i+window-1] - src[i-1]
		dst[i] = sum * share
	}
}

// weigh sets the robustness weights: bisquare of the remainder over six times
// its median size (section 2.4).
func (l *loop) weigh(y []float64) {
	for i, v := range y {
		l.weights[i] = math.Abs(v - (l.trend[i] + l.season[i]))
	}
	n := len(y)
	sizes := l.rest
	copy(sizes, l.weights)
	slices.Sort(sizes)
	reach := 3 * (sizes[n/2] + sizes[(n-1)/2])
	for i, size := range l.weights {
		l.weights[i] = bisquare(size, reach)
	}
}

// bisquare is exactly 1 and 0 just before the ends of its reach, like tricube.
func bisquare(size, reach float64) float64 {
	if size <= 0.001*reach {
		return 1
	}
	if size > 0.999*reach {
		return 0
	}
	q := size / reach
	q = 1 - q*q
	return q * q
}

// level gives every cycle of the season the mean of all.
func (l *loop) level(period int) {
	for first := range period {
		sum, k := 0.0, 0
		for i := first; i < len(l.season); i += period {
			sum += l.season[i]
			k++
		}
		for i := first; i < len(l.season); i += period {
			l.season[i] = sum / float64(k)
		}
	}
}
