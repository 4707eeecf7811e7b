package dress

import (
	"math"
	"math/rand/v2"
	"slices"
)

// drawn is how many paths are drawn: half of them, and each one's mirror image.
const drawn = 64

// path is a corrected path, and what is expected of its steps and peaks.
type path struct {
	points, scales, peaks, peakScales []float64
	tops                              []float64 // the largest point up to each step
	inputs                            []inputs
}

func newPath(steps int) path {
	return path{
		points: make([]float64, steps), scales: make([]float64, steps),
		peaks: make([]float64, steps), peakScales: make([]float64, steps),
		tops: make([]float64, steps), inputs: make([]inputs, steps),
	}
}

// paths are drawn errors of a path, each step's in its own standard deviation:
// the joint law of the steps, from which that of their maximum follows.
type paths [drawn][]float64

// newPaths draws normal innovations, from a fixed seed, with the weights that
// each has on the steps after it.
func newPaths(psi []float64, steps int) (p paths) {
	r := rand.New(rand.NewPCG(1, 1))
	weights := append([]float64{1}, psi[min(1, len(psi)):min(len(psi), max(steps, 1))]...)
	innovations := make([]float64, steps)
	for n := 0; n < drawn; n += 2 {
		p[n], p[n+1] = make([]float64, steps), make([]float64, steps)
		power := 0.0
		for h := range innovations {
			innovations[h] = r.NormFloat64()
			sum := 0.0
			for k, w := range weights[:min(h+1, len(weights))] {
				sum += finite(w) * innovations[h-k]
			}
			if h < len(weights) {
				power += finite(weights[h]) * finite(weights[h])
			}
			p[n][h] = finite(sum / math.Sqrt(power))
			p[n+1][h] = -p[n][h]
		}
	}
	return p
}

// moments writes the mean and the standard deviation of the running maximum of
// the first steps of a path.
func (p *paths) moments(of *path, steps int) {
	peaks, scales, tops := of.peaks[:steps], of.peakScales[:steps], of.tops[:steps]
	clear(peaks)
	clear(scales)
	top := math.Inf(-1)
	for h := range tops {
		top = max(top, of.points[h])
		tops[h] = top
	}
	for n := range p {
		highest := math.Inf(-1)
		for h, e := range p[n][:steps] {
			highest = max(highest, of.points[h]+of.scales[h]*e)
			above := highest - tops[h]
			peaks[h] += above
			scales[h] += above * above
		}
	}
	for h, top := range tops {
		mean := peaks[h] / drawn
		peaks[h] = top + mean
		scales[h] = math.Sqrt(max(0, scales[h]/drawn-mean*mean))
	}
}

// peaks gives the sorted standardised maxima of the first steps of a path that
// is level, its steps all of one scale.
func (p *paths) peaks(steps int) []float64 {
	flat := newPath(steps)
	for h := range flat.scales {
		flat.scales[h] = 1
	}
	p.moments(&flat, steps)
	sample := make([]float64, drawn)
	for n := range p {
		sample[n] = (slices.Max(p[n][:steps]) - flat.peaks[steps-1]) / flat.peakScales[steps-1]
	}
	slices.Sort(sample)
	return sample
}
