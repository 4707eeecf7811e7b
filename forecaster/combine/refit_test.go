package combine

import (
	"bytes"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
)

// TestEstimationIsGivenUp asks to stop at each of its tasks: nothing comes of it,
// and what the model is does not change.
func TestEstimationIsGivenUp(t *testing.T) {
	c := model.Config{Grid: modeltest.Grid(t, 3600e9), Horizon: 4, Levels: modeltest.Levels()}
	m := New(c, []Part{{"a", modeltest.NewMean(c)}, {"b", modeltest.NewMean(c)}})
	past := modeltest.Fold(m, c.Grid, 10*24, func(i int) float64 { return float64(i % 24) })
	before, e := m.Snapshot(nil), m.Estimation(past, past.Newest())
	tasks := 0
	whole, ok := e.Unless(func() bool { tasks++; return false }, model.InLine)
	if !ok || len(whole) == 0 || tasks < 4*10 {
		t.Fatalf("want an estimate of both parts, got %d bytes after %d tasks", len(whole), tasks)
	}
	for at := range tasks {
		asked := 0
		if got, ok := e.Unless(func() bool { asked++; return asked > at }, model.InLine); ok || got != nil {
			t.Fatalf("stopped at task %d: got %d bytes", at, len(got))
		}
	}
	if !bytes.Equal(before, m.Snapshot(nil)) {
		t.Error("the model changed")
	}
}
