package fleet

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestMeter measures two minutes, served by 4 and then by 5 instances.
func TestMeter(t *testing.T) {
	tests := []struct {
		name    string
		meter   Meter
		demand  float64
		booting int
		want    Sample
	}{
		{"idle", Meter{}, 0, 0, Sample{Utilization: 0, Load: 0}},
		{"half", Meter{}, 2, 0, Sample{Utilization: (50 + 40) / 2., Load: 2}},
		{"saturated hides the demand", Meter{}, 9, 0, Sample{Utilization: 100, Load: 4.5}},
		{"requests do not hide it", Meter{Signal: SignalRequests}, 9, 0, Sample{Utilization: 100, Load: 9}},
		{"what boots is silent", Meter{}, 2, 1, Sample{Utilization: 45, Load: 2}},
		{"unless it works", Meter{BootCPU: 100}, 2, 1, Sample{Utilization: (300/5. + 300/6.) / 2, Load: 3}},
		{"requests are not start-up work", Meter{BootCPU: 100, Signal: SignalRequests}, 2, 1, Sample{Utilization: 55, Load: 2}},
	}
	for _, test := range tests {
		m := test.meter
		m.Period = 2 * time.Minute
		m.Observe(minute(0), test.demand, 4, test.booting, false)
		m.Observe(minute(1), test.demand, 5, test.booting, false)
		test.want.End, test.want.Period, test.want.Instances = minute(2), 2*time.Minute, 4.5
		if diff := cmp.Diff([]Sample{test.want}, m.Deliver(minute(2)), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestMeterWithoutInstances(t *testing.T) {
	m := Meter{Period: time.Minute}
	m.Observe(minute(0), 3, 0, 2, false)
	want := []Sample{{End: minute(1), Period: time.Minute, Utilization: 100}}
	if diff := cmp.Diff(want, m.Deliver(minute(1))); diff != "" {
		t.Errorf("nothing serves (-want +got):\n%s", diff)
	}
}

func TestMeterDelivers(t *testing.T) {
	m := Meter{Period: time.Minute, Delay: 90 * time.Second}
	var arrived []int // minute of arrival, minute of the period's end
	for now := range 6 {
		for _, s := range m.Deliver(minute(now)) {
			arrived = append(arrived, now, int(s.End.Sub(start)/time.Minute))
		}
		m.Observe(minute(now), 1, 2, 0, now == 1)
	}
	// Ends at 1, 2 (missing) and 3; 90 s later is half past, read a minute on.
	if diff := cmp.Diff([]int{3, 1, 5, 3}, arrived); diff != "" {
		t.Errorf("arrivals (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{4, 5}, endsOf(m.Deliver(minute(7)))); diff != "" {
		t.Errorf("what came together (-want +got):\n%s", diff)
	}
}

func endsOf(samples []Sample) (minutes []int) {
	for _, s := range samples {
		minutes = append(minutes, int(s.End.Sub(start)/time.Minute))
	}
	return minutes
}
