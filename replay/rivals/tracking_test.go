package rivals

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTracking holds target tracking against what AWS's guide says of it
// (Target tracking scaling policies for Amazon EC2 Auto Scaling): what is added
// is rounded up and what is removed is rounded down, so that 1.5 instances are
// 2 more or 1 less; instances that warm up are not in the metric and are in the
// capacity; nothing is removed while they do.
func TestTracking(t *testing.T) {
	missing := math.NaN()
	minute, five := time.Minute, 5*time.Minute
	tests := []struct {
		name      string
		tuning    tuning
		period    time.Duration
		instances float64
		booting   int
		samples   []float64
		want      []int
	}{
		{"1.5 more are 2", classic(0.9), five, 10, 0, []float64{57.5}, []int{12}},
		{"1.5 less are 1", classic(0.9), five, 10, 0, []float64{42.5, 42.5, 42.5}, []int{10, 10, 9}},
		{"at the target nothing happens", classic(0.9), five, 10, 0, []float64{50, 50}, []int{10, 10}},
		{"three datapoints of 60 s", classic(0.7), minute, 10, 0, []float64{60, 60, 60}, []int{10, 10, 12}},
		{"fast: one", responsive(), minute, 10, 0, []float64{60}, []int{12}},
		{"does not compound while instances boot", classic(0.7), five, 10, 2, []float64{60, 60, 60}, []int{12, 12, 12}},
		{"never lowers out", classic(0.7), five, 7, 0, []float64{51}, []int{10}},
		{"0.7 of the target is not low", classic(0.7), five, 10, 0, []float64{35, 35, 35, 34}, []int{10, 10, 10, 10}},
		{"below it for 15 minutes", classic(0.7), five, 10, 0, []float64{34, 34, 34, 20}, []int{10, 10, 7, 4}},
		{"fast: 0.9 for 5 minutes", responsive(), five, 10, 0, []float64{44}, []int{9}},
		{"nothing is removed while instances boot", classic(0.7), five, 10, 1, []float64{20, 20, 20}, []int{10, 10, 10}},
		{"never raises in", classic(0.9), five, 30, 0, []float64{40, 40, 40}, []int{10, 10, 10}},
		{"a missing datapoint starts the alarm over", classic(0.7), five, 10, 0, []float64{34, 34, missing, 34, 34, 34}, []int{10, 10, 10, 10, 10, 7}},
	}
	for _, test := range tests {
		got := feed(newTracking(50, test.tuning), test.period, test.instances, test.booting, test.samples...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestTrackingLowAlarmOfMinutes(t *testing.T) {
	tests := []struct {
		tuning tuning
		after  int
	}{{classic(0.7), 15}, {classic(0.9), 15}, {responsive(), 5}}
	for _, test := range tests {
		got := feed(newTracking(50, test.tuning), time.Minute, 10, 0, slices.Repeat([]float64{30}, 20)...)
		if first := slices.Index(got, 6) + 1; first != test.after {
			t.Errorf("%+v: 6 instances from sample %d on, want %d", test.tuning, first, test.after)
		}
	}
}
