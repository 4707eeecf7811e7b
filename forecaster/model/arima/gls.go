package arima

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// design is the differenced series with its differenced regressors, brought to
// an orthonormal basis, so that the normal equations of every GLS step are well
// conditioned. A column that differencing leaves nothing of, or that is a
// combination of those before it, has the coefficient 0.
type design struct {
	y     []float64
	basis [][]float64 // orthonormal columns
	// back[j] are the coefficients on the regressors of the j-th basis column.
	back  [][]float64
	width int // regressors
}

// dependent is the share of a column's length below which it counts as a
// combination of others.
const dependent = 1e-9

func newDesign(o Order, d Data) *design {
	g := &design{y: o.Differenced(d.Y), width: len(d.X)}
	for j, x := range d.X {
		whole := math.Sqrt(dot(x[:len(d.Y)], x[:len(d.Y)]))
		column := o.Differenced(x[:len(d.Y)])
		back := make([]float64, len(d.X))
		back[j] = 1
		for range 2 { // twice is enough (Giraud and Langou 2003)
			for k, b := range g.basis {
				c := dot(b, column)
				subtract(column, c, b)
				subtract(back, c, g.back[k])
			}
		}
		length := math.Sqrt(dot(column, column))
		if !(length > dependent*whole) {
			continue
		}
		for i := range column {
			column[i] /= length
		}
		for i := range back {
			back[i] /= length
		}
		g.basis, g.back = append(g.basis, column), append(g.back, back)
	}
	return g
}

// spread gives the root mean square of what least squares leave.
func (g *design) spread() float64 {
	rest := slices.Clone(g.y)
	for _, b := range g.basis {
		subtract(rest, dot(b, rest), b)
	}
	return size(rest)
}

// regressors gives the coefficients on the regressors of those on the basis.
func (g *design) regressors(onBasis []float64) []float64 {
	beta := make([]float64, g.width)
	for k, c := range onBasis {
		subtract(beta, -c, g.back[k])
	}
	return beta
}

// rest writes the series less its regression.
func (g *design) rest(dst, onBasis []float64) {
	copy(dst, g.y)
	for k, c := range onBasis {
		subtract(dst, c, g.basis[k])
	}
}

// normal are the normal equations of generalised least squares in standardised
// innovations: those of the series in the first column, of the basis in the
// others.
type normal struct {
	columns [][]float64
	cross   *mat.SymDense
	right   []float64
	chol    mat.Cholesky
}

func newNormal(k, n int) *normal {
	s := &normal{columns: make([][]float64, k+1), right: make([]float64, k)}
	for j := range s.columns {
		s.columns[j] = make([]float64, n)
	}
	if k > 0 {
		s.cross = mat.NewSymDense(k, nil)
	}
	return s
}

// solve writes the coefficients on the basis, and says whether there are any.
func (s *normal) solve(dst []float64) bool {
	y, basis := s.columns[0], s.columns[1:]
	for i, a := range basis {
		for j, b := range basis[i:] {
			s.cross.SetSym(i, i+j, dot(a, b))
		}
		s.right[i] = dot(a, y)
	}
	if !s.chol.Factorize(s.cross) {
		return false
	}
	k := len(dst)
	return s.chol.SolveVecTo(mat.NewVecDense(k, dst), mat.NewVecDense(k, s.right)) == nil
}
