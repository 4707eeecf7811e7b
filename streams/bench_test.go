package streams_test

import (
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// BenchmarkDecode reads bodies of the size that the timeline carries: a
// forecast has two tables of 12 steps by 7 levels.
func BenchmarkDecode(b *testing.B) {
	for _, ev := range []streams.Event{wideForecast(), exampleMetric(), exampleGroup(), exampleDecision()} {
		body, err := streams.Encode(ev)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(ev.Kind()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := streams.DecodeKind(ev.Kind(), body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEncode writes the same.
func BenchmarkEncode(b *testing.B) {
	for _, ev := range []streams.Event{wideForecast(), exampleMetric(), exampleGroup(), exampleDecision()} {
		b.Run(string(ev.Kind()), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := streams.Encode(ev); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestValidateIsFree holds that checking an event costs no formatting where no
// rule is broken: one allocation for the value, one for the checker.
func TestValidateIsFree(t *testing.T) {
	f := wideForecast()
	if n := testing.AllocsPerRun(100, func() { _ = streams.Validate(f) }); n > 2 {
		t.Errorf("want at most 2 allocations, got %v", n)
	}
}

func wideForecast() streams.Forecast {
	f := exampleForecast()
	f.Levels = []float64{0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95}
	f.Score.Coverage = f.Levels
	f.Quantiles, f.Peak = nil, nil
	for h := range 12 {
		var row []float64
		for j := range f.Levels {
			row = append(row, 700.123456789+3.1*float64(h)+17.7*float64(j))
		}
		f.Quantiles, f.Peak = append(f.Quantiles, row), append(f.Peak, row)
	}
	return f
}
