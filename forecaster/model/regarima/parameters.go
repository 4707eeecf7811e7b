package regarima

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/arima"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/numbers"
)

// parameters are what an estimation found. They do not change once they are
// made.
type parameters struct {
	order  arima.Order
	params arima.Params // Beta are of the harmonics of day and week, then of the constant
	// zero is the bin of the constant's time 0; what it is multiplied by is 1, or
	// where the model differences the time itself.
	zero     int64
	constant bool
	// harmonics counts those of the day and of the week, 0 for none.
	harmonics [2]int
	// seasons are the seasonal components by the bin's number mod their length,
	// which is a day and a week, or empty. Those of harmonics follow from Beta.
	seasons [2][]float64
	// logLik and n are the likelihood and what it is of.
	logLik float64
	n      int
}

// expected gives what is expected of a bin without looking at any other.
func (p *parameters) expected(bin int64) float64 {
	y := 0.0
	for _, s := range p.seasons {
		if len(s) > 0 {
			y += s[bin%int64(len(s))]
		}
	}
	if p.constant {
		y += p.params.Beta[len(p.params.Beta)-1] * p.time(bin)
	}
	return y
}

// time is what the constant is multiplied by.
func (p *parameters) time(bin int64) float64 {
	if p.order.Diff == 0 {
		return 1
	}
	return float64(bin - p.zero)
}

// spread fills the seasons of harmonics.
func (p *parameters) spread(perDay int) {
	if p.harmonics == [2]int{} {
		return
	}
	beta := p.params.Beta
	for i, length := range []int{perDay, 7 * perDay} {
		if p.harmonics[i] == 0 {
			continue
		}
		p.seasons[i] = make([]float64, length)
		for _, column := range waves(p.harmonics[i], length, 0, length) {
			for t, x := range column {
				p.seasons[i][t] += beta[0] * x
			}
			beta = beta[1:]
		}
	}
}

// waves gives the sines and cosines of the first harmonics of a period, at n
// bins from one on.
func waves(harmonics, period int, from int64, n int) [][]float64 {
	var out [][]float64
	for k := 1; k <= harmonics; k++ {
		sines, cosines := make([]float64, n), make([]float64, n)
		for t := range n {
			turn := (from + int64(t)) % int64(period) * int64(k) % int64(period)
			sines[t], cosines[t] = math.Sincos(2 * math.Pi * float64(turn) / float64(period))
		}
		out = append(out, sines)
		if 2*k < period {
			out = append(out, cosines)
		}
	}
	return out
}

// estimateFormat is the version of an estimate's bytes.
const estimateFormat = 1

func (p *parameters) binary(k kind) []byte {
	o := p.order
	b := append([]byte(nil), estimateFormat, byte(k), byte(o.AR), byte(o.Diff), byte(o.MA), byte(p.harmonics[0]), byte(p.harmonics[1]), 0)
	if p.constant {
		b[len(b)-1] = 1
	}
	b = binary.LittleEndian.AppendUint64(b, uint64(p.zero))
	b = binary.LittleEndian.AppendUint64(b, uint64(p.n))
	b = numbers.AppendFloats(b, p.logLik, p.params.Sigma2)
	for _, list := range [][]float64{p.params.AR, p.params.MA, p.params.Beta} {
		b = numbers.AppendFloats(b, list...)
	}
	if k != decomposed {
		return b
	}
	for _, s := range p.seasons {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
		for _, x := range s {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
		}
	}
	return b
}

const (
	mostOrder     = 5
	mostHarmonics = 6
)

// readParameters reads what binary wrote for a model of the kind.
func readParameters(b []byte, k kind, perDay int) (*parameters, error) {
	r := &reader{b: b}
	f := r.take(8)
	switch {
	case r.err != nil || f[0] != estimateFormat || kind(f[1]) != k:
		return nil, errors.New("not an estimate of this model")
	case f[2] > mostOrder || f[3] > 2 || f[4] > mostOrder:
		return nil, fmt.Errorf("an estimate of an order (%d,%d,%d)", f[2], f[3], f[4])
	case f[5] > mostHarmonics || f[6] > mostHarmonics || (f[5]|f[6]) > 0 && k != harmonic || f[7] > 1:
		return nil, fmt.Errorf("an estimate with %d and %d harmonics", f[5], f[6])
	}
	p := &parameters{order: arima.Order{AR: int(f[2]), Diff: int(f[3]), MA: int(f[4])}, harmonics: [2]int{int(f[5]), int(f[6])}, constant: f[7] == 1}
	p.zero, p.n = int64(r.word()), int(r.word())
	p.logLik, p.params.Sigma2 = r.float(), r.float()
	p.params.AR, p.params.MA = r.floats(p.order.AR), r.floats(p.order.MA)
	beta := 0
	for i, length := range []int{perDay, 7 * perDay} {
		beta += len(waves(p.harmonics[i], length, 0, 0))
	}
	if p.constant {
		beta++
	}
	p.params.Beta = r.floats(beta)
	if k == decomposed {
		for i, length := range []int{perDay, 7 * perDay} {
			p.seasons[i] = r.singles(length)
		}
	}
	if r.err == nil && len(r.b) > 0 {
		r.err = fmt.Errorf("%d bytes too many", len(r.b))
	}
	if r.err == nil && (p.zero < 0 || p.n < 0) {
		r.err = errors.New("a negative count")
	}
	p.spread(perDay)
	return p, r.err
}

// reader reads numbers; after the first that is not there it yields zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.b, r.err = nil, errors.New("cut off")
		return make([]byte, min(n, 8))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) word() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }

// float reads a finite number.
func (r *reader) float() float64 {
	x := math.Float64frombits(r.word())
	if math.IsNaN(x) || math.IsInf(x, 0) {
		r.err = errors.New("a number is not finite")
	}
	return x
}

func (r *reader) floats(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = r.float()
	}
	return out
}

// singles reads a list that is empty or of a length.
func (r *reader) singles(length int) []float64 {
	n := int(binary.LittleEndian.Uint32(r.take(4)))
	if n == 0 {
		return nil
	}
	if n != length {
		r.err = fmt.Errorf("want a season of %d bins, got %d", length, n)
		return nil
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(r.take(4))))
		if math.IsNaN(out[i]) || math.IsInf(out[i], 0) {
			r.err = errors.New("a number is not finite")
		}
	}
	return out
}
