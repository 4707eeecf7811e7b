package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// curves draws every policy over its knobs.
func (f *frontier) curves(b *book, s scaleXY, runs []backtest.Run) {
	for _, p := range b.fromBelow() {
		points := sweep(runs, p.Name)
		if len(points) == 0 {
			continue
		}
		c := curve{Name: p.Name, Class: b.class(p.Name), Label: p.Label}
		var line, dots strings.Builder
		var knobs, hours, minutes []string
		last := ""
		broken := true
		for _, r := range points {
			if !s.holds(r) {
				broken = true
				continue
			}
			at := s.point(r.Score.InstanceHours, float64(r.Score.Violations))
			if at == last && !broken {
				continue
			}
			knobs = append(knobs, short(r.Knob))
			hours = append(hours, strconv.Itoa(int(math.Round(r.Score.InstanceHours))))
			minutes = append(minutes, strconv.Itoa(r.Score.Violations))
			if broken {
				line.WriteString("M" + at)
			} else {
				line.WriteString("L" + at)
			}
			dots.WriteString("M" + at + "h0")
			last, broken = at, false
		}
		c.Line, c.Dots = line.String(), dots.String()
		c.Knobs, c.Hours, c.Minutes = strings.Join(knobs, " "), strings.Join(hours, " "), strings.Join(minutes, " ")
		f.Curves = append(f.Curves, c)
	}
}

// sweep gives the runs of a policy by rising knob.
func sweep(runs []backtest.Run, name string) []backtest.Run {
	var out []backtest.Run
	for _, r := range runs {
		if r.Policy == name {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b backtest.Run) int { return cmp.Compare(a.Knob, b.Knob) })
	return out
}

// The picture of the frontier on a phone, in points: what marks must not
// overlap on.
const (
	phoneWide, phoneHigh = 280.0, 340.0
	markHigh             = 19.0
)

// mark puts a mark where each policy is at its default knob, moved aside where
// another one is, and lists them.
func (f *frontier) mark(b *book, s scaleXY, runs []backtest.Run) {
	var placed []box
	rivals := 0
	for _, p := range b.policies {
		if len(sweep(runs, p.Name)) == 0 {
			continue
		}
		text := strings.TrimPrefix(p.Name, "ours-")
		if p.Role == Rival {
			rivals++
			text = strconv.Itoa(rivals)
		}
		row := legend{Class: b.class(p.Name), Mark: text, Name: p.Name, Label: p.Label, Emulation: p.Emulation}
		r, ok := b.atDefault(runs, p.Name)
		if ok {
			row.Default = b.setting(r)
			row.Figures = fmt.Sprintf("%s%sviolation min, %s%sinstance\u2011h",
				drawing.Thousands(int64(r.Score.Violations)), nb, drawing.Number(r.Score.InstanceHours), nb)
		}
		f.Rows = append(f.Rows, row)
		if !ok || !s.holds(r) {
			continue
		}
		x, y := phoneWide*s.x(r.Score.InstanceHours), phoneHigh*s.y(float64(r.Score.Violations))
		at := settle(placed, box{x, y, markWide(text)})
		placed = append(placed, at)
		if at.x != x || at.y != y {
			f.Leaders += "M" + s.point(r.Score.InstanceHours, float64(r.Score.Violations)) +
				"L" + strconv.Itoa(int(drawing.Grid*at.x/phoneWide)) + " " + strconv.Itoa(int(drawing.Grid*at.y/phoneHigh))
		}
		f.Marks = append(f.Marks, mark{
			Class: row.Class, Text: text, Name: p.Name,
			Title: b.phrase(p.Name, r.Knob) + ": " + row.Figures,
			Left:  atPercent(at.x / phoneWide), Top: atPercent(at.y / phoneHigh),
			Wide: len(text) > 2,
		})
	}
}

func atPercent(share float64) string { return drawing.At(share, 1) }

// box is a mark on a phone, by its centre.
type box struct{ x, y, wide float64 }

func markWide(text string) float64 {
	if len(text) <= 2 {
		return markHigh
	}
	return 16 + 6.6*float64(len(text))
}

func (a box) overlaps(b box) bool {
	return math.Abs(a.x-b.x) < (a.wide+b.wide)/2+1 && math.Abs(a.y-b.y) < markHigh+1
}

func (a box) inside() bool {
	return a.x >= a.wide/2 && a.x <= phoneWide-a.wide/2 && a.y >= markHigh/2 && a.y <= phoneHigh-markHigh/2
}

// settle moves a mark to the nearest free place; where there is none at all it
// stays.
func settle(placed []box, own box) box {
	free := func(b box) bool {
		return b.inside() && !slices.ContainsFunc(placed, b.overlaps)
	}
	own.x = math.Max(own.wide/2, math.Min(own.x, phoneWide-own.wide/2))
	own.y = math.Max(markHigh/2, math.Min(own.y, phoneHigh-markHigh/2))
	if free(own) {
		return own
	}
	const pace = 7
	best, least := own, math.Inf(1)
	for x := own.wide / 2; x <= phoneWide-own.wide/2; x += pace {
		for y := markHigh / 2; y <= phoneHigh-markHigh/2; y += pace {
			b := box{x, y, own.wide}
			if d := math.Hypot(x-own.x, y-own.y); d < least && free(b) {
				best, least = b, d
			}
		}
	}
	return best
}
