package modeltest

import (
	"math"
	"math/rand/v2"
)

// Series are loads by name, NaN where a bin is missing. Each is made for bins
// of an hour and lasts 30 days unless its name says otherwise.
func Series() map[string][]float64 {
	const n = 30 * 24
	return map[string][]float64{
		"constant":         fill(n, func(int) float64 { return 42 }),
		"zero":             fill(n, func(int) float64 { return 0 }),
		"one observation":  {7},
		"two observations": {7, 9},
		"all missing":      fill(n, func(int) float64 { return math.NaN() }),
		"begins late":      fill(n, func(i int) float64 { return missingUntil(i, 20*24, 5) }),
		"spike of 1e12":    fill(n, func(i int) float64 { return 100 + at(i, 10*24+7, 1e12) }),
		"level shift":      fill(n, func(i int) float64 { return daily(i) * (1 + 9*step(i, 12*24)) }),
		"falls to zero":    fill(n, func(i int) float64 { return daily(i) * (1 - step(i, 15*24)) }),
		"daily":            fill(n, daily),
		"weekly":           fill(n, weekly),
		"noisy with holes": noisy(n),
		"three days gone":  fill(n, func(i int) float64 { return hole(i, 16*24, 19*24, daily(i)) }),
		"ten days gone":    fill(n, func(i int) float64 { return hole(i, 16*24, 26*24, daily(i)) }),
		"tiny":             fill(n, func(i int) float64 { return 1e-300 * daily(i) }),
		"huge":             fill(n, func(i int) float64 { return 1e13 * daily(i) }),
	}
}

func fill(n int, value func(i int) float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = value(i)
	}
	return out
}

func daily(i int) float64 { return 50 + 40*math.Sin(2*math.Pi*float64(i)/24) }

func weekly(i int) float64 {
	if i/24%7 >= 5 {
		return daily(i) / 4
	}
	return daily(i)
}

func noisy(n int) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	return fill(n, func(i int) float64 {
		if r.Float64() < 0.2 {
			return math.NaN()
		}
		return max(0, daily(i)+20*r.NormFloat64())
	})
}

func step(i, from int) float64 {
	if i < from {
		return 0
	}
	return 1
}

func at(i, where int, value float64) float64 {
	if i == where {
		return value
	}
	return 0
}

func hole(i, from, to int, value float64) float64 {
	if i >= from && i < to {
		return math.NaN()
	}
	return value
}

func missingUntil(i, from int, value float64) float64 { return hole(i, 0, from, value) }
