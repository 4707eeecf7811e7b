package fans

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// curves is a picture of one share by method over steps or levels.
type curves struct {
	Title, About, Unit, Across string
	Heights, Places            []drawing.Tick
	Lines                      string
	// Wanted is the area within which a method should be, and Even the line of
	// what quantiles say of themselves.
	Wanted, Even string
	Curves       []curve
}

type curve struct{ Class, Name, Path, Dots string }

// reliability draws how often what was said came true: by level, and by step.
func reliability(r Report) []curves {
	levels := evaluation.Levels()
	at95 := slices.Index(levels, 0.95)
	byLevel := curves{Title: "By quantile", Unit: "points", Across: "quantile",
		About: "Share of values at or below each quantile, less its level, in percentage points; above 0 more values than it says."}
	names := make([]string, len(levels))
	for j, p := range levels {
		names[j] = strconv.FormatFloat(100*p, 'g', 3, 64) + "%"
	}
	by := make([]string, r.Horizon)
	for h := range by {
		by[h] = strconv.Itoa(h + 1)
	}
	band := curves{Title: "The band of 80 % by step", Unit: "%", Across: "steps ahead", About: "Share of values within the central 80 %, by how many steps ahead they were forecast."}
	peak := curves{Title: "The peak's 95 % by step", Unit: "%", Across: "steps ahead", About: "Share of origins whose highest value up to a step is at or below the 95 % quantile that was said of it; by that capacity is chosen."}
	var off, in, peaks [][]float64
	var methods []string
	drawn := slices.Clone(r.Methods)
	// What is drawn last lies on top.
	slices.SortStableFunc(drawn, func(x, y Method) int {
		return order(x.Summary.Method, r.Pictured) - order(y.Summary.Method, r.Pictured)
	})
	for _, m := range drawn {
		c := m.Mean.Coverage
		if c == nil {
			continue
		}
		methods = append(methods, m.Summary.Method)
		row := c.Levels()
		for j := range row {
			row[j] = 100 * (row[j] - levels[j])
		}
		off, in = append(off, row), append(in, percents(c.Cov80))
		var tops []float64
		for _, below := range c.PeaksBelow {
			tops = append(tops, 100*below[at95])
		}
		peaks = append(peaks, tops)
	}
	if len(methods) == 0 {
		return nil
	}
	byLevel.draw(methods, off, names, target{0, 1})
	band.draw(methods, in, by, target{80, 1})
	peak.draw(methods, peaks, by, target{95, 1})
	return []curves{byLevel, band, peak}
}

func percents(shares []float64) []float64 {
	out := make([]float64, len(shares))
	for i, x := range shares {
		out[i] = 100 * x
	}
	return out
}

// target is what a share should be, and by how much it may be off.
type target struct{ value, off float64 }

// draw draws a row of values for each method; one without values is left out.
func (c *curves) draw(methods []string, rows [][]float64, places []string, want target) {
	least, most := span(append(slices.Concat(rows...), want.value-2*want.off, want.value+2*want.off))
	step := drawing.NiceStep(most-least, 5)
	p := drawing.Plane{Low: math.Floor(least/step) * step, Top: math.Ceil(most/step) * step}
	c.Heights, c.Lines = p.Heights(drawing.Grid, 0)
	n := len(places)
	x := func(i int) int { return drawing.Grid * (2*i + 1) / (2 * n) }
	for i, name := range places {
		if every := (n + 11) / 12; i%every == 0 {
			c.Places = append(c.Places, drawing.Tick{At: drawing.At(float64(x(i)), drawing.Grid), Text: name, Minor: n > 8 && i%2 == 1})
		}
	}
	high, low := p.Y(want.value+want.off), p.Y(want.value-want.off)
	c.Wanted = fmt.Sprintf("M0 %dH%dV%dH0z", high, drawing.Grid, low)
	c.Even = fmt.Sprintf("M0 %dH%d", p.Y(want.value), drawing.Grid)
	for k, row := range rows {
		if len(row) == 0 {
			continue
		}
		one := curve{Class: classOf(methods[k]), Name: methods[k]}
		pen := "M"
		for i, v := range row {
			one.Path += fmt.Sprintf("%s%d %d", pen, x(i), p.Y(v))
			one.Dots += fmt.Sprintf("M%d %dh0", x(i), p.Y(v))
			pen = "L"
		}
		c.Curves = append(c.Curves, one)
	}
}
