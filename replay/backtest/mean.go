package backtest

import (
	"math"
	"math/rand/v2"
	"slices"
)

// draws is how often data sets are drawn for an interval.
const draws = 10_000

// ratio is a figure of one case.
type ratio struct {
	set   string
	value float64 // above 0
}

// geometricMean gives the geometric mean; NaN of nothing.
func geometricMean(ratios []ratio) float64 {
	sum := 0.0
	for _, r := range ratios {
		sum += math.Log(r.value)
	}
	return math.Exp(sum / float64(len(ratios)))
}

// interval gives the 2.5 % and 97.5 % quantiles of the geometric mean where
// data sets are drawn with replacement, as many as there are, each with all of
// its cases (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, 8.5
// and 13.3): cases of one set are not independent. One set says nothing of
// others: NaN.
func interval(ratios []ratio, seed uint64) (low, high float64) {
	type set struct {
		sum   float64
		count int
	}
	var sets []set
	for _, of := range bySet(ratios, func(r ratio) string { return r.set }) {
		one := set{count: len(of)}
		for _, r := range of {
			one.sum += math.Log(r.value)
		}
		sets = append(sets, one)
	}
	if len(sets) < 2 {
		return math.NaN(), math.NaN()
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	means := make([]float64, draws)
	for d := range means {
		var sum float64
		var count int
		for range sets {
			s := sets[rng.IntN(len(sets))]
			sum += s.sum
			count += s.count
		}
		means[d] = sum / float64(count)
	}
	slices.Sort(means)
	return math.Exp(quantile(means, 0.025)), math.Exp(quantile(means, 0.975))
}

// bySet groups things by their data set, in the order in which sets appear.
func bySet[T any](things []T, set func(T) string) [][]T {
	var sets [][]T
	index := map[string]int{}
	for _, t := range things {
		i, ok := index[set(t)]
		if !ok {
			i = len(sets)
			index[set(t)] = i
			sets = append(sets, nil)
		}
		sets[i] = append(sets[i], t)
	}
	return sets
}

// quantile reads sorted numbers, linearly between neighbours (definition 7 of
// Hyndman and Fan, 1996); NaN of nothing.
func quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	rank := p * float64(len(sorted)-1)
	below := int(rank)
	if below == len(sorted)-1 {
		return sorted[below]
	}
	return sorted[below] + (rank-float64(below))*(sorted[below+1]-sorted[below])
}

// median gives the middle of numbers in any order.
func median(numbers []float64) float64 { return quantile(slices.Sorted(slices.Values(numbers)), 0.5) }
