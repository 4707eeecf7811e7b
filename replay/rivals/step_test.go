package rivals

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStep(t *testing.T) {
	missing := math.NaN()
	minute, five := time.Minute, 5*time.Minute
	tests := []struct {
		name      string
		period    time.Duration
		instances float64
		booting   int
		samples   []float64
		want      []int
	}{
		{"at the target nothing happens", five, 10, 0, []float64{70, 70}, []int{10, 10}},
		{"one datapoint of 300 s is enough", five, 10, 0, []float64{70.1}, []int{11}},
		{"two datapoints of 60 s", minute, 10, 0, []float64{71, 71}, []int{10, 11}},
		{"ten points above is the second step", five, 10, 0, []float64{80}, []int{12}},
		{"twenty points above is the third", five, 10, 0, []float64{90}, []int{14}},
		{"counts from the sample, not from what was asked for", five, 10, 4, []float64{90, 90}, []int{14, 14}},
		{"never lowers", five, 7, 0, []float64{75}, []int{10}},
		{"the mean of the sample is rounded", five, 10.6, 0, []float64{75}, []int{12}},
		{"two low datapoints of 300 s, then at every one", five, 10, 0, []float64{34, 34, 34}, []int{10, 9, 8}},
		{"half the target is not low", five, 10, 0, []float64{35, 35, 35}, []int{10, 10, 10}},
		{"nothing is removed while instances boot", five, 10, 1, []float64{34, 34}, []int{10, 10}},
		{"a missing datapoint starts the alarm over", five, 10, 0, []float64{34, missing, 34, 34}, []int{10, 10, 10, 9}},
		{"so for the high alarm", minute, 10, 0, []float64{75, missing, 75, 75}, []int{10, 10, 10, 11}},
	}
	for _, test := range tests {
		got := feed(NewStep(70), test.period, test.instances, test.booting, test.samples...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestStepLowAlarmOfMinutes(t *testing.T) {
	low := []float64{20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20}
	want := []int{10, 10, 10, 10, 10, 10, 10, 10, 10, 9, 8}
	if diff := cmp.Diff(want, feed(NewStep(70), time.Minute, 10, 0, low...)); diff != "" {
		t.Errorf("ten minutes below (-want +got):\n%s", diff)
	}
}

// TestStepPercent follows the example in AWS's guide (Step and simple scaling
// policies for Amazon EC2 Auto Scaling, "Step adjustments"): a threshold of 50,
// a change in percent of 0, +10 and +30, and 10 instances. At 60 there are 11
// asked for, and at 70, once those are in service, 14: 30 % of 11, 3.3, rounded
// down.
func TestStepPercent(t *testing.T) {
	example := steps{share: 0.8, out: [3]int{0, 10, 30}, in: -10, percent: true}
	tests := []struct {
		name        string
		instances   float64
		utilization float64
		want        int
	}{
		{"50 to 60 changes nothing", 10, 59, 10},
		{"60 adds 10 % of 10", 10, 60, 11},
		{"70 adds 30 % of 11", 11, 70, 14},
	}
	for _, test := range tests {
		got := feed(newStep(50, example), 5*time.Minute, test.instances, 0, test.utilization)
		if diff := cmp.Diff([]int{test.want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	out := newStep(70, inPercent(0.5))
	if diff := cmp.Diff([]int{11, 12, 14}, feed(out, 5*time.Minute, 10, 0, 75, 80, 90)); diff != "" {
		t.Errorf("ours: +10, +20, +40 %% (-want +got):\n%s", diff)
	}
	in := newStep(70, inPercent(0.5))
	if diff := cmp.Diff([]int{10, 9, 8}, feed(in, 5*time.Minute, 10, 0, 20, 20, 20)); diff != "" {
		t.Errorf("ours: -10 %%, one at least (-want +got):\n%s", diff)
	}
}

// TestPercentOf holds the rounding against the examples of the same guide,
// "Scaling adjustment types": 12.7 is 12, .67 is 1, -.58 is -1, -6.67 is -6,
// and 10 % of 10 instances is 1.
func TestPercentOf(t *testing.T) {
	tests := []struct{ capacity, percent, want int }{
		{127, 10, 12}, {67, 1, 1}, {58, -1, -1}, {667, -1, -6}, {10, 10, 1}, {10, 0, 0}, {14, -10, -1}, {13, -30, -3},
	}
	for _, test := range tests {
		if got := percentOf(test.capacity, test.percent); got != test.want {
			t.Errorf("%d %% of %d: got %d, want %d", test.percent, test.capacity, got, test.want)
		}
	}
}

func TestStepLowAlarmAtEightTenths(t *testing.T) {
	got := feed(newStep(70, inInstances(0.8)), 5*time.Minute, 10, 0, 56, 56, 55, 55)
	if diff := cmp.Diff([]int{10, 10, 10, 9}, got); diff != "" {
		t.Errorf("below 56 for ten minutes (-want +got):\n%s", diff)
	}
}
