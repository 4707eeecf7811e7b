package main

import (
	"fmt"
	"html"
	"io"
	"math"
	"strings"
	"time"
)

// canvas maps rows of a load and of a forecast to a picture.
type canvas struct {
	first, rows int     // the first row shown, and how many
	top         float64 // the value at the upper edge
}

// Sizes of the picture and its margins, in pixels.
const (
	plotWidth, plotHeight = 960, 400
	plotLeft, plotRight   = 70, 20
	plotAbove, plotBelow  = 40, 40
	// plotRows is how many rows of the load are shown at least, plotShare how
	// many for each step of the forecast.
	plotRows, plotShare = 72, 8
)

func (c canvas) x(row float64) float64 {
	return plotLeft + (row-float64(c.first))/float64(max(1, c.rows-1))*(plotWidth-plotLeft-plotRight)
}

func (c canvas) y(value float64) float64 {
	return plotHeight - plotBelow - value/c.top*(plotHeight-plotAbove-plotBelow)
}

// draw writes the end of the load and the forecast after it as SVG: bands
// between the quantiles that mirror one another, and the peak's highest
// quantile as a dashed line.
func (f *fitting) draw(w io.Writer) error {
	c, last := f.canvas(), len(f.bands.Levels)-1
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="white"/><text x="%d" y="22" font-size="14">%s: %s, %s ahead</text>`+"\n",
		plotLeft, html.EscapeString(f.verb.Trace), f.verb.Model, counted(len(f.bands.Steps), "step"))
	f.axes(&b, c)
	for j, p := range f.bands.Levels {
		if mirror := f.nearest(1 - p); p < 0.5 && math.Abs(f.bands.Levels[mirror]-(1-p)) < 1e-9 {
			fmt.Fprintf(&b, `<path d="%s" fill="#2563eb" fill-opacity="0.18"/>`+"\n", f.between(c, j, mirror))
		}
	}
	from := len(f.trace.Values)
	fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="#111"/>`+"\n", c.load(f.trace.Values))
	fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="#2563eb" stroke-width="2"/>`+"\n", c.level(f.bands.Steps, f.nearest(0.5), from))
	fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="#dc2626" stroke-dasharray="4 3"/>`+"\n", c.level(f.bands.Peaks, last, from))
	fmt.Fprintf(&b, `<text x="%d" y="22" text-anchor="end" fill="#dc2626">dashed: %g quantile of the peak so far</text>`+"\n</svg>\n",
		plotWidth-plotRight, f.bands.Levels[last])
	_, err := io.WriteString(w, b.String())
	return err
}

// canvas fits the end of the load and all of the forecast.
func (f *fitting) canvas() canvas {
	values, steps := f.trace.Values, len(f.bands.Steps)
	c := canvas{first: max(0, len(values)-max(plotRows, plotShare*steps))}
	c.rows = len(values) - c.first + steps
	for _, v := range values[c.first:] {
		if !math.IsNaN(v) {
			c.top = max(c.top, v)
		}
	}
	c.top = 1.05 * max(c.top, f.bands.Peaks[steps-1][len(f.bands.Levels)-1])
	if c.top == 0 {
		c.top = 1
	}
	return c
}

// nearest gives the column of the level closest to p.
func (f *fitting) nearest(p float64) int {
	best := 0
	for j, level := range f.bands.Levels {
		if math.Abs(level-p) < math.Abs(f.bands.Levels[best]-p) {
			best = j
		}
	}
	return best
}

// axes draws five values at the left and five instants below.
func (f *fitting) axes(b *strings.Builder, c canvas) {
	for i := range 5 {
		value := c.top * float64(i) / 4
		fmt.Fprintf(b, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%.4g</text>`+"\n",
			plotLeft, c.y(value), plotWidth-plotRight, plotLeft-6, c.y(value)+4, value)
		row := c.first + i*(c.rows-1)/4
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", min(c.x(float64(row)), plotWidth-50), plotHeight-18, f.trace.At(row).Format("Jan 2 15:04"))
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" fill="#666">UTC, every %v</text>`+"\n", plotLeft, plotHeight-4, f.trace.Period.Truncate(time.Second))
}

// load draws recorded values, broken where one is missing.
func (c canvas) load(values []float64) string {
	var path strings.Builder
	pen := "M"
	for i := c.first; i < len(values); i++ {
		if math.IsNaN(values[i]) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", pen, c.x(float64(i)), c.y(values[i]))
		pen = "L"
	}
	return path.String()
}

// level draws a column of the bands.
func (c canvas) level(rows [][]float64, column, from int) string {
	var path strings.Builder
	pen := "M"
	for h, row := range rows {
		fmt.Fprintf(&path, "%s%.1f %.1f", pen, c.x(float64(from+h)), c.y(row[column]))
		pen = "L"
	}
	return path.String()
}

// between outlines what lies between two columns of the steps.
func (f *fitting) between(c canvas, low, high int) string {
	var path strings.Builder
	path.WriteString(c.level(f.bands.Steps, high, len(f.trace.Values)))
	for h := len(f.bands.Steps) - 1; h >= 0; h-- {
		fmt.Fprintf(&path, "L%.1f %.1f", c.x(float64(len(f.trace.Values)+h)), c.y(f.bands.Steps[h][low]))
	}
	path.WriteString("z")
	return path.String()
}
