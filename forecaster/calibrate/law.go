package calibrate

import (
	"encoding/binary"
	"fmt"
	"math"
)

const (
	lawBins = 96
	// lawCenter is the bin that begins at 0, lawDensity the bins per unit of
	// asinh(2z): a 24th wide near 0, a twelfth of the distance far out, from
	// -7 to 26 scales.
	lawCenter  = 40
	lawDensity = 12
	// lawTail is the share of errors on either side that its exponential tail
	// is fitted to, and lawLeast the least number of them.
	lawTail  = 0.01
	lawLeast = 3
	// lawMost is the unit at which the histogram is scaled back by it, a power
	// of two so that nothing is rounded.
	lawMost = 1 << 20
)

// edges are the bounds of the bins of a law.
//
//nolint:gochecknoglobals // a read-only table
var edges = newEdges()

func newEdges() (e [lawBins + 1]float64) {
	for k := range e {
		e[k] = math.Sinh(float64(k-lawCenter)/lawDensity) / 2
	}
	return e
}

// Law is the law of standardised errors: a histogram that forgets. Instead of
// fading all bins with each error it lets each error weigh more than the one
// before, and scales back now and then.
type Law struct {
	bins   [lawBins]float32
	unit   float64 // the weight of the next error
	keep   float64 // what an error weighs of the one after it
	errors int     // ever added
}

// NewLaw gives an empty law that forgets over so many errors.
func NewLaw(memory int) Law { return Law{unit: 1, keep: 1 - 1/float64(memory)} }

// Errors counts the errors that were ever added.
func (l *Law) Errors() int { return l.errors }

// Add takes in an error, in scales. It may be infinite, but not NaN.
func (l *Law) Add(z float64) {
	k := math.Floor(math.Asinh(2*z)*lawDensity) + lawCenter
	l.bins[int(min(max(k, 0), lawBins-1))] += float32(l.unit)
	l.errors++
	if l.unit /= l.keep; l.unit > lawMost {
		l.unit /= lawMost
		for k := range l.bins {
			l.bins[k] /= lawMost
		}
	}
}

// Quantiles writes the quantile of each level, in scales, linear within bins.
// Beyond the outer hundredth on either side goes an exponential tail with the
// mean excess that the errors there have (Pickands 1975, with shape 0). Those of
// an empty law are 0.
func (l *Law) Quantiles(levels, dst []float64) {
	var below [lawBins + 1]float64 // errors below each edge
	for k, w := range l.bins {
		below[k+1] = below[k] + float64(w)/l.unit
	}
	n := below[lawBins]
	few := max(lawLeast, lawTail*n)
	if n <= 2*few {
		few = n / 2
	}
	low, lowExcess := l.tail(&below, few, false)
	high, highExcess := l.tail(&below, few, true)
	for j, p := range levels {
		switch above, under := (1-p)*(n+1), p*(n+1); {
		case n == 0:
			dst[j] = 0
		case above < few:
			dst[j] = high + highExcess*math.Log(few/above)
		case under < few:
			dst[j] = low - lowExcess*math.Log(few/under)
		default:
			dst[j] = rank(&below, min(max(p*n, few), n-few))
		}
	}
}

// rank gives the point with so many errors below it.
func rank(below *[lawBins + 1]float64, errors float64) float64 {
	lo, hi := 0, lawBins // below[lo] <= errors, and below[hi] > errors or hi is the end
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; below[mid] <= errors {
			lo = mid
		} else {
			hi = mid
		}
	}
	width := below[hi] - below[lo]
	if width <= 0 {
		return edges[lo]
	}
	return edges[lo] + min(1, (errors-below[lo])/width)*(edges[hi]-edges[lo])
}

// tail gives the point with so many errors beyond it on one side, and their
// mean distance from it.
func (l *Law) tail(below *[lawBins + 1]float64, few float64, upper bool) (from, excess float64) {
	n := below[lawBins]
	if n == 0 {
		return 0, 0
	}
	errors := few
	if upper {
		errors = n - few
	}
	from = rank(below, errors)
	for k := range lawBins {
		near, far := edges[k], edges[k+1]
		weight := below[k+1] - below[k]
		if !upper {
			near, far = -far, -near
		}
		if start := from * sign(upper); far > start && weight > 0 {
			beyond := max(near, start)
			excess += weight * (far - beyond) / (far - near) * ((beyond+far)/2 - start)
		}
	}
	return from, excess / few
}

func sign(upper bool) float64 {
	if upper {
		return 1
	}
	return -1
}

// Size gives the number of bytes that AppendBinary appends.
func (l *Law) Size() int { return 8 + 8 + 4*lawBins }

// AppendBinary appends the law to b: the count of errors and the unit in 8 bytes
// each, the bins in 4.
func (l *Law) AppendBinary(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(l.errors))
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(l.unit))
	for _, w := range l.bins {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(w))
	}
	return b
}

// UnmarshalBinary reads what AppendBinary wrote into a law of the same memory.
func (l *Law) UnmarshalBinary(b []byte) error {
	if len(b) != l.Size() {
		return fmt.Errorf("read law: want %d bytes, got %d", l.Size(), len(b))
	}
	l.errors = int(binary.LittleEndian.Uint64(b))
	l.unit = math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))
	for k := range l.bins {
		l.bins[k] = math.Float32frombits(binary.LittleEndian.Uint32(b[16+4*k:]))
	}
	return nil
}
