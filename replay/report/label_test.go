package report

import (
	"testing"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// Ours on a model is called by what people call the model.
func TestLabelOfModels(t *testing.T) {
	for policy, want := range map[string]string{
		"ours-arima":     "ours on the ARIMA forecast",
		"ours-stl_arima": "ours on the STL+ARIMA forecast",
		"ours-naive":     "ours on the naive forecast",
		"ours-lstm":      "ours on the LSTM forecast",
		"ours-combined":  "ours on the combined forecast",
		"ours-unknown":   "ours-unknown",
	} {
		if got := labelOf(policy); got != want {
			t.Errorf("%s: got %q, want %q", policy, got, want)
		}
	}
	for _, policy := range backtest.Names() {
		if model, ok := backtest.ModelOf(policy); ok && (aboutOf(policy) == "" || aboutModel(model) == model && model != "naive") {
			t.Errorf("%s is said to be %q", policy, aboutOf(policy))
		}
	}
}
