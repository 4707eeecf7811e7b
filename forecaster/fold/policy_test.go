package fold

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

func TestPolicyMayComeLater(t *testing.T) {
	before, after := Stage{}.New(id()), Stage{}.New(id())
	drive(t, before, inForce(policy()))
	drive(t, before, backfill(1000, wave)...)
	drive(t, after, backfill(1000, wave)...)
	drive(t, after, inForce(policy()))
	want, got := drive(t, before, live(1000, 1010, wave)...), drive(t, after, live(1000, 1010, wave)...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !got[9].Warm || got[9].Samples != 1008 {
		t.Errorf("want warm with 1008 samples, got %v %d", got[9].Warm, got[9].Samples)
	}
}

func TestPolicyChange(t *testing.T) {
	change := func(f func(*streams.Policy)) streams.Event {
		p := policy()
		f(&p)
		return inForce(p)
	}
	for name, tc := range map[string]struct {
		control streams.Event
		rebuilt bool
		samples int
	}{
		"scaling only":   {change(func(p *streams.Policy) { p.Scaling.Max = 7 }), false, 399},
		"horizon":        {change(func(p *streams.Policy) { p.Forecast.Horizon = 3 }), true, 399},
		"levels":         {change(func(p *streams.Policy) { p.Forecast.Levels = []float64{0.5, 0.95} }), true, 399},
		"another period": {change(func(p *streams.Policy) { p.Load.Period = streams.Duration(time.Minute) }), true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := Stage{}.New(id())
			drive(t, s, inForce(policy()))
			drive(t, s, live(0, 400, wave)...)
			drive(t, s, tc.control)
			got := drive(t, s, metric(400, 5, 1), group(400, 1))
			if len(got) != 1 || (got[0].Score == nil) != tc.rebuilt || got[0].Samples != tc.samples {
				t.Fatalf("want score gone %v and %d samples, got %+v", tc.rebuilt, tc.samples, got)
			}
			p := s.(*State).policy
			if tc.samples > 0 && (len(got[0].Quantiles) != p.Forecast.Horizon || len(got[0].Quantiles[0]) != len(p.Forecast.Levels)) {
				t.Errorf("want %d × %d, got %v", p.Forecast.Horizon, len(p.Forecast.Levels), got[0].Quantiles)
			}
		})
	}
}

// TestPolicyIsOwn changes a policy after it was put in force.
func TestPolicyIsOwn(t *testing.T) {
	p := policy()
	c := streams.NewPolicyControl(id(), begin(), p)
	s := Stage{}.New(id()).(*State)
	drive(t, s, c)
	c.Policy.Forecast.Levels[0] = 0.3
	c.Policy.Load.Series = "requests"
	c.Policy.Forecast.Settle = streams.Duration(time.Hour)
	if diff := cmp.Diff(policy(), *s.policy); diff != "" {
		t.Error(diff)
	}
}
