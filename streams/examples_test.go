package streams_test

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// noon is the clock of every example.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// web is the group of every example. Its name holds what NATS gives a meaning.
var web = streams.GroupID{Scope: "eu-west-1", Group: "web.v2 *>/%"}

// examples has one full value of every kind of event; the golden files hold
// their bodies.
func examples() []streams.Event {
	return []streams.Event{exampleMetric(), exampleGroup(), exampleControl(), exampleForecast(), exampleDecision(), exampleOutcome()}
}

func exampleMetric() streams.Metric {
	return streams.Metric{
		SeriesID: streams.SeriesID{GroupID: web, Series: "cpu"}, End: noon, Period: seconds(300),
		Value: new(731.4872361), Unit: streams.Percent, Instances: new(12.6), Censored: true,
		Revision: 2, Settled: true, Seen: noon.Add(70*time.Second + time.Millisecond),
	}
}

func exampleGroup() streams.Group {
	return streams.Group{
		GroupID: web, Round: 1441, Now: noon.Add(time.Minute),
		Capacity:    &streams.Capacity{Desired: 14, InService: 12, Pending: 2, Terminating: 1, Min: 2, Max: 40},
		Suspended:   []string{"AZRebalance", "ReplaceUnhealthy"},
		Boots:       []streams.Duration{seconds(180), streams.Duration(95500 * time.Millisecond)},
		Series:      map[string]streams.Arrival{"cpu": {Count: 2, NewestEnd: noon}, "requests": {Count: 1, NewestEnd: noon.Add(-5 * time.Minute)}},
		Errors:      []streams.CallError{{Operation: "GetMetricData", Message: "Throttling: rate exceeded"}},
		MetricDelay: new(seconds(75)),
	}
}

func exampleControl() streams.Control { return streams.NewPolicyControl(web, noon, examplePolicy()) }

func exampleForecast() streams.Forecast {
	return streams.Forecast{
		SeriesID: streams.SeriesID{GroupID: web, Series: "cpu"}, Round: 1441, Model: "naive",
		Origin: noon, Period: seconds(300), Unit: streams.Percent, Inputs: "cbf29ce484222325", Levels: []float64{0.05, 0.5, 0.95},
		Quantiles: [][]float64{{640.5, 731.25, 802}, {631, 735.125, 820.75}},
		Peak:      [][]float64{{640.5, 731.25, 802}, {655, 748.5, 841}},
		Samples:   4032, Warm: true,
		Score: &streams.Score{Judged: 576, Coverage: []float64{0.0625, 0.5, 0.9375}, Pinball: 12.25, Naive: 14.5},
	}
}

func exampleDecision() streams.Decision {
	return streams.Decision{
		GroupID: web, Round: 1441, At: noon.Add(time.Minute), Verdict: streams.ScaleOut, Current: 10, Desired: 11,
		Expires: noon.Add(3 * time.Minute), Fingerprint: examplePolicy().Fingerprint(), ForecastRound: 1440,
		Trail: []streams.Rule{
			{Name: "forecast_need", Before: 10, After: 12, Why: "95 % of the peak to 12:10 is 841 Percent > 10 × 80; ⌈841 / 80⌉ = 11 & 1 to spare"},
			{Name: "max_step", Before: 12, After: 11, Why: "at most 1 at once"},
		},
	}
}

func exampleOutcome() streams.Outcome {
	return streams.Outcome{
		GroupID: web, Round: 1441, At: noon.Add(62 * time.Second), Status: streams.Failed, Desired: 10,
		RequestID: "7c6e177f-f082-11e1-ac58-3714bEXAMPLE", Error: "ScalingActivityInProgress: <a scaling activity is in progress>",
	}
}

func examplePolicy() streams.Policy {
	return streams.Policy{
		AutoScalingGroup: "web-v2-asg", Mode: streams.DesiredControl, Round: seconds(60),
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: seconds(300), PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 12, Levels: []float64{0.05, 0.5, 0.95}, Settle: seconds(600)},
		Scaling: streams.ScalingPolicy{
			Min: 2, Max: 40, Quantile: 0.95, BootPrior: seconds(180), MetricDelayPrior: seconds(90), StaleAfter: seconds(900),
			Stabilization: seconds(600), ScaleInUtilization: 0.7, ScaleOutCooldown: seconds(60), ScaleInCooldown: seconds(300),
			StepOut: streams.StepLimit{Instances: 4, Fraction: 0.5}, StepIn: streams.StepLimit{Instances: 1, Fraction: 0.1},
			ForeignHold: seconds(1800), OutageHold: seconds(3600), OutageShare: 0.1, LaunchGrace: seconds(600), Expiry: seconds(120),
		},
	}
}

func exampleReply() streams.PredictionReply {
	reply, err := streams.PredictionRequest{Steps: 2}.Reply(exampleForecast())
	if err != nil {
		panic(err)
	}
	return reply
}

func seconds(n int) streams.Duration { return streams.Duration(n) * streams.Duration(time.Second) }
