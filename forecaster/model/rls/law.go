package rls

import "github.com/ml-autoscaling/autoscaler/forecaster/calibrate"

// law is a law of errors with its quantiles at the levels of the model, which
// are read anew only after an error came: reading is most of what a bin costs.
type law struct {
	calibrate.Law
	quantiles []float64
	current   bool
}

func newLaw(memory, levels int) law {
	return law{Law: calibrate.NewLaw(memory), quantiles: make([]float64, levels)}
}

// Add takes in an error, in scales.
func (l *law) Add(z float64) {
	l.Law.Add(z)
	l.current = false
}

// at gives the quantile of each level, in scales. They are the law's: not to be
// changed.
func (l *law) at(levels []float64) []float64 {
	if !l.current {
		l.Quantiles(levels, l.quantiles)
		l.current = true
	}
	return l.quantiles
}

// UnmarshalBinary reads what AppendBinary wrote.
func (l *law) UnmarshalBinary(b []byte) error {
	l.current = false
	return l.Law.UnmarshalBinary(b)
}
