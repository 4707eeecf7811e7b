package arima

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// shuffled runs tasks one after another in another order.
func shuffled(n int, task func(i int)) {
	for _, i := range rand.New(rand.NewPCG(7, uint64(n))).Perm(n) {
		task(i)
	}
}

func inTurn(n int, task func(i int)) {
	for i := range n {
		task(i)
	}
}

// TestWorkers holds that a search does not depend on who works, and when.
func TestWorkers(t *testing.T) {
	holes := lcg(200, 1)
	holes[30], holes[31], holes[120] = math.NaN(), math.NaN(), math.NaN()
	for name, c := range map[string]struct {
		data   Data
		search Search
	}{
		"full":      {Data{Y: lcg(150, 2)}, Search{MostAR: 3, MostMA: 3}},
		"seasonal":  {Data{Y: lcg(120, 3)}, Search{SDiff: 1, Period: 4, MostAR: 2, MostMA: 2}},
		"regressor": {Data{Y: lcg(150, 4), X: [][]float64{wave(150)}}, Search{Diff: 1, MostAR: 3, MostMA: 3}},
		"stepwise":  {Data{Y: lcg(150, 5)}, Search{Diff: 1, Stepwise: true}},
		"gaps":      {Data{Y: holes}, Search{MostAR: 2, MostMA: 2}},
		"long":      {Data{Y: lcg(exactLength+10, 6)}, Search{MostAR: 2, MostMA: 2}},
	} {
		want, err := Select(c.data, c.search, inTurn)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, each := range []func(int, func(int)){both, shuffled} {
			got, err := Select(c.data, c.search, each)
			if err != nil || !reflect.DeepEqual(want, got) {
				t.Errorf("%s: want %+v, got %+v: %v", name, want, got, err)
			}
		}
	}
}

// lcg gives an autoregressive series of its own generator.
func lcg(n int, seed uint64) []float64 {
	random := rand.New(rand.NewPCG(seed, 11))
	out := make([]float64, n)
	for t := range out {
		out[t] = random.NormFloat64() + 3
		if t > 1 {
			out[t] += 0.7*out[t-1] - 0.2*out[t-2]
		}
	}
	return out
}

// TestNested holds that in a full search no order has a smaller likelihood than
// one within it.
func TestNested(t *testing.T) {
	for seed := range uint64(3) {
		y := lcg(120, seed)
		found, err := Select(Data{Y: y}, Search{Constant: Always, MostAR: 3, MostMA: 3, MostSAR: 1, MostSMA: 1, Period: 4}, both)
		if err != nil {
			t.Fatal(err)
		}
		for _, small := range found.Candidates {
			for _, large := range found.Candidates {
				a, b := small.Order, large.Order
				if a.AR <= b.AR && a.MA <= b.MA && a.SAR <= b.SAR && a.SMA <= b.SMA && logLik(large, len(y)) < logLik(small, len(y))-1e-6 {
					t.Errorf("series %d: %v has a likelihood of %v, %v within it %v", seed, b, logLik(large, len(y)), a, logLik(small, len(y)))
				}
			}
		}
	}
}

// logLik undoes the AICc of a candidate with a constant.
func logLik(c Candidate, values int) float64 {
	k, n := float64(c.Order.params()+2), float64(values)
	return k + k*(k+1)/(n-k-1) - c.AICc/2
}
