package lstm

import (
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// thirteen are the levels that a policy has by default.
func thirteen() []float64 {
	return []float64{0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.998, 0.999, 0.9995}
}

// BenchmarkBin folds a bin of 5 minutes in and forecasts twelve steps after it.
func BenchmarkBin(b *testing.B) {
	w, err := NewWeights(64, 1)
	if err != nil {
		b.Fatal(err)
	}
	c := config(b, 5*time.Minute, steps)
	c.Levels = thirteen()
	m := New(c, w)
	values := waves(22*288, 288, 1)
	past := grow(m, c.Grid, values, func(*model.History) {})
	bands := model.NewBands(c.Levels, steps)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		past.Append(past.Newest()+1, values[i%len(values)], 1)
		m.Observe(past)
		m.Forecast(past, nil, bands)
	}
}

// BenchmarkTail forecasts after a tail of two bins.
func BenchmarkTail(b *testing.B) {
	w, err := NewWeights(64, 1)
	if err != nil {
		b.Fatal(err)
	}
	c := config(b, 5*time.Minute, steps)
	c.Levels = thirteen()
	m := New(c, w)
	past := grow(m, c.Grid, waves(8*288, 288, 1), func(*model.History) {})
	bands, tail := model.NewBands(c.Levels, steps), []float64{100, 90}
	b.ReportAllocs()
	for b.Loop() {
		m.Forecast(past, tail, bands)
	}
}

// BenchmarkGauge follows a load and looks, without a network.
func BenchmarkGauge(b *testing.B) {
	only := newTrack(seriesOf(b, "s", 5*time.Minute, waves(20*288, 288, 1)), 0, steps)
	only.measure()
	w := only.walkFrom(10*288, 0)
	s := newSight(steps)
	b.ReportAllocs()
	for b.Loop() {
		if w.next == len(only.values) {
			w = only.walkFrom(10*288, 0)
		}
		w.step(&s)
	}
}

// BenchmarkEstimation trains on 20 days of 5 minutes with 20 mini-batches.
func BenchmarkEstimation(b *testing.B) {
	w, err := NewWeights(64, 1)
	if err != nil {
		b.Fatal(err)
	}
	c := config(b, 5*time.Minute, steps)
	c.Training = 20
	m := New(c, w).(*Model)
	past := grow(m, c.Grid, waves(20*288, 288, 1), func(*model.History) {})
	for b.Loop() {
		m.Estimation(past, past.Newest())(model.InLine)
	}
}

// BenchmarkTrain runs a mini-batch of the usual training.
func BenchmarkTrain(b *testing.B) {
	d := Data{Series: []Series{seriesOf(b, "s", 5*time.Minute, waves(30*288, 288, 1))}}
	o := DefaultOptions()
	o.Epochs = mostEpochs
	t, err := NewTrainer(d, o, model.InLine)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		t.state.Batch %= 1000
		t.Step()
	}
}
