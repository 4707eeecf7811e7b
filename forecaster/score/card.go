package score

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Days is how many UTC days a score looks back, the running one included.
const Days = 7

// Card adds up what was judged. It is not safe for concurrent use.
type Card struct {
	levels []float64
	days   [Days]day
	newest int64
}

// day holds the sums over the targets of one UTC day.
type day struct {
	number  int64
	judged  int
	covered []int // per level
	// pinball and naive are sums of the mean loss over the levels.
	pinball, naive float64
}

// NewCard gives an empty card for the quantile levels.
func NewCard(levels []float64) *Card {
	c := &Card{levels: levels}
	for i := range c.days {
		c.days[i].covered = make([]int, len(levels))
	}
	return c
}

// Judge holds the quantiles of one step, one a level, and the point of
// seasonal naive against the value that came. The UTC day is that of the
// target, counted from 1970; a target of a day that was left behind is not
// judged.
func (c *Card) Judge(utcDay int64, quantiles []float64, naive, value float64) {
	if utcDay < 0 || utcDay <= c.newest-Days {
		return
	}
	c.newest = max(c.newest, utcDay)
	d := &c.days[utcDay%Days]
	if d.number != utcDay {
		*d = day{number: utcDay, covered: d.covered}
		clear(d.covered)
	}
	d.judged++
	var loss, naiveLoss float64
	for i, p := range c.levels {
		if value <= quantiles[i] {
			d.covered[i]++
		}
		loss += Pinball(p, quantiles[i], value)
		naiveLoss += Pinball(p, naive, value)
	}
	d.pinball += loss / float64(len(c.levels))
	d.naive += naiveLoss / float64(len(c.levels))
}

// Pinball gives the loss of a quantile at level p against the value that came
// (Koenker and Bassett 1978): p for each unit below it, 1 - p for each above.
func Pinball(p, quantile, value float64) float64 {
	if value >= quantile {
		return p * (value - quantile)
	}
	return (1 - p) * (quantile - value)
}

// Score gives the figures, or nil where nothing was judged.
func (c *Card) Score() *streams.Score {
	s := streams.Score{Coverage: make([]float64, len(c.levels))}
	for number := c.newest - Days + 1; number <= c.newest; number++ {
		d := &c.days[(number%Days+Days)%Days]
		if d.number != number {
			continue
		}
		s.Judged += d.judged
		s.Pinball += d.pinball
		s.Naive += d.naive
		for i, n := range d.covered {
			s.Coverage[i] += float64(n)
		}
	}
	if s.Judged == 0 {
		return nil
	}
	n := float64(s.Judged)
	for i := range s.Coverage {
		s.Coverage[i] /= n
	}
	s.Pinball /= n
	s.Naive /= n
	return &s
}

// AppendBinary appends the card, without its levels, to b: 8 bytes a number.
func (c *Card) AppendBinary(b []byte) []byte {
	word := binary.LittleEndian.AppendUint64
	b = word(b, uint64(c.newest))
	for _, d := range c.days {
		b = word(word(b, uint64(d.number)), uint64(d.judged))
		for _, n := range d.covered {
			b = word(b, uint64(n))
		}
		b = word(word(b, math.Float64bits(d.pinball)), math.Float64bits(d.naive))
	}
	return b
}

// UnmarshalBinary reads what AppendBinary wrote into a new card of the same
// levels.
func (c *Card) UnmarshalBinary(b []byte) error {
	if want := 8 * (1 + Days*(4+len(c.levels))); len(b) != want {
		return fmt.Errorf("card: want %d bytes for %d levels, got %d", want, len(c.levels), len(b))
	}
	word := func() uint64 {
		v := binary.LittleEndian.Uint64(b)
		b = b[8:]
		return v
	}
	c.newest = int64(word())
	for i := range c.days {
		d := &c.days[i]
		d.number, d.judged = int64(word()), int(word())
		for j := range d.covered {
			d.covered[j] = int(word())
		}
		d.pinball, d.naive = math.Float64frombits(word()), math.Float64frombits(word())
	}
	return nil
}
