// Package report writes what a backtest found as one HTML file: pictures first,
// tables where a figure has to be read off.
//
//	err := report.Write(w, report.Report{Title: …, Policies: …, Traces: …})
//
// What holds:
//
//  1. The file stands alone: no script, font, style or picture is fetched, and
//     it says the same with scripts switched off. Scripts add reading off under
//     a pointer, leafing through days and picking out policies.
//  2. Equal reports give equal bytes.
//  3. Losses are worded as wins are: the same words in the same places. The
//     best rival is the best of all its knobs in hindsight; ours has the knob
//     that is its default.
//  4. Every text that came from outside (names, reasons, the command) is
//     escaped where it stands.
//  5. A trace takes less than 1.5 MB whatever its length: the whole span is
//     drawn in columns of several minutes, and of its days those minute by
//     minute that tell most, as far as there is room.
//  6. A report that lacks something (no story, one policy, one minute, no
//     price) is written without what cannot be shown.
//
// What callers must not assume: that the HTML has a structure to be read by
// programs (the figures are in what backtest returns), or that it stays the
// same between versions.
//
// The pictures are inline SVG of our own and not of gonum/plot: that package
// opens files and draws with fonts of a fixed size on a canvas of a fixed size,
// which on a phone comes out at 4 pixels, in one colour scheme. Here curves are
// stretched to the screen with strokes that keep their width, and what is to be
// read is text of the page at the size of the page, in its light or dark
// colours.
//
// The package is pure.
package report
