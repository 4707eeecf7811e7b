package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress is a bar on a terminal, and nothing otherwise.
type progress struct{ bar *progressbar.ProgressBar }

// newProgress starts a bar over total steps; -1 where the total is unknown.
func newProgress(w io.Writer, total int64, what string) progress {
	return newBar(w, total, what, progressbar.OptionShowCount())
}

// newShare starts a bar over work whose measure means nothing to people.
func newShare(w io.Writer, total int64, what string) progress { return newBar(w, total, what) }

func newBar(w io.Writer, total int64, what string, more ...progressbar.Option) progress {
	if !isTerminal(w) {
		return progress{}
	}
	options := []progressbar.Option{
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what), progressbar.OptionSetWidth(40),
		progressbar.OptionSetPredictTime(total > 0), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100 * time.Millisecond),
	}
	return progress{progressbar.NewOptions64(total, append(options, more...)...)}
}

// The bar's errors are those of the terminal that it is drawn on: nothing to
// be done about them.

func (p progress) add(n int) {
	if p.bar != nil {
		_ = p.bar.Add(n)
	}
}

func (p progress) set(n int64) {
	if p.bar != nil {
		_ = p.bar.Set64(n)
	}
}

func (p progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
