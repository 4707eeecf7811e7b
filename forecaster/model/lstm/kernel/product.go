package kernel

import (
	"fmt"
	"math"
)

// MultiplyAdd adds the product of a (m×k) and b (k×n) to dst (m×n). dst must
// not overlap a or b.
func MultiplyAdd(dst, a, b []float64, m, k, n int) {
	product{dst: dst, a: a, b: b, m: m, k: k, n: n, row: k}.add()
}

// Transpose writes the transpose of a (rows×columns) to dst (columns×rows).
// dst must not overlap a.
func Transpose(dst, a []float64, rows, columns int) {
	atLeast("dst", dst, rows, columns)
	atLeast("a", a, rows, columns)
	for i := range rows {
		row := a[i*columns : (i+1)*columns]
		for j, v := range row {
			dst[j*rows+i] = v
		}
	}
}

// product is dst (m×n) += A·b, where b is k×n and the element (i, p) of A is
// a[i·row + p]: row is more than k where only some columns of a are taken.
type product struct {
	dst, a, b []float64
	m, k, n   int
	row       int
}

// add checks the shapes and uses the best that this machine has.
func (p product) add() {
	atLeast("dst", p.dst, p.m, p.n)
	atLeast("a", p.a, p.m, p.k)
	atLeast("b", p.b, p.k, p.n)
	if p.m == 0 || p.n == 0 || p.k == 0 {
		return
	}
	p.addAt(machine)
}

// addAt is apart from add so that tests can try every speed of a machine.
func (p product) addAt(s speed) {
	if s >= avx2 {
		p.addFast(s)
		return
	}
	p.addTwin()
}

// addTwin is what the assembly must equal to the bit. The middle loop runs over
// k, so that b is read along its rows.
func (p product) addTwin() {
	for i := range p.m {
		dst := p.dst[i*p.n : (i+1)*p.n]
		for q := range p.k {
			a := p.a[i*p.row+q]
			b := p.b[q*p.n : (q+1)*p.n]
			for j, v := range b {
				dst[j] = math.FMA(a, v, dst[j])
			}
		}
	}
}

func atLeast(name string, s []float64, rows, columns int) {
	if rows < 0 || columns < 0 || len(s) < rows*columns {
		panic(fmt.Sprintf("kernel: %s has %d elements, want %d×%d", name, len(s), rows, columns))
	}
}
