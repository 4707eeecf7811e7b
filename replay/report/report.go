package report

import (
	_ "embed"
	"io"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// Report is what is shown of a backtest.
type Report struct {
	// Title heads the page; what it is of where it is empty.
	Title string
	// Command is the command line that makes the same report again.
	Command string
	// Version is that of the binary.
	Version string
	// Settings are the world that every policy lived in.
	Settings backtest.Settings
	// Price is that of an instance-hour, in dollars; 0 leaves dollars out.
	Price float64
	// Assumed says that nobody named the price, so that the page names it as
	// the assumption that it is.
	Assumed bool
	// Weights are what a violated minute is worth, in instance-hours. The first
	// is the headline; 8 and 2 where there is none.
	Weights []float64
	// Policies says how the policies of the runs are called, and in which order
	// they are listed. One that is not here is called by its name; "ours" and
	// what begins with "ours-" are then ours, "oracle" a bound, all others
	// rivals.
	Policies []Policy
	// Incumbent names the rival that somebody would have without doing
	// anything, at its default knob; empty where there is none.
	Incumbent string
	Traces    []Trace
	Figures   []Figure
}

// Trace is what was found on one load.
type Trace struct {
	Case backtest.Case
	// Notes are sentences to show with it, such as a warning that it is small
	// enough for whole instances to decide.
	Notes []string
	// Runs are the scores of every policy at every knob that was tried.
	Runs []backtest.Run
	// Stories are the runs to draw: ours and one or two rivals; more are left
	// out. They lived through the same minutes.
	Stories []backtest.Story
}

// Role is what a policy is to the comparison.
type Role int

// The roles.
const (
	// Rival is what ours is compared with.
	Rival Role = iota
	// Ours is the policy that is judged.
	Ours
	// Variant is ours with another forecast: what comes from the policy and
	// what from the model.
	Variant
	// Bound knows the future, and is no rival.
	Bound
)

// Policy says how a policy is called.
type Policy struct {
	// Name is that of backtest.Run.
	Name string
	// Label is the name for people, in lower case: "target tracking .7"; where
	// it is empty, that which is known.
	Label string
	Role  Role
	// About says in a sentence what it does; where it is empty, what is known of
	// it.
	About string
	// Emulation marks a policy whose original is not public.
	Emulation bool
	// Knob names what is swept, "target utilization", and Unit its unit: "%",
	// "×". A policy without a knob has neither.
	Knob, Unit string
	// Default is the knob that the policy is published with; for ours the one
	// that was set beforehand.
	Default float64
}

// Standing is how a figure that was reached stands to what was wanted.
type Standing int

// The standings.
const (
	// Unjudged is a figure that is only reported.
	Unjudged Standing = iota
	// Missed is short of what it must be.
	Missed
	// Passed is what it must be, and short of the aim.
	Passed
	// Aimed is what was aimed at.
	Aimed
)

// Figure is one row of what was to be reached. The numbers are words, with
// their units.
type Figure struct {
	Name                     string
	Must, Aim, Reached, Note string
	Standing                 Standing
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
