package fans

import (
	_ "embed"
	"io"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// Report is what is shown of an evaluation.
type Report struct {
	// Title heads the page; what it is of where it is empty.
	Title string
	// Command is the command line that makes the same report again, and Version
	// that of the binary.
	Command, Version string
	// Horizon is how many steps were forecast.
	Horizon int
	// Pictured names the method that the fans are of.
	Pictured string
	// Notes are sentences to show at the top.
	Notes []string
	// Methods are in the order in which they are listed.
	Methods   []Method
	Contrasts []evaluation.Contrast
	Series    []Series
}

// Method is what one method reached on all series.
type Method struct {
	evaluation.Summary
	// Cold sums up its first days; its Series is 0 where there are none.
	Cold evaluation.ColdSummary
	// Seconds are those of a core that it took.
	Seconds float64
}

// Series is what is shown of one series.
type Series struct {
	// ID names it, and Set the data set that it is of, if any.
	ID, Set string
	// Test has its values after the first history, from Start on, one a Period.
	Start  time.Time
	Period time.Duration
	Test   []float64
	Scores []Score
	// Fan is the stretch that is drawn large, From where in Test it begins, Close
	// a part of it with single forecasts, and Cold the first day. Nil where there
	// is none.
	Fan   *Fan
	From  int
	Close *Fan
	Cold  *Fan
	// Mix is nil where nothing was combined.
	Mix *Mix
}

// Score is what a method reached on a series.
type Score struct {
	Method string
	// Pinball and MASE are relative to seasonal naive by day; NaN is left out.
	Pinball, MASE float64
	// The shares of values within the central 80 %, above the 0.99 quantile, and
	// of peaks at or below their 0.95 quantile.
	Cov80, Exceed99, Peak95 float64
	// ColdPinball is relative to the last value with a rolling variance, Cold80
	// the coverage of the 80 % band, both on the first day.
	ColdPinball, Cold80 float64
}

// Fan is a stretch of a series with what was forecast of it.
type Fan struct {
	// Start is when the first value begins.
	Start  time.Time
	Period time.Duration
	// Lead is how many steps before each value the quantiles of Ahead were
	// forecast.
	Lead   int
	Values []float64
	// Ahead has a row a value, the quantiles at evaluation.Levels; nil where
	// nothing was forecast. It may be nil as a whole.
	Ahead [][]float64
	// Singles are forecasts of several steps from one origin.
	Singles []Single
}

// Single is one forecast: a row of quantiles a step, of the values from At on.
type Single struct {
	At    int
	Steps [][]float64
}

// Mix is what the parts of a combination weighed over time.
type Mix struct {
	Start time.Time
	Every time.Duration
	Parts []string
	// Shares has a row an instant and a column a part; a row sums to 1.
	Shares [][]float64
}

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// Write writes the report as one HTML file.
func Write(w io.Writer, r Report) error {
	p := newPage(r)
	return drawing.Page{HTML: pageHTML, CSS: pageCSS, JS: pageJS}.Write(w, p.Title, p)
}
