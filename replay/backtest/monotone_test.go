package backtest_test

import (
	"math"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// pricedPolicy is the scaling of deployments/examples/autoscaler.yaml, which is
// what a price works through: bands, floors, waits and steps together.
func pricedPolicy(period streams.Duration, price float64) streams.Policy {
	const second = streams.Duration(time.Second)
	settle := 600 * second
	if period == 60*second {
		settle = 180 * second
	}
	p := streams.Policy{
		AutoScalingGroup: "web", Mode: streams.Observe, Round: 60 * second,
		Load: streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: period, PerInstance: 80},
		Forecast: streams.ForecastPolicy{
			Model: "rls", Settle: settle,
			Levels: []float64{0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.998, 0.999, 0.9995},
		},
		Scaling: streams.ScalingPolicy{
			Min: 1, Max: 400, ViolationPrice: price, Quantile: 0.95, ScaleInRisk: 0.1,
			Hysteresis: streams.Hysteresis{Out: 0.1, In: 0.01, ReversalOut: 0.5, ReversalIn: 2, Reversals: 6, Growth: 0.03},
			BootPrior:  180 * second, MetricDelayPrior: 60 * second, StaleAfter: 2*period + 60*second, Stabilization: 900 * second,
			ScaleInUtilization: 0.95, ScaleOutCooldown: 60 * second, ScaleInCooldown: 300 * second,
			StepOut: streams.StepLimit{Instances: 10, Fraction: 2}, StepIn: streams.StepLimit{Instances: 2, Fraction: 0.5},
			ForeignHold: 600 * second, OutageHold: 3600 * second, OutageShare: 0.1, LaunchGrace: 480 * second, Expiry: 120 * second,
		},
	}
	p.Forecast.Horizon = p.DefaultHorizon()
	return p
}

// surge is a load that is calm, and every 17 hours, at no fixed hour of the day,
// rises far beyond what serves it, for three hours.
type surge struct {
	name   string
	period time.Duration
	peak   float64 // ten times as many instances is the most that there is
	// rise is what is added so many minutes after a surge began, where one
	// instance is 1.
	rise func(minute float64) float64
}

func surges() []surge {
	return []surge{
		// What is there is saturated, and hides how much more is wanted.
		{"wall", 5 * time.Minute, 40, func(m float64) float64 { return 37 * min(m/10, 1) }},
		// There are never enough: all is saturated for hours, whatever the price.
		{"beyond all", 5 * time.Minute, 5, func(m float64) float64 { return 90 * min(m/10, 1) }},
		// It doubles in less time than an instance boots and a bin lasts.
		{"sprint", 5 * time.Minute, 40, func(m float64) float64 { return 3*math.Exp2(min(m, 40)/6.5) - 3 }},
	}
}

func (s surge) load() backtest.Case {
	const days, every, first, lasts = 6, 17 * 60, 600, 190
	l := fleet.Load{Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Period: s.period, Peak: s.peak}
	perBin := int(s.period / time.Minute)
	for bin := range days * 1440 / perBin {
		m := float64(bin * perBin)
		demand := 3 + math.Sin(2*math.Pi*m/1440) + 0.3*math.Sin(m*0.7) + 0.2*math.Sin(m*1.9)
		if since := float64(bin*perBin%every - first); since >= 0 && since < lasts {
			demand += s.rise(since)
		}
		l.Missing = append(l.Missing, false)
		for range perBin {
			l.Demand = append(l.Demand, demand)
		}
	}
	return backtest.Case{Name: s.name, Set: "made", Load: l}
}

// A higher price of a violated minute buys fewer of them with more
// instance-hours, also where the load saturates for long: censoring, the
// reactive floor, the waits and the bands do not turn that around.
func TestMoreForAViolatedMinuteIsFewerOfThem(t *testing.T) {
	if testing.Short() {
		t.Skip("21 runs of six days take seconds")
	}
	// A raise may come a bin earlier or later by chance.
	const tolerance = 0.02
	for _, s := range surges() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			b := bench()
			b.Setup.Policy = pricedPolicy
			var cheaper fleet.Score
			for i, k := range contenders(t, "ours@0.5,ours@1,ours@2,ours@4,ours@8,ours@16,ours@32") {
				score := play(t, b, backtest.Tasks([]backtest.Case{s.load()}, []backtest.Contender{k}, func(backtest.Contender) bool { return false }), oneByOne)[0].Score
				t.Logf("%s: %d violated, %.1f instance-hours", k, score.Violations, score.InstanceHours)
				if i == 0 {
					cheaper = score
					continue
				}
				if float64(score.Violations) > float64(cheaper.Violations)*(1+tolerance) {
					t.Errorf("%s: %d violated, of which a lower price has %d", k, score.Violations, cheaper.Violations)
				}
				if score.InstanceHours < cheaper.InstanceHours*(1-tolerance) {
					t.Errorf("%s: %.1f instance-hours, of which a lower price has %.1f", k, score.InstanceHours, cheaper.InstanceHours)
				}
				cheaper = score
			}
		})
	}
}
