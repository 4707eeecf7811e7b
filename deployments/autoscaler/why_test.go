package main

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// whyOf asks why at an instant.
func whyOf(t *testing.T, l *lookedAt, at time.Time) reason {
	t.Helper()
	code, out, errs := l.run("why", "web", "--json", "--at", at.Format(time.RFC3339Nano))
	var r reason
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 {
		t.Fatalf("why at %v: exit %d: %s, %v", at, code, errs, err)
	}
	return r
}

// Every decision is found by the instants at which it was in force, with what
// belongs to it.
func TestWhyFindsTheDecisionInForce(t *testing.T) {
	load := bundledLoad(t, 24*time.Hour)
	l := newLookedAt(t, playerOn(t, load, "web", 240), playerOn(t, load, "api", 240))
	id := group("web")
	tl := folded(t, l.realm, playerOn(t, load, "web", 240))
	decisions, outcomes := onTimeline(t, tl, streams.Decision{GroupID: id}), map[uint64]streams.Outcome{}
	for _, o := range onTimeline(t, tl, streams.Outcome{GroupID: id}) {
		outcomes[o.Round] = o
	}
	forecasts := map[uint64]streams.Forecast{}
	for _, f := range onTimeline(t, tl, streams.Forecast{SeriesID: streams.SeriesID{GroupID: id, Series: "cpu"}}) {
		forecasts[f.Round] = f
	}
	groups := onTimeline(t, tl, streams.Group{GroupID: id})
	for i, d := range decisions {
		if _, acted := outcomes[d.Round]; i%17 != 0 && !acted && i != len(decisions)-1 {
			continue
		}
		want := reason{Decision: d, Event: &groups[i]}
		if f, ok := forecasts[d.ForecastRound]; ok {
			want.Forecast = &f
		}
		if o, ok := outcomes[d.Round]; ok {
			want.Outcome = &o
		}
		p := samplePolicy(t)
		want.Policy = &p
		for _, after := range []time.Duration{0, 59 * time.Second} {
			if diff := cmp.Diff(want, whyOf(t, l, d.At.Add(after))); diff != "" {
				t.Fatalf("%v after round %d (-want +got):\n%s", after, d.Round, diff)
			}
		}
	}
	last := decisions[len(decisions)-1]
	if got := whyOf(t, l, last.At.Add(1000*time.Hour)); got.Decision.Round != last.Round {
		t.Errorf("round %d, want the last", got.Decision.Round)
	}
	code, _, errs := l.run("why", "web", "--at", decisions[0].At.Add(-time.Second).Format(time.RFC3339))
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, errs, `the oldest decision that is kept is of `+decisions[0].At.Format(time.RFC3339))
}

// holdsIn gives the sequences of the holds whose rounds lie in [from, until],
// and the last decision before them.
func holdsIn(t *testing.T, l *lookedAt, from, until uint64) (holds []uint64, before streams.Decision) {
	t.Helper()
	look := l.lookup()
	subject := streams.EventSubject(l.realm, streams.Decision{GroupID: group("web")})
	for seq := uint64(1); ; {
		s, err := look.from(t.Context(), subject, seq)
		if err != nil {
			t.Fatal(err)
		}
		if s == nil || streams.RoundOf(s.event) > until {
			return holds, before
		}
		d := s.event.(streams.Decision)
		switch {
		case d.Round < from || d.Verdict != streams.Hold:
			before = d
		default:
			holds = append(holds, s.seq)
		}
		seq = s.seq + 1
	}
}

// A hold that has expired is not mistaken for the change before it.
func TestWhySaysWhatExpired(t *testing.T) {
	load := bundledLoad(t, 24*time.Hour)
	l := newLookedAt(t, playerOn(t, load, "web", 120))
	id := group("web")
	stream, err := l.js.Stream(t.Context(), streams.StreamName(l.realm))
	if err != nil {
		t.Fatal(err)
	}
	holds, before := holdsIn(t, l, 60, 70)
	if len(holds) == 0 {
		t.Fatal("no hold in rounds 60 to 70")
	}
	for _, seq := range holds {
		if err := stream.DeleteMsg(t.Context(), seq); err != nil {
			t.Fatal(err)
		}
	}
	at := before.At.Add(90 * time.Second)
	code, out, errs := l.run("why", id.String(), "--at", at.Format(time.RFC3339))
	if code != 1 || out != "" {
		t.Errorf("exit %d: %s", code, out)
	}
	wants(t, errs, `the decision of round \d+ was a hold, and has expired: holds live 7 days\. The last one before it that is kept is round \d+ of 1995`)
	if got := whyOf(t, l, before.At.Add(30*time.Second)); got.Decision.Round != before.Round {
		t.Errorf("round %d, want %d, which was in force until the next", got.Decision.Round, before.Round)
	}
	last, err := l.lookup().last(t.Context(), streams.EventSubject(l.realm, streams.Forecast{SeriesID: streams.SeriesID{GroupID: id, Series: "cpu"}}))
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.DeleteMsg(t.Context(), last.seq); err != nil {
		t.Fatal(err)
	}
	code, out, _ = l.run("why", "web")
	if code != 0 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^forecast  of round \d+ is not on the timeline any more: forecasts live 7 days$`)
}

func TestWhyPrints(t *testing.T) {
	load := bundledLoad(t, 24*time.Hour)
	l := newLookedAt(t, playerOn(t, load, "web", 180))
	code, out, errs := l.run("why", "web")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	wants(t, out, `^eu-west-1/web$`, `^1995-07-02T\S+  round 180  `, `^  . forecast_need  `, `^group     \d+ in service, `,
		`^policy    [0-9a-f]{16}: mode observe, Auto Scaling group ml-predictive-asg, 80 Percent per instance$`,
		`^forecast  of round \d+: model combined, origin 1995\S+, 12 steps of 5m0s, `, `^ +parts by weight: lstm `, `^ +step +until +median +95% of the peak so far +Percent`)
	step := regexp.MustCompile(`forecast_need .*\(step (\d+)`).FindStringSubmatch(out)
	if step == nil {
		t.Fatalf("no step in\n%s", out)
	}
	wants(t, out, `^ *\* +`+step[1]+` +\d\d:\d\d:00 +\d+ +\d+`)
}

func TestWhyRefusesATime(t *testing.T) {
	code, _, errs := runVerb(t, "why", "web", "--at", "yesterday")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, errs, `--at: want an instant such as .* or an age such as 6h, got "yesterday"`)
	now := time.Unix(1e9, 0)
	if at, err := instant("--at", "90m", now); err != nil || !at.Equal(now.Add(-90*time.Minute)) {
		t.Errorf("90m is %v, %v", at, err)
	}
}
