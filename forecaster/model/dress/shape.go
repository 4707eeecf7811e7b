package dress

import (
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/calibrate"
)

const (
	// lawMemory is over how many errors a law forgets: two weeks of 5-minute
	// bins.
	lawMemory = 4000
	// priorErrors is how many errors the prior counts as.
	priorErrors = 100
	// reread is after how many errors the quantiles are read from the law anew.
	reread = 16
)

// shape is the law of standardised errors, and the quantiles that stand for it.
type shape struct {
	law       calibrate.Law
	quantiles []float64
}

func newShape(levels int) shape { return shape{quantiles: make([]float64, levels)} }

// suppose begins with the law of a sample, spread evenly over it.
func (s *shape) suppose(levels, sample []float64) {
	s.law = calibrate.NewLaw(lawMemory)
	for i := range priorErrors {
		s.law.Add(sample[i*len(sample)/priorErrors])
	}
	s.law.Quantiles(levels, s.quantiles)
}

func (s *shape) add(levels []float64, z float64) {
	s.law.Add(z)
	if s.law.Errors()%reread == 0 {
		s.law.Quantiles(levels, s.quantiles)
	}
}

// normals gives a standard normal sample: the quantiles at even distances.
func normals() []float64 {
	z := make([]float64, priorErrors)
	for i := range z {
		z[i] = math.Sqrt2 * math.Erfinv((2*float64(i)+1)/priorErrors-1)
	}
	return z
}
