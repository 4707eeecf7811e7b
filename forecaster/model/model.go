package model

// Config is what a model must know of the series before its first bin.
type Config struct {
	Grid Grid
	// Horizon is the most steps that will be asked for, at least 1.
	Horizon int
	// Levels are the quantile levels that will be asked for, rising within
	// (0, 1).
	Levels []float64
	// Seed tells the series from others wherever a model draws at random.
	Seed uint64
	// Training is the number of mini-batches that an estimation may train a
	// network on, 0 for none.
	Training int
}

// Model forecasts one series, bin by bin.
type Model interface {
	// Observe folds in the newest bin of past, which was just appended. It is
	// called once for each bin, gaps included, in order.
	Observe(past *History)
	// Forecast writes what the model expects of the bins after the tail into
	// every row of dst. The tail holds the bins after the newest of past that
	// have not settled, NaN where one is missing. It reports false, and leaves
	// dst unspecified, where the model cannot say anything yet. It panics
	// where dst has more rows than the configured horizon.
	Forecast(past *History, tail []float64, dst *Bands) bool
	// Warm says whether past is long enough for the quantiles to mean what
	// they say.
	Warm(past *History) bool
	// Snapshot appends to b what Restore needs beside the history.
	Snapshot(b []byte) []byte
	// Restore gives a model that was just made the state that a Snapshot was
	// taken from, when past stood as it stands now. An empty snapshot is one
	// of a model whose state follows from the window.
	Restore(past *History, snapshot []byte) error
}

// Build brings a model that was just made to the end of a history by letting
// it observe every bin of the window.
func Build(m Model, past *History) { past.Replay(m.Observe) }
