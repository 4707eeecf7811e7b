package generate

import (
	"math"
	"time"
)

// memory is a normal deviate that remembers the one before: an autoregression
// of order 1 by the minute, with mean 0 and variance 1 from the start.
type memory struct {
	chance       stream
	keep, spread float64
	value        float64
	begun        bool
}

// newMemory forgets all but 1/e in a span.
func newMemory(chance stream, span time.Duration) *memory {
	keep := exp(-float64(time.Minute) / float64(span))
	return &memory{chance: chance, keep: keep, spread: math.Sqrt(1 - float64(keep*keep))}
}

func (m *memory) step() float64 {
	z := m.chance.normal()
	if !m.begun {
		m.value, m.begun = z, true
		return z
	}
	m.value = float64(m.keep*m.value) + float64(m.spread*z)
	return m.value
}

// factor is the lognormal factor with mean 1 that a deviate stands for.
func factor(deviate, size float64) float64 {
	half := float64(float64(size*size) / 2)
	return exp(float64(size*deviate) - half)
}

// restlessMemory is how long a restless time lasts.
const restlessMemory = 3 * time.Hour

// noise is fast noise whose size changes slowly.
type noise struct {
	fast, slow       *memory
	size, volatility float64
}

func newNoise(seed uint64, p Profile) *noise {
	return &noise{
		fast: newMemory(newStream(seed, "noise"), p.NoiseMemory), size: p.Noise,
		slow: newMemory(newStream(seed, "volatility"), restlessMemory), volatility: p.Volatility,
	}
}

// step gives the next factor. The mean square of the sizes is that of the
// profile, but for those that would be above 1, which are 1.
func (n *noise) step() float64 {
	v := n.volatility
	size := float64(n.size * exp(float64(v*n.slow.step())-float64(v*v)))
	return factor(n.fast.step(), min(size, 1))
}
