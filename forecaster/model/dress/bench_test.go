package dress

import (
	"fmt"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

func grown(horizon, perDay int) (*Dresser, []float64, []float64) {
	d := New([]float64{0.025, 0.1, 0.5, 0.9, 0.95, 0.975, 0.99}, horizon, perDay)
	forecast := flat(100, 10, horizon)
	follow(d, noise(31, 2*perDay, 100, 10), forecast, func(int) {})
	points, se := forecast(0)
	return d, points, se
}

func TestDoesNotAllocate(t *testing.T) {
	d, points, se := grown(30, 288)
	b := model.NewBands(d.levels, 30)
	bin := int64(2 * 288)
	if n := testing.AllocsPerRun(100, func() {
		d.Judge(bin, 110)
		d.Issue(bin, points, se)
		d.Bands(bin, points, se, b)
		bin++
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkJudgeAndIssue(b *testing.B) {
	for _, horizon := range []int{12, 64} {
		b.Run(fmt.Sprint(horizon), func(b *testing.B) {
			d, points, se := grown(horizon, 288)
			bin := int64(2 * 288)
			b.ReportAllocs()
			for b.Loop() {
				d.Judge(bin, float64(90+bin%20))
				d.Issue(bin, points, se)
				bin++
			}
			b.ReportMetric(float64(d.Size()), "bytes")
		})
	}
}

func BenchmarkBands(b *testing.B) {
	for _, horizon := range []int{12, 64, 600} {
		b.Run(fmt.Sprint(horizon), func(b *testing.B) {
			d, points, se := grown(horizon, 288)
			bands := model.NewBands(d.levels, horizon)
			b.ReportAllocs()
			for b.Loop() {
				d.Bands(2*288, points, se, bands)
			}
		})
	}
}
