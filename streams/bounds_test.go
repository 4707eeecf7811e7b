package streams_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// The largest policy that is allowed has forecasts that fit a NATS message.
func TestLargestForecastFitsAMessage(t *testing.T) {
	const payload, headroom = 1 << 20, 4096
	f := exampleForecast()
	f.Levels = nil
	for i := range 8 {
		f.Levels = append(f.Levels, float64(i+1)/10+0.0123456789)
	}
	row := make([]float64, len(f.Levels))
	for i := range row {
		row[i] = 123456.78901234567 + float64(i)
	}
	f.Quantiles, f.Peak, f.Score = nil, nil, nil
	for range 2016 {
		f.Quantiles = append(f.Quantiles, row)
		f.Peak = append(f.Peak, row)
	}
	p := examplePolicy()
	p.Forecast.Horizon, p.Forecast.Levels, p.Scaling.Quantile = 2016, f.Levels, f.Levels[7]
	if err := p.Validate(); err != nil {
		t.Fatalf("2016 steps of 8 levels: %v", err)
	}
	body, err := streams.Encode(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(body) > payload-headroom {
		t.Errorf("%d bytes, want at most %d", len(body), payload-headroom)
	}
	p.Forecast.Levels = append(f.Levels, 0.99)
	if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "forecast.horizon") {
		t.Errorf("2016 steps of 9 levels: got %v, want an error of forecast.horizon", err)
	}
}

// Whatever clock and policy are allowed, the decision that follows is valid.
func TestWhatFollowsFromTheLastInstantIsValid(t *testing.T) {
	g := exampleGroup()
	g.Now = time.Date(2995, 12, 31, 23, 59, 59, 0, time.UTC)
	if err := streams.Validate(g); err != nil {
		t.Fatal(err)
	}
	d := exampleDecision()
	d.At, d.Expires = g.Now, g.Now.Add(366*24*time.Hour)
	if err := streams.Validate(d); err != nil {
		t.Error(err)
	}
	g.Now = g.Now.Add(time.Second)
	if err := streams.Validate(g); err == nil || !strings.Contains(err.Error(), "now") {
		t.Errorf("got %v, want an error of now", err)
	}
}

func TestWordsOfOthersAreBounded(t *testing.T) {
	long := strings.Repeat("x", 1025)
	g := exampleGroup()
	g.Errors = []streams.CallError{{Operation: "DescribeAutoScalingGroups", Message: long}}
	o := exampleOutcome()
	o.Error = long
	many := exampleGroup()
	many.Suspended = make([]string, 33)
	for field, ev := range map[string]streams.Event{"errors[0].message": g, "error": o, "suspended": many} {
		if err := streams.Validate(ev); err == nil || !strings.Contains(err.Error(), field+": ") {
			t.Errorf("got %v, want an error of %s", err, field)
		}
	}
}
