package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// bar is a day in the row of days.
type bar struct {
	Left, Width, Top, Height string // of the picture
	ID                       string // of the day drawn; empty where it is not
	Win                      bool
	Text                     string
	Named                    bool
}

// gains is the row of days: what ours gains on the first rival in each.
type gains struct {
	Against string
	Class   string
	Bars    []bar
	Heights []drawing.Tick
	Zero    string
	Lines   string
	Times   []drawing.Tick
	Won, Of int
	Sum     string
}

// row draws the days as bars, up where ours is cheaper than the first rival;
// nil where there is no rival or a single day.
func (s *span) row(c calendar, prefix string, drawn []int) *gains {
	if len(s.tracks) < 2 || len(c.days) < 2 {
		return nil
	}
	rival := s.tracks[1]
	g := &gains{Against: rival.tag, Class: rival.class, Times: drawing.Clock(s.from, len(s.need))}
	top, whole := g.axis(c)
	total, sum := float64(len(s.need)), 0.0
	for i, d := range c.days {
		v := d.gain()
		sum += v
		one := bar{
			Left: drawing.At(float64(d.i), total), Width: drawing.At(float64(d.j-d.i), total),
			Top: drawing.At(top-math.Max(v, 0), whole), Height: drawing.At(math.Abs(v), whole), Win: v >= 0,
			Text:  fmt.Sprintf("%s: %s", s.at(d.i).Format(longDayForm), gained(v)),
			Named: d.title != "",
		}
		if v > 0 {
			g.Won++
		}
		if d.scored > 0 {
			g.Of++
		}
		if slices.Contains(drawn, i) {
			one.ID = prefix + s.at(d.i).Format("20060102")
		}
		g.Bars = append(g.Bars, one)
	}
	g.Sum = gained(sum)
	return g
}

// axis labels the gains; top is its upper end, and whole its height, in
// instance-hours.
func (g *gains) axis(c calendar) (top, whole float64) {
	most, least := 0.0, 0.0
	for _, d := range c.days {
		most, least = math.Max(most, d.gain()), math.Min(least, d.gain())
	}
	step := drawing.NiceStep(math.Max(most-least, 1), 4)
	top, bottom := math.Ceil(most/step)*step, math.Floor(least/step)*step
	if top == bottom {
		top = step
	}
	whole = top - bottom
	for v := bottom; v <= top+step/2; v += step {
		g.Heights = append(g.Heights, drawing.Tick{At: drawing.At(top-v, whole), Text: signed(v)})
		g.Lines += "M0 " + strconv.Itoa(int(math.Round(drawing.Grid*(top-v)/whole))) + "h1000"
	}
	g.Zero = drawing.At(top, whole)
	return top, whole
}

func gained(v float64) string {
	if v < 0 {
		return hours(-v) + " dearer"
	}
	return hours(v) + " cheaper"
}

func signed(v float64) string {
	if v > 0 {
		return "+" + drawing.Number(v)
	}
	return drawing.Number(v)
}
