package backtest

import (
	"math"
	"math/rand/v2"
	"slices"
)

// leastHours is what hours and J are at least taken as in a ratio: one
// instance-minute.
const leastHours = 1.0 / 60

// pairedDay are what A, at 0, and B, at 1, did in the same minutes.
type pairedDay struct {
	minutes    float64
	violations [2]float64 // minutes
	billed     [2]float64 // instance-minutes: sums of them are exact
}

// hours are what was billed, in instance-hours.
func (m pairedDay) hours() [2]float64 { return [2]float64{m.billed[0] / 60, m.billed[1] / 60} }

func pairedDayOf(a, b Day) pairedDay {
	return pairedDay{
		minutes:    float64(a.Minutes),
		violations: [2]float64{float64(a.Violations), float64(b.Violations)},
		billed:     [2]float64{float64(a.Billed), float64(b.Billed)},
	}
}

func (m *pairedDay) add(o pairedDay) {
	m.minutes += o.minutes
	for i := range m.billed {
		m.violations[i] += o.violations[i]
		m.billed[i] += o.billed[i]
	}
}

func (m pairedDay) j(price float64) [2]float64 {
	hours := m.hours()
	return [2]float64{hours[0] + price*m.violations[0], hours[1] + price*m.violations[1]}
}

// pairedLoad is the days of one load.
type pairedLoad struct {
	set  string
	days []pairedDay
}

func (s pairedLoad) sum() pairedDay {
	var sum pairedDay
	for _, d := range s.days {
		sum.add(d)
	}
	return sum
}

// drawAnew sums as many days as there are, drawn with replacement.
func (s pairedLoad) drawAnew(rng *rand.Rand) pairedDay {
	var sum pairedDay
	for range s.days {
		sum.add(s.days[rng.IntN(len(s.days))])
	}
	return sum
}

// contrasts are what is estimated, as means over the loads: the differences in
// violations, hours and J for a day, and the logarithms of the ratios.
type contrasts [6]float64

// of adds what one load says.
func (f *contrasts) of(m pairedDay, price float64) {
	days := m.minutes / (24 * 60)
	j := m.j(price)
	f[0] += (m.violations[0] - m.violations[1]) / days
	f[1] += (m.billed[0] - m.billed[1]) / 60 / days
	f[2] += (j[0] - j[1]) / days
	f[3] += math.Log((m.violations[0] + 0.5) / (m.violations[1] + 0.5))
	f[4] += math.Log(floored(m.hours(), leastHours))
	f[5] += math.Log(floored(j, leastHours))
}

func floored(x [2]float64, least float64) float64 { return max(x[0], least) / max(x[1], least) }

// over divides the sums over n loads.
func (f contrasts) over(n int) contrasts {
	for i := range f {
		f[i] /= float64(n)
	}
	return f
}

// estimate fills in the contrasts with their intervals.
func (ab *AB) estimate(loads []pairedLoad, opt ABOptions) {
	sets := bySet(loads, func(l pairedLoad) string { return l.set })
	ab.Sets, ab.Traces = len(sets), len(loads)
	var point contrasts
	for _, l := range loads {
		sum := l.sum()
		point.of(sum, opt.Price)
		base := max(sum.j(opt.Price)[1], leastHours)
		ab.hoursPart += (sum.billed[0] - sum.billed[1]) / 60 / base / float64(len(loads))
		ab.costPart += opt.Price * (sum.violations[0] - sum.violations[1]) / base / float64(len(loads))
	}
	point = point.over(len(loads))

	var drawn [len(point)][]float64
	for range opt.Resamples {
		for i, x := range drawAnew(sets, opt) {
			drawn[i] = append(drawn[i], x)
		}
	}
	interval := func(i int) Estimate {
		slices.Sort(drawn[i])
		tail := (1 - opt.Level) / 2
		return Estimate{Value: point[i], Low: quantile(drawn[i], tail), High: quantile(drawn[i], 1-tail)}
	}
	for i, c := range []*Contrast{&ab.Violations, &ab.InstanceHours, &ab.J} {
		c.Difference = interval(i)
		log := interval(3 + i)
		c.Ratio = Estimate{Value: math.Exp(log.Value), Low: math.Exp(log.Low), High: math.Exp(log.High)}
	}
}

// drawAnew draws sets, loads of them, and days of these, and gives what they
// say.
func drawAnew(sets [][]pairedLoad, opt ABOptions) contrasts {
	var f contrasts
	n := 0
	for range sets {
		set := sets[opt.Rng.IntN(len(sets))]
		for range set {
			load := set[opt.Rng.IntN(len(set))]
			f.of(load.drawAnew(opt.Rng), opt.Price)
			n++
		}
	}
	return f.over(n)
}
