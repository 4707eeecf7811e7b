package main

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// onTimeline decodes what an in-memory run put onto a subject.
func onTimeline[E streams.Event](t *testing.T, tl timeline, like E) []E {
	t.Helper()
	subject := streams.EventSubject("trial", like)
	var all []E
	for _, body := range tl[subject] {
		ev, err := streams.Decode(subject, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ev.(E))
	}
	return all
}

func newestOf[E any](all []E) *E {
	if len(all) == 0 {
		return nil
	}
	return &all[len(all)-1]
}

// What status tells is what a run in memory ends with.
func TestStatusTellsTheNewest(t *testing.T) {
	load := bundledLoad(t, 24*time.Hour)
	const minutes = 183
	id := group("b.c d")
	l := newLookedAt(t, playerOn(t, load, "web", minutes), playerOn(t, load, id.Group, minutes))
	code, out, errs := l.run("status", "--json")
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var all []standing
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].GroupID != id {
		t.Fatalf("want two groups by name, got %s", out)
	}
	got := all[0]
	if age := got.EventAge.Std(); age < 0 || age > time.Minute || math.Abs(got.Rounds-age.Minutes()) > 1e-9 {
		t.Errorf("group event is %v old, %v rounds", age, got.Rounds)
	}
	got.EventAge, got.Rounds = 0, 0
	if diff := cmp.Diff(standsAfter(t, folded(t, l.realm, playerOn(t, load, id.Group, minutes)), id), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if code, one, _ := l.run("status", id.String(), "--json"); code != 0 || !sameButAge(t, one, got) {
		t.Errorf("alone it stands otherwise: exit %d: %s", code, one)
	}
}

// standsAfter works out from a whole timeline how a group stands.
func standsAfter(t *testing.T, tl timeline, id streams.GroupID) standing {
	t.Helper()
	series := streams.SeriesID{GroupID: id, Series: "cpu"}
	control := newestOf(onTimeline(t, tl, streams.Control{GroupID: id, Name: streams.ControlPolicy}))
	event := newestOf(onTimeline(t, tl, streams.Group{GroupID: id}))
	forecasts := onTimeline(t, tl, streams.Forecast{SeriesID: series})
	want := standing{
		GroupID: id, Mode: "observe", Fingerprint: control.Fingerprint, Event: event,
		Decision: newestOf(onTimeline(t, tl, streams.Decision{GroupID: id})), Outcome: newestOf(onTimeline(t, tl, streams.Outcome{GroupID: id})),
	}
	for _, r := range want.Decision.Trail {
		if r.Before != r.After {
			want.Rail = r.Name
		}
	}
	var value streams.Metric
	for _, m := range onTimeline(t, tl, streams.Metric{SeriesID: series}) {
		if m.Value != nil {
			value = m
		}
	}
	want.Load = &loadSeen{Value: *value.Value, Unit: value.Unit, Series: "cpu", End: value.End, Age: streams.Duration(event.Now.Sub(value.End))}
	for _, f := range forecasts {
		if f.Origin.Equal(value.End.Add(-f.Period.Std())) {
			want.Load.Expected, want.Load.Origin = &f.Quantiles[0][f.Level(0.5)], &f.Origin
		}
	}
	last := forecasts[len(forecasts)-1]
	h := int(event.Now.Sub(last.Origin)/last.Period.Std()) + 1
	want.Next = &loadAhead{End: last.Origin.Add(time.Duration(h) * last.Period.Std()), Median: &last.Quantiles[h-1][last.Level(0.5)], Level: 0.95, Peak: last.Peak[h-1][last.Level(0.95)], Weights: last.Weights}
	return want
}

func sameButAge(t *testing.T, text string, want standing) bool {
	t.Helper()
	var all []standing
	if err := json.Unmarshal([]byte(text), &all); err != nil || len(all) != 1 {
		return false
	}
	all[0].EventAge, all[0].Rounds = 0, 0
	return cmp.Equal(want, all[0])
}

// The table and the long view, and what makes somebody look.
func TestStatusSaysWhatIsWrong(t *testing.T) {
	load := bundledLoad(t, 24*time.Hour)
	l := newLookedAt(t, playerOn(t, load, "web", 180), playerOn(t, load, "api", 20))
	code, out, errs := l.run("status")
	if code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	wants(t, out,
		`^GROUP +MODE +SERVING/DESIRED/PENDING +DECISION +RAIL +VALUE AGE +EVENT AGE +LOAD +EXPECTED +FORECAST NOW +LAST OUTCOME$`,
		`^eu-west-1/web +observe +\d+/\d+/\d+ +(hold|scale_\w+) \d+ +(\w+|-) +\dm0s +\S+ \(0\.\d rounds\) +\d+ Percent +\d+ +\d+, peak \d+ at 95% +applied \d+, round \d+$`)
	code, out, _ = l.run("status", "web")
	if code != 0 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^eu-west-1/web$`, `^  mode +observe, policy [0-9a-f]{16}$`, `^  capacity +\d+ in service`, `^  load +\d+ Percent of 1995`,
		`^  expected +\d+, from 1995`, `^  forecast +\d+, peak \d+ at 95% until 1995`, `^1995-07-02T\S+  round 180  hold`, `in_flight_lock`)
	web := *newestGroup(t, l, "web")
	web.Round, web.Now, web.Series, web.Capacity = web.Round+1, web.Now.Add(time.Hour), nil, nil
	web.Errors = []streams.CallError{{Operation: "DescribeAutoScalingGroups", Message: "Throttling: Rate exceeded"}}
	l.publish(web, streams.Outcome{GroupID: web.GroupID, Round: web.Round, At: web.Now, Status: streams.Failed, Error: "no clear answer"})
	code, out, errs = l.run("status")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, errs, `look at 1 of 2 groups: eu-west-1/web$`)
	wants(t, out, `^! eu-west-1/web: the newest group event has no capacity \(DescribeAutoScalingGroups: Throttling: Rate exceeded\)$`,
		`^! eu-west-1/web: the newest value of series cpu was 1h4m0s old at the newest group event, stale after 11m0s$`,
		`^! eu-west-1/web: the last outcome, of round 181, failed: no clear answer$`, `^eu-west-1/web .* failed 0, round 181$`)
	_, out, _ = l.run("status", "web")
	wants(t, out, `^  aws +DescribeAutoScalingGroups: Throttling: Rate exceeded$`)
	l.publish(streams.Control{GroupID: web.GroupID, Name: streams.ControlPolicy, At: web.Now})
	code, out, _ = l.run("status")
	if code != 0 || strings.Contains(out, "web") {
		t.Errorf("exit %d, want 0: who is retired is nobody's trouble\n%s", code, out)
	}
	wants(t, out, `^1 retired$`)
	code, out, _ = l.run("status", "web")
	if code != 0 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^  mode +retired`)
}

func newestGroup(t *testing.T, l *lookedAt, name string) *streams.Group {
	t.Helper()
	g, err := l.lookup().one(t.Context(), group(name))
	if err != nil {
		t.Fatal(err)
	}
	return g.group
}

// The newest group event ages by the server's clock, in rounds of the policy.
func TestStatusOfAGroupThatIsNotPolled(t *testing.T) {
	l := emptyRealm(t)
	now := time.Unix(1e9, 0).UTC()
	p := samplePolicy(t)
	p.Round = streams.Duration(5 * time.Millisecond)
	l.publish(streams.NewPolicyControl(group("web"), now, p))
	code, out, _ := l.run("status", "web")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `there is no group event: ingest is still reading its history, or does not poll it`)
	l.publish(streams.Group{GroupID: group("web"), Round: 1, Now: now, Capacity: &streams.Capacity{Max: 1}})
	for {
		code, out, _ = l.run("status", "web")
		if code != 1 {
			t.Fatalf("exit %d: there is no value", code)
		}
		if strings.Contains(out, "rounds: ingest does not poll it") {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal(out)
		}
	}
	wants(t, out, `no value of series cpu is on the timeline`)
}

// The newest message of a series may tell of an older bin, or of none.
func TestStatusFindsTheNewestValue(t *testing.T) {
	l := emptyRealm(t)
	p := samplePolicy(t)
	start := time.Unix(1e9, 0).UTC().Truncate(time.Hour)
	id := group("web")
	bin := func(n int, value float64, revision int) streams.Metric {
		m := streams.Metric{SeriesID: streams.SeriesID{GroupID: id, Series: "cpu"}, End: start.Add(time.Duration(n) * p.Load.Period.Std()),
			Period: p.Load.Period, Unit: p.Load.Unit, Revision: revision, Seen: start}
		if value < 0 {
			m.Gap, m.Settled = true, true
			return m
		}
		m.Value = &value
		return m
	}
	l.publish(streams.NewPolicyControl(id, start, p), bin(1, 10, 1), bin(2, 20, 1), bin(3, 30, 1), bin(4, -1, 1), bin(3, 31, 2), bin(2, 21, 2),
		streams.Group{GroupID: id, Round: 1, Now: start.Add(21 * time.Minute), Capacity: &streams.Capacity{Max: 1}})
	code, out, errs := l.run("status", "--json")
	var all []standing
	if err := json.Unmarshal([]byte(out), &all); err != nil || code != 0 {
		t.Fatalf("exit %d: %s, %v", code, errs, err)
	}
	if got := all[0].Load; got == nil || got.Value != 31 || got.Age.Std() != 6*time.Minute {
		t.Errorf("load %+v, want 31, 6 minutes old", got)
	}
}

// That a group is not attached in mode desired is somebody's trouble as long as
// something is asked for.
func TestStatusOfARefusal(t *testing.T) {
	l := emptyRealm(t)
	p, start, id := samplePolicy(t), time.Unix(1e9, 0).UTC(), group("web")
	p.Mode = streams.DesiredControl
	decided := func(round uint64, desired int) streams.Decision {
		at := start.Add(time.Duration(round) * time.Minute)
		return streams.Decision{GroupID: id, Round: round, At: at, Verdict: streams.VerdictOf(10, desired), Current: 10, Desired: desired,
			Expires: at.Add(2 * time.Minute), Fingerprint: p.Fingerprint(), Trail: []streams.Rule{{Name: "forecast_need", Before: 10, After: desired, Why: "so"}}}
	}
	const why = "its tag ml-autoscaling/mode is missing"
	l.publish(streams.NewPolicyControl(id, start, p), streams.Group{GroupID: id, Round: 1, Now: start, Capacity: &streams.Capacity{Desired: 10, Max: 20}},
		decided(1, 12), streams.Outcome{GroupID: id, Round: 1, At: start, Status: streams.Refused, Desired: 10, Error: why})
	_, out, _ := l.run("status")
	wants(t, out, `^! eu-west-1/web: the newest decision, scale_out from 10 to 12, was refused: `+why+`$`)
	l.publish(decided(2, 10))
	if _, out, _ = l.run("status"); strings.Contains(out, "refused: ") {
		t.Errorf("nothing is asked for any more:\n%s", out)
	}
}

func TestBindingRail(t *testing.T) {
	trail := func(rules ...streams.Rule) streams.Decision { return streams.Decision{Trail: rules} }
	r := func(name string, before, after int) streams.Rule {
		return streams.Rule{Name: name, Before: before, After: after}
	}
	for _, tc := range []struct {
		name string
		d    streams.Decision
		want string
	}{
		{"nothing", trail(r("freshness", 3, 3), r("in_flight_lock", 3, 3)), ""},
		{"a raise", trail(r("forecast_need", 3, 5), r("in_flight_lock", 5, 5)), "forecast_need"},
		{"a raise that was bounded", trail(r("forecast_need", 3, 9), r("max_step", 9, 6), r("in_flight_lock", 6, 6)), "max_step"},
		{"a lock", trail(r("forecast_need", 3, 9), r("in_flight_lock", 9, 3)), "in_flight_lock"},
		{"held early", trail(r("freshness", 3, 3), r("sanity", 3, 3)), "sanity"},
		{"no policy", trail(r("policy", 3, 3)), "policy"},
	} {
		if got := binding(tc.d); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}
