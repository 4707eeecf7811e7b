package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// print writes what was fitted, how it did, and what it forecasts.
func (f *fitting) print(w io.Writer) {
	values := f.trace.Values
	days := float64(len(values)) * f.trace.Period.Hours() / 24
	fmt.Fprintf(w, "%s: %d values, one every %v, %s to %s (%.1f days); %d missing\n", f.verb.Trace, f.trace.Recorded(), f.trace.Period,
		f.trace.Start.Format(time.RFC3339), f.trace.End().Format(time.RFC3339), days, len(values)-f.trace.Recorded())
	kept := ""
	if f.past.Len() < len(values) {
		kept = fmt.Sprintf(", on the last %d days", model.Days)
	}
	fmt.Fprintf(w, "%s: fitted in %.2f s%s\n", f.verb.Model, f.seconds, kept)
	f.describe(w)
	if !f.warm {
		fmt.Fprintf(w, "It has seen too little for its quantiles to mean what they say.\n")
	}
	if t := f.trial; t != nil {
		fmt.Fprintf(w, "Tried on the last %.4g hours, not fitted on them: mean absolute error %.4g (repeating the day before: %.4g),\n"+
			"%.1f %% of values within the central 80 %%, %.1f %% within 95 %%, %.1f %% above the 0.99 quantile (of peaks %.1f %%)\n",
			t.Hours, t.Error, t.Repeated, 100*t.Cov80, 100*t.Cov95, 100*t.Exceed99, 100*t.PeakExceed99)
	}
	f.printBands(w, "step", f.bands.Steps)
	f.printBands(w, "peak to", f.bands.Peaks)
}

func (f *fitting) printBands(w io.Writer, what string, rows [][]float64) {
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s\tbegins\t", what)
	for _, p := range f.bands.Levels {
		fmt.Fprintf(t, "q%g\t", p)
	}
	fmt.Fprintln(t)
	for h, row := range rows {
		fmt.Fprintf(t, "%d\t%s\t", h+1, f.begin(h).Format(time.RFC3339))
		for _, q := range row {
			fmt.Fprintf(t, "%.5g\t", q)
		}
		fmt.Fprintln(t)
	}
	// What it writes to reports its own errors.
	_ = t.Flush()
}

// begin gives when the period of a row of the bands begins.
func (f *fitting) begin(h int) time.Time { return f.trace.At(len(f.trace.Values) + h) }

type (
	fittingJSON struct {
		Trace   string     `json:"trace"`
		Model   string     `json:"model"`
		Period  float64    `json:"period_s"`
		Start   time.Time  `json:"start"`
		End     time.Time  `json:"end"`
		Values  int        `json:"values"`
		Missing int        `json:"missing"`
		Warm    bool       `json:"warm"`
		Seconds float64    `json:"fit_s"`
		HeldOut *tryout    `json:"held_out,omitempty"`
		Found   *foundJSON `json:"estimate,omitempty"`
		// Parts has the weights of what the model combines, by name.
		Parts  map[string]float64 `json:"parts,omitempty"`
		Levels []float64          `json:"levels"`
		Steps  []stepJSON         `json:"steps"`
	}
	// stepJSON has the quantiles of a step, and of the highest of all steps up
	// to it, one a level.
	stepJSON struct {
		Begins    time.Time `json:"begins"`
		Quantiles []float64 `json:"quantiles"`
		Peak      []float64 `json:"peak"`
	}
)

func (f *fitting) json() fittingJSON {
	out := fittingJSON{
		Trace: f.verb.Trace, Model: f.verb.Model, Period: f.trace.Period.Seconds(), Start: f.trace.Start, End: f.trace.End(),
		Values: f.trace.Recorded(), Missing: len(f.trace.Values) - f.trace.Recorded(), Warm: f.warm, Seconds: f.seconds,
		HeldOut: f.trial, Found: f.foundJSON(), Parts: f.parts(), Levels: f.bands.Levels,
	}
	for h, row := range f.bands.Steps {
		out.Steps = append(out.Steps, stepJSON{f.begin(h), row, f.bands.Peaks[h]})
	}
	return out
}

// write writes the files that were asked for.
func (f *fitting) write() error {
	if f.verb.JSON != "" {
		if err := writeJSON(f.verb.JSON, f.json()); err != nil {
			return err
		}
	}
	if f.verb.Plot == "" {
		return nil
	}
	return writeFile(f.verb.Plot, f.draw)
}
