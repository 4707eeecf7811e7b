package generate

import (
	"math"
	"time"
)

// crowd is a flash crowd: a rise in a straight line, and an exponential decay.
// Times are in minutes.
type crowd struct{ onset, rise, half, height float64 }

func (c crowd) at(minute float64) float64 {
	t := minute - c.onset
	if t < c.rise {
		return float64(c.height * t / c.rise)
	}
	return float64(c.height * exp(-float64(math.Ln2*(t-c.rise)/c.half)))
}

// gone says whether nothing to speak of is left: less than a ten-thousandth.
func (c crowd) gone(minute float64) bool { return minute-c.onset-c.rise > float64(14*c.half) }

// crowdSpread is the standard deviation of the logarithm of heights.
const crowdSpread = 0.7

// flash is the flash crowds of a load.
type flash struct {
	profile  Profile
	arrivals arrivals
	chance   stream
	here     []crowd
}

func newFlash(seed uint64, p Profile) *flash {
	return &flash{profile: p, arrivals: newArrivals(newStream(seed, "flash"), p.Flash), chance: newStream(seed, "crowds")}
}

// step gives what the crowds add in a minute; minutes come in order.
func (f *flash) step(minute float64) float64 {
	for {
		onset, ok := f.arrivals.due(minute)
		if !ok {
			break
		}
		f.here = append(f.here, crowd{
			onset:  onset,
			rise:   float64(inMinutes(f.profile.FlashRise) * f.chance.about(2)),
			half:   float64(inMinutes(f.profile.FlashDecay) * f.chance.about(2)),
			height: float64(f.profile.FlashSize * exp(float64(crowdSpread*f.chance.normal()))),
		})
	}
	sum, n := 0.0, 0
	for _, c := range f.here {
		if c.gone(minute) {
			continue
		}
		sum += c.at(minute)
		f.here[n] = c
		n++
	}
	f.here = f.here[:n]
	return sum
}

func inMinutes(d time.Duration) float64 { return float64(d) / float64(time.Minute) }
