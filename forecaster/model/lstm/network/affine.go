package network

import "github.com/ml-autoscaling/autoscaler/forecaster/model/lstm/kernel"

// affine is W (1, x): a matrix whose first column is the bias, for a column of
// inputs that begins with 1. So one product does what two matrices and two
// biases do, and its gradient has theirs.
type affine struct {
	rows, columns int
	w             []float64 // rows × columns
	wT            []float64 // columns × rows
}

func newAffine(rows, columns int) affine {
	return affine{rows: rows, columns: columns, w: make([]float64, rows*columns), wT: make([]float64, rows*columns)}
}

// gather fills the matrix from the parameters: matrices of the given widths side
// by side, and as many biases as there are, which are added.
func (a *affine) gather(params []float64, widths []int) {
	clearColumn(a.w, a.columns)
	at := 1
	for _, width := range widths {
		for r := range a.rows {
			copy(a.w[r*a.columns+at:][:width], params[r*width:])
		}
		params, at = params[a.rows*width:], at+width
	}
	for ; len(params) > 0; params = params[a.rows:] {
		for r := range a.rows {
			a.w[r*a.columns] += params[r]
		}
	}
	kernel.Transpose(a.wT, a.w, a.rows, a.columns)
}

// scatter adds a gradient in the form of the matrix to one in the form of the
// parameters.
func (a *affine) scatter(grads, g []float64, widths []int) {
	at := 1
	for _, width := range widths {
		for r := range a.rows {
			to, from := grads[r*width:][:width], g[r*a.columns+at:][:width]
			for j, v := range from {
				to[j] += v
			}
		}
		grads, at = grads[a.rows*width:], at+width
	}
	for ; len(grads) > 0; grads = grads[a.rows:] {
		for r := range a.rows {
			grads[r] += g[r*a.columns]
		}
	}
}

func clearColumn(w []float64, columns int) {
	for i := 0; i < len(w); i += columns {
		w[i] = 0
	}
}
