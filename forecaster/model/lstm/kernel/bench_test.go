package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkMultiplyAdd(b *testing.B) {
	for _, s := range [][3]int{{32, 67, 256}, {1, 67, 256}, {32, 256, 67}, {32, 64, 108}} {
		benchmarkProduct(b, product{m: s[0], k: s[1], n: s[2], row: s[1]})
	}
}

func benchmarkProduct(b *testing.B, p product) {
	r := rand.New(rand.NewPCG(1, 1))
	p.a, p.b, p.dst = numbers(r, p.m*p.k, 0), numbers(r, p.k*p.n, 0), make([]float64, p.m*p.n)
	for s := plain; s <= machine; s++ {
		b.Run(fmt.Sprintf("%dx%dx%d/speed=%d", p.m, p.k, p.n, s), func(b *testing.B) {
			for b.Loop() {
				p.addAt(s)
			}
			b.ReportMetric(2*float64(p.m*p.k*p.n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}

func BenchmarkActivation(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	x, dst := numbers(r, 192, 0), make([]float64, 192)
	for name, f := range map[string]func(dst, x []float64){
		"sigmoid": sigmoid, "tanh": tanh, "sigmoid twin": sigmoidTwin, "tanh twin": tanhTwin,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f(dst, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/element")
		})
	}
}

func BenchmarkCell(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const h = 64
	before := numbers(r, 4*h, 0)
	c := newCell(before, numbers(r, h, 0))
	dHidden, dState, dGates := numbers(r, h, 0), make([]float64, h), make([]float64, 4*h)
	b.Run("forward", func(b *testing.B) {
		for b.Loop() {
			copy(c.Gates, before)
			c.Forward()
		}
	})
	b.Run("backward", func(b *testing.B) {
		for b.Loop() {
			copy(dState, dHidden)
			c.Backward(dHidden, dState, dGates)
		}
	})
}
