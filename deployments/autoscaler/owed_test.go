package main

import (
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// owing is a realm with one group, of which each test publishes what it wants
// of rounds a minute apart.
type owing struct {
	*lookedAt
	start  time.Time
	policy streams.Policy
	sample streams.Forecast
}

func newOwing(t *testing.T) *owing {
	t.Helper()
	o := &owing{lookedAt: emptyRealm(t), start: time.Unix(1e9, 0).UTC().Truncate(time.Hour), policy: samplePolicy(t)}
	series := streams.SeriesID{GroupID: group("web"), Series: "cpu"}
	o.sample = onTimeline(t, folded(t, "trial", playerOn(t, bundledLoad(t, 24*time.Hour), "web", 10)), streams.Forecast{SeriesID: series})[0]
	value := 100.0
	o.publish(streams.NewPolicyControl(group("web"), o.start, o.policy), streams.Metric{
		SeriesID: series, End: o.start.Add(10 * time.Minute), Period: o.policy.Load.Period, Unit: o.policy.Load.Unit,
		Value: &value, Revision: 1, Seen: o.start.Add(10 * time.Minute),
	})
	return o
}

func (o *owing) at(round uint64) time.Time {
	return o.start.Add(time.Duration(round) * o.policy.Round.Std())
}

// rounds are group events; metrics came in the rounds that are named.
func (o *owing) rounds(from, to uint64, came ...uint64) {
	o.t.Helper()
	for n := from; n <= to; n++ {
		g := streams.Group{GroupID: group("web"), Round: n, Now: o.at(n), Capacity: &streams.Capacity{Desired: 3, InService: 3, Max: 9}}
		for _, c := range came {
			if c == n {
				g.Series = map[string]streams.Arrival{"cpu": {Count: 1, NewestEnd: o.at(n)}}
			}
		}
		o.publish(g)
	}
}

func (o *owing) decides(round uint64, desired int) {
	o.t.Helper()
	o.publish(streams.Decision{
		GroupID: group("web"), Round: round, At: o.at(round), Verdict: streams.VerdictOf(3, desired), Current: 3, Desired: desired,
		Expires: o.at(round).Add(o.policy.Scaling.Expiry.Std()), Trail: []streams.Rule{{Name: "clamp", Before: 3, After: desired, Why: "a test"}},
	})
}

func (o *owing) forecasts(round uint64) {
	o.t.Helper()
	f := o.sample
	f.Round = round
	o.publish(f)
}

func (o *owing) outcome(round uint64, status streams.Status) {
	o.t.Helper()
	o.publish(streams.Outcome{GroupID: group("web"), Round: round, At: o.at(round), Status: status, Desired: 4})
}

// A stage that died is somebody's trouble though ingest polls on, and one that
// is behind a little is nobody's.
func TestStatusNamesTheStageThatDied(t *testing.T) {
	const decider, actuator, forecaster = "the decider does not decide", "the actuator does not act", "the forecaster does not forecast"
	for _, tc := range []struct {
		name string
		do   func(o *owing)
		want string
	}{
		{"a decision three rounds behind", func(o *owing) { o.rounds(1, 11); o.decides(8, 3) }, ""},
		{"a decision four rounds behind", func(o *owing) { o.rounds(1, 11); o.decides(7, 3) }, decider},
		{"the first rounds", func(o *owing) { o.rounds(1, 3) }, ""},
		{"no decision", func(o *owing) { o.rounds(1, 4) }, decider},

		{"a raise that may still be acted on", func(o *owing) { o.rounds(1, 10); o.decides(8, 4) }, ""},
		{"a raise past its expiry", func(o *owing) { o.rounds(1, 11); o.decides(8, 4) }, actuator},
		{"lowering past its expiry", func(o *owing) { o.rounds(1, 11); o.decides(8, 2) }, actuator},
		{"a raise with its outcome", func(o *owing) { o.rounds(1, 11); o.decides(8, 4); o.outcome(8, streams.Applied) }, ""},
		{"a raise with the outcome of another", func(o *owing) { o.rounds(1, 11); o.decides(8, 4); o.outcome(7, streams.Applied) }, actuator},
		{"a raise behind holds", func(o *owing) { o.rounds(1, 11); o.decides(8, 4); o.decides(9, 3); o.decides(10, 3); o.decides(11, 3) }, actuator},
		{"a raise behind another", func(o *owing) { o.rounds(1, 11); o.decides(8, 4); o.decides(9, 3); o.decides(10, 4); o.decides(11, 3) }, actuator},
		{"holds", func(o *owing) { o.rounds(1, 11); o.decides(8, 3); o.decides(9, 3); o.decides(10, 3) }, ""},

		{"a forecast that came", func(o *owing) { o.rounds(1, 11, 1, 6, 11); o.decides(11, 3); o.forecasts(6) }, ""},
		{"a forecast three rounds behind", func(o *owing) { o.rounds(1, 9, 1, 6); o.decides(9, 3); o.forecasts(1) }, ""},
		{"a forecast four rounds behind", func(o *owing) { o.rounds(1, 10, 1, 6); o.decides(10, 3); o.forecasts(1) }, forecaster},
		{"a metric of now hides none", func(o *owing) { o.rounds(1, 11, 1, 6, 11); o.decides(11, 3); o.forecasts(1) }, forecaster},
		{"a metric in every round", func(o *owing) { o.rounds(1, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11); o.decides(11, 3); o.forecasts(6) }, forecaster},
		{"no forecast at all", func(o *owing) { o.rounds(1, 10, 2); o.decides(10, 3) }, forecaster},
		{"no metric that owes one", func(o *owing) { o.rounds(1, 10); o.decides(10, 3) }, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := newOwing(t)
			tc.do(o)
			code, out, errs := o.run("status")
			if tc.want == "" && code != 0 || tc.want != "" && (code != 1 || strings.Count(out, "\n! ") != 1 || !strings.Contains(out, tc.want)) {
				t.Errorf("exit %d, want %q: %s\n%s", code, tc.want, out, errs)
			}
		})
	}
}
