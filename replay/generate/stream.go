package generate

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// stream is the chance of one component. It draws from the words of its source
// itself: what package rand makes of them is not promised to stay.
type stream struct{ source *rand.PCG }

// newStream gives the stream of a name.
func newStream(seed uint64, name string) stream {
	h := fnv.New64a()
	h.Write([]byte(name))
	return stream{rand.NewPCG(seed, h.Sum64())}
}

// uniform draws from [0, 1).
func (s stream) uniform() float64 { return float64(s.source.Uint64()>>11) / (1 << 53) }

// about draws a factor between 1/most and most, its logarithm uniformly.
func (s stream) about(most float64) float64 {
	return power(most, float64(2*s.uniform())-1)
}

// exponential draws with mean 1.
func (s stream) exponential() float64 { return -log(1 - s.uniform()) }

// normal draws with mean 0 and variance 1, by the polar method of Marsaglia
// and Bray (SIAM Review 6, 1964).
func (s stream) normal() float64 {
	for {
		u, v := float64(2*s.uniform())-1, float64(2*s.uniform())-1
		if r := float64(u*u) + float64(v*v); r > 0 && r < 1 {
			return float64(u * math.Sqrt(-2*log(r)/r))
		}
	}
}

// arrivals are moments that come by chance, at a steady rate (a Poisson
// process).
type arrivals struct {
	chance stream
	gap    float64 // mean, in minutes
	next   float64 // minute
}

// minutesPerWeek is what rates a week are counted in.
const minutesPerWeek = 7 * 24 * 60

// newArrivals come so many times a week.
func newArrivals(chance stream, perWeek float64) arrivals {
	if perWeek == 0 {
		return arrivals{next: math.Inf(1)}
	}
	a := arrivals{chance: chance, gap: minutesPerWeek / perWeek}
	a.next = float64(a.gap * chance.exponential())
	return a
}

// due gives the next arrival where it is not after a minute. What else is drawn
// for it is drawn between two calls.
func (a *arrivals) due(minute float64) (float64, bool) {
	if a.next > minute {
		return 0, false
	}
	at := a.next
	a.next += float64(a.gap * a.chance.exponential())
	return at, true
}
