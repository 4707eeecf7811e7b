package backtest

import (
	"math"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// spiky is three days of a load that leaps once a day, beyond what is in
// service: there the CPU shows less than the load, by how much depends on the
// policy.
func spiky() Case {
	l := fleet.Load{Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Period: time.Hour, Peak: 20}
	for minute := range 3 * 1440 {
		at := float64(minute) / 1440
		demand := 8 - 5*math.Cos(2*math.Pi*at) + float64(minute/60%5)/5
		if of := minute % 1440; of >= 700 && of < 760 {
			demand *= 2.5
		}
		l.Demand = append(l.Demand, demand)
	}
	l.Missing = make([]bool, len(l.Demand)/60)
	return Case{Name: "spiky", Set: "made", Load: l}
}

func fitting(signal fleet.Signal) Bench {
	b := Bench{Settings: DefaultSettings(), Setup: Setup{ID: streams.GroupID{Scope: "eu-west-1", Group: "web"}, Policy: pricedPolicy}}
	b.Settings.Signal = signal
	return b
}

// pricedPolicy is one on whose price the capacity depends.
func pricedPolicy(period streams.Duration, price float64) streams.Policy {
	const minute = streams.Duration(time.Minute)
	return streams.Policy{
		AutoScalingGroup: "web", Mode: streams.Observe, Round: minute,
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: period, PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 12, Levels: []float64{0.1, 0.5, 0.8, 0.95, 0.99}, Settle: 10 * minute},
		Scaling: streams.ScalingPolicy{
			Max: 100, Quantile: 0.95, ViolationPrice: price, ScaleInRisk: 0.01, BootPrior: 3 * minute, StaleAfter: 130 * minute, Stabilization: 10 * minute, ScaleInUtilization: 0.9,
			StepOut: streams.StepLimit{Instances: 4, Fraction: 1}, StepIn: streams.StepLimit{Instances: 4}, LaunchGrace: 10 * minute, Expiry: 2 * minute,
		},
	}
}

// Runs that share estimates end with the same stories as those that do not,
// whether the price shows in what they see or not.
func TestSharedEstimatesChangeNothing(t *testing.T) {
	for _, signal := range []fleet.Signal{fleet.SignalCPU, fleet.SignalRequests} {
		b := fitting(signal)
		contenders := []Contender{{"ours-arima", 8}, {"ours-combined", 8}, {"ours-arima", 0.5}, {"ours-combined", 2}}
		tasks := Tasks([]Case{spiky()}, contenders, func(Contender) bool { return true })
		var want []Story
		for _, task := range tasks {
			story, err := b.Play(task)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, story)
		}
		got, err := b.PlayAll(tasks, func(n int, task func(int)) {
			var all sync.WaitGroup
			for i := range n {
				all.Go(func() { task(i) })
			}
			all.Wait()
		})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(want, got) {
			t.Errorf("signal %v (-alone +sharing):\n%s", signal, cmp.Diff(want, got))
		}
		if want[0].Score == want[2].Score {
			t.Errorf("signal %v: the price shows nowhere", signal)
		}
	}
}

// Two runs that see the same take each estimate from one another. One that sees
// another load computes its own from there on.
func TestEstimatesAreComputedOnce(t *testing.T) {
	tasks := Tasks([]Case{spiky()}, []Contender{{"ours-arima", 8}, {"ours-arima", 2}, {"ours-dhr", 8}, {"oracle", 0}}, func(Contender) bool { return false })
	all := lots(tasks)
	if len(all) != 1 {
		t.Fatalf("want estimates of the one policy that has two prices, got %d", len(all))
	}
	of := all[tasks[0].lot()]
	var computed []string
	take := func(s *share, through int64, name string) string {
		key := fold.EstimateKey{Model: "arima", Through: through}
		estimation := func(model.Each) []byte { computed = append(computed, name); return []byte(name) }
		s.Begin(key, estimation)
		s.see(seen(through+1, 100)) // what comes later is not read
		return string(s.Take(key, estimation))
	}
	p := pricedPolicy(streams.Duration(time.Hour), 8)
	a, b := newShare(of, p), newShare(of, p)
	a.see(seen(1, 5))
	b.see(seen(1, 5))
	got := []string{take(a, 1, "a1"), take(b, 1, "b1")}
	a.see(seen(3, 5))
	b.see(seen(3, 6))
	got = append(got, take(a, 3, "a3"), take(b, 3, "b3"))
	if diff := cmp.Diff([]string{"a1", "a1", "a3", "b3"}, got); diff != "" {
		t.Errorf("taken (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a1", "a3", "b3"}, computed); diff != "" {
		t.Errorf("computed (-want +got):\n%s", diff)
	}
	if of.end(); of.found == nil {
		t.Error("nothing is left while a run goes on")
	}
	if of.end(); of.found != nil {
		t.Errorf("%d estimates are left after the last run", len(of.found))
	}
}

func seen(hour int64, value float64) streams.Metric {
	end := time.Unix(3600*hour, 0)
	return streams.Metric{End: end, Value: &value, Seen: end.Add(time.Minute)}
}
