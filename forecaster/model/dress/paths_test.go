package dress

import (
	"math"
	"testing"
)

// TestPeakOfTheJointLaw compares with closed forms: of two independent standard
// normals the larger has mean 1/√π and variance 1 - 1/π (Clark 1961); of two that
// are the same it is either; on a steep path it is the highest step.
func TestPeakOfTheJointLaw(t *testing.T) {
	for name, tc := range map[string]struct {
		psi      []float64
		points   []float64
		mean, sd float64
	}{
		"independent": {nil, []float64{0, 0}, 1 / math.Sqrt(math.Pi), math.Sqrt(1 - 1/math.Pi)},
		"the same":    {[]float64{1, 1e6}, []float64{0, 0}, 0, 1},
		"rising":      {[]float64{1, 1}, []float64{0, 100}, 100, 1},
		"falling":     {[]float64{1, 1}, []float64{100, 0}, 100, 1},
	} {
		p := newPaths(tc.psi, 2)
		of := newPath(2)
		copy(of.points, tc.points)
		copy(of.scales, []float64{1, 1})
		p.moments(&of, 2)
		if math.Abs(of.peaks[1]-tc.mean) > 0.15 || math.Abs(of.peakScales[1]-tc.sd) > 0.2 {
			t.Errorf("%s: mean %.3f, deviation %.3f; want %.3f and %.3f", name, of.peaks[1], of.peakScales[1], tc.mean, tc.sd)
		}
	}
}
