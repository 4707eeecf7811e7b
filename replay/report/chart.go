package report

import (
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// chart is a picture of capacity against need.
type chart struct {
	Label   string // for those who do not see it
	Columns int
	Top     float64 // instances at the upper edge
	From    int64   // Unix seconds
	Step    int     // seconds a column
	Heights []drawing.Tick
	Lines   string // of the grid
	Times   []drawing.Tick

	Need, NeedLow string // the load, from its highest to its lowest in a column
	Band, Median  string
	Unscored      string
	Short         string // where the first track violated
	Tracks        []stroke
	Lanes         []lane
}

// stroke is the line of one policy.
type stroke struct{ Class, Tag, Path string }

// lane shows where a policy violated.
type lane struct {
	Class, Tag, Path string
	Minutes          string
}

// maxColumns is how many columns a long span is drawn in: more than a phone has
// points, and enough for a desk.
const maxColumns = 720

// overview puts the span into columns of whole minutes, at most maxColumns: the
// need with its highest and lowest, capacity with its mean.
func (s *span) overview() chart {
	per := (len(s.need) + maxColumns - 1) / maxColumns
	columns := (len(s.need) + per - 1) / per
	c := chart{Columns: columns, Step: 60 * per, From: s.from.Unix()}
	p := drawing.Plane{Top: s.top(0, len(s.need))}
	c.frame(p)
	c.Times = drawing.Clock(s.from, columns*per)
	c.Need = p.Area(fold(s.need, per, math.Max))
	if per > 1 {
		c.NeedLow = p.Area(fold(s.need, per, math.Min))
	}
	if s.high != nil {
		c.Band = p.Between(fold(s.low, per, math.Min), fold(s.high, per, math.Max))
		c.Median = p.Line(mean(s.median, per))
	}
	c.Unscored = drawing.Strips(anyIn(not(s.scored), per))
	c.Short = drawing.Strips(anyIn(s.tracks[0].short, per))
	for _, t := range s.tracks {
		c.Tracks = append(c.Tracks, stroke{t.class, t.tag, p.Line(mean(t.have, per))})
		c.Lanes = append(c.Lanes, newLane(t, anyIn(t.short, per), tally(t.short)))
	}
	c.Label = fmt.Sprintf("Instances needed and in service from %s to %s UTC",
		s.from.Format(minuteForm), s.at(len(s.need)).Format(minuteForm))
	return c
}

// closeUp draws the minutes from i to j one by one.
func (s *span) closeUp(i, j int) chart {
	c := chart{Columns: j - i, Step: 60, From: s.at(i).Unix()}
	p := drawing.Plane{Top: s.top(i, j)}
	c.frame(p)
	c.Times = drawing.Clock(s.at(i), j-i)
	c.Need = p.Area(s.need[i:j])
	if s.high != nil {
		c.Band = p.Between(s.low[i:j], s.high[i:j])
		c.Median = p.Line(s.median[i:j])
	}
	c.Unscored = drawing.Strips(not(s.scored[i:j]))
	c.Short = drawing.Strips(s.tracks[0].short[i:j])
	for _, t := range s.tracks {
		c.Tracks = append(c.Tracks, stroke{t.class, t.tag, p.Line(t.have[i:j])})
		c.Lanes = append(c.Lanes, newLane(t, t.short[i:j], tally(t.short[i:j])))
	}
	c.Label = "Instances needed and in service on " + s.at(i).Format(longDayForm)
	return c
}

func (c *chart) frame(p drawing.Plane) {
	c.Top = p.Top
	c.Heights, c.Lines = p.Heights(c.Columns, 1)
}

func newLane(t track, marked []bool, minutes int) lane {
	return lane{Class: t.class, Tag: t.tag, Path: drawing.Strips(marked), Minutes: violations(minutes)}
}

// top is the upper end of the axis for the minutes from i to j. Forecasts may
// leave the picture, by half of what was needed or there.
func (s *span) top(i, j int) float64 {
	most, band := 0.0, 0.0
	for m := i; m < j; m++ {
		most = math.Max(most, s.need[m])
		for _, t := range s.tracks {
			if t.have[m] > most { // not where it is NaN
				most = t.have[m]
			}
		}
		if s.high != nil && s.high[m] > band {
			band = s.high[m]
		}
	}
	return drawing.NiceTop(math.Max(most, math.Min(band, 1.25*most)))
}

// fold takes columns of some minutes together; NaN where all are.
func fold(values []float64, per int, take func(a, b float64) float64) []float64 {
	out := nans((len(values) + per - 1) / per)
	for m, v := range values {
		switch x := m / per; {
		case math.IsNaN(v):
		case math.IsNaN(out[x]):
			out[x] = v
		default:
			out[x] = take(out[x], v)
		}
	}
	return out
}

// mean is that of each column, of the minutes that have a value.
func mean(values []float64, per int) []float64 {
	sums := fold(values, per, func(a, b float64) float64 { return a + b })
	known := make([]float64, len(sums))
	for m, v := range values {
		if !math.IsNaN(v) {
			known[m/per]++
		}
	}
	for x := range sums {
		sums[x] /= known[x]
	}
	return sums
}

func anyIn(marked []bool, per int) []bool {
	out := make([]bool, (len(marked)+per-1)/per)
	for m, yes := range marked {
		out[m/per] = out[m/per] || yes
	}
	return out
}

func not(marked []bool) []bool {
	out := make([]bool, len(marked))
	for i, yes := range marked {
		out[i] = !yes
	}
	return out
}

func tally(marked []bool) int {
	n := 0
	for _, yes := range marked {
		if yes {
			n++
		}
	}
	return n
}

// Minutes says how many minutes a column is.
func (c chart) Minutes() int { return c.Step / 60 }

// size is about how many bytes the picture takes.
func (c chart) size() int {
	n := 4000 + len(c.Need) + len(c.NeedLow) + len(c.Band) + len(c.Median)
	for i, t := range c.Tracks {
		n += len(t.Path) + len(c.Lanes[i].Path)
	}
	return n
}
