package plan_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestExactlyOnce holds, whatever comes, that every decision that is no hold
// has exactly one outcome in the end, and a hold none; that outcomes are valid;
// and that a state which is stored and loaded at any moments says the same.
func TestExactlyOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStorm(t)
		stage := plan.Stage{Limits: s.limits}
		whole, cut := stage.New(web).(*plan.State), stage.New(web).(*plan.State)
		stored := map[streams.PartKey]streams.Part{}
		outcomes := map[uint64]int{}
		step := func(ev streams.Event) {
			want, got := encode(t, whole.Step(ev)), encode(t, cut.Step(ev))
			if !slices.EqualFunc(want, got, bytes.Equal) {
				t.Fatalf("whole: %s\nrestored: %s", want, got)
			}
			for _, body := range got {
				ev, err := streams.DecodeKind(streams.KindOutcome, body)
				if err != nil {
					t.Fatal(err)
				}
				outcomes[streams.RoundOf(ev)]++
			}
			for _, p := range cut.Changed() {
				if len(p.Data) > 4<<10 {
					t.Fatalf("the state has %d bytes: %s", len(p.Data), p.Data)
				}
				stored[p.Key] = p
			}
		}
		for range rapid.IntRange(1, 50).Draw(t, "events") {
			step(s.next(t))
			if rapid.IntRange(0, 3).Draw(t, "restart") == 0 {
				cut = reload(t, stage, stored)
			}
			if i, ok := whole.Intent(); ok && rapid.IntRange(0, 2).Draw(t, "acts") == 0 {
				step(carryOut(t, i, s.now))
			}
		}
		for range 2 { // the intent, and the one that waits
			if i, ok := whole.Intent(); ok {
				step(carryOut(t, i, s.now))
			}
		}
		for round := range s.asked {
			if outcomes[round] != 1 {
				t.Fatalf("round %d has %d outcomes", round, outcomes[round])
			}
			delete(outcomes, round)
		}
		if len(outcomes) > 0 {
			t.Fatalf("outcomes of rounds that asked for nothing: %v", outcomes)
		}
	})
}

func reload(t *rapid.T, stage plan.Stage, stored map[streams.PartKey]streams.Part) *plan.State {
	var parts []streams.Part
	for _, p := range stored {
		parts = append(parts, p)
	}
	state, err := stage.Load(web, parts)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	if again := state.Changed(); again != nil {
		t.Fatalf("a state that was just loaded changed: %s", again[0].Data)
	}
	return state.(*plan.State)
}

func encode(t *rapid.T, events []streams.Event) [][]byte {
	var bodies [][]byte
	for _, ev := range events {
		b, err := streams.Encode(ev)
		if err != nil {
			t.Fatalf("%+v: %v", ev, err)
		}
		bodies = append(bodies, b)
	}
	return bodies
}

// TestNeverTheWrongWay holds of every call that any intent leads to on any
// group: its operator allows it, it is within the limits, a raise raises, a
// scale-in lowers what the decision saw and not further than it asked, and nothing
// is called late.
func TestNeverTheWrongWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := plan.Intent{
			Round: 7, From: rapid.IntRange(0, 50).Draw(t, "from"), To: rapid.IntRange(0, 50).Draw(t, "to"), Expires: noon.Add(time.Minute),
			Called: rapid.Bool().Draw(t, "called"), Ceiling: rapid.SampledFrom([]int{0, 10, 30}).Draw(t, "ceiling"),
			Stop: rapid.SampledFrom([]streams.Status{"", "", "", streams.DryRun}).Draw(t, "stop"),
		}
		if i.From == i.To {
			i.To++
		}
		d := drawDescription(t, i)
		if rapid.Bool().Draw(t, "described") {
			i.Saw = &plan.Sizes{Desired: i.From, Min: d.Min, Max: d.Max + rapid.SampledFrom([]int{0, 0, 1}).Draw(t, "max moved")}
		}
		now := noon.Add(time.Duration(rapid.IntRange(0, 70).Draw(t, "seconds")) * time.Second)
		call, end := i.Judge(d, now)
		if end != nil {
			if end.Status == streams.Applied && (!i.Called || d.Desired == i.From) {
				t.Fatalf("%+v on %+v: %+v without a call", i, d, end)
			}
			return
		}
		n := call.Desired
		switch {
		case d.Tags != plan.Tags{Managed: "true", Mode: "desired"}:
			t.Fatalf("calls although the tags are %+v", d.Tags)
		case i.To < i.From && d.Refresh != plan.Refresh{}:
			t.Fatalf("scales in although of refreshes is known: %+v", d.Refresh)
		case i.Stop != "" || !now.Before(i.Expires):
			t.Fatal("called although it must not be")
		case n < d.Min || n > d.Max || i.To > i.From && i.Ceiling > 0 && n > i.Ceiling:
			t.Fatalf("%+v on %+v calls %d, outside the limits", i, d, n)
		case i.To > i.From && (n <= d.Desired || n > max(i.To, d.Min)):
			t.Fatalf("%+v on %+v: the raise calls %d", i, d, n)
		case i.To < i.From && i.Saw != nil && (i.Saw.Min != d.Min || i.Saw.Max != d.Max):
			t.Fatalf("%+v on %+v: the scale-in calls %d within other bounds", i, d, n)
		case i.To < i.From && (n >= i.From || n < i.To || d.Desired != i.From):
			t.Fatalf("%+v on %+v: the scale-in calls %d", i, d, n)
		case n != i.To && call.Note == "":
			t.Fatalf("%+v on %+v calls %d and does not say why", i, d, n)
		}
	})
}

// TestBareEvents holds that an event of the timeline without a clock arrives at
// its own time.
func TestBareEvents(t *testing.T) {
	state := plan.Stage{Limits: plan.Limits{Mode: streams.DesiredControl}}.New(web).(*plan.State)
	for _, ev := range []streams.Event{
		streams.Control{GroupID: web, Name: streams.ControlPolicy, At: noon, Policy: &streams.Policy{Mode: streams.DesiredControl}},
		streams.Group{GroupID: web, Round: 1, Now: noon, Capacity: &streams.Capacity{Desired: 3, Max: 9}},
		streams.Decision{GroupID: web, Round: 1, At: noon, Current: 3, Desired: 4, Verdict: streams.ScaleOut, Expires: noon.Add(1)},
	} {
		if out := state.Step(ev); out != nil {
			t.Fatalf("%s: %v", ev.Kind(), out)
		}
	}
	if i, ok := state.Intent(); !ok || i.To != 4 || i.Stop != "" {
		t.Errorf("intent %+v, %v", i, ok)
	}
	state.Step(streams.Outcome{GroupID: web, Round: 1, At: noon, Status: streams.Applied, Desired: 4})
	if i, ok := state.Intent(); ok {
		t.Errorf("intent %+v stands after its outcome", i)
	}
}

func TestLostRace(t *testing.T) {
	const cause = "At 2026-03-01T12:00:02Z a user request explicitly set group desired capacity changing the desired capacity from 11 to 14.  " +
		"At 2026-03-01T12:00:10Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 11 to 14."
	for _, test := range []struct {
		name, cause string
		was, call   int
		since       time.Time
		want        string
	}{
		{"somebody else was between", cause, 10, 14, noon, "lost a race: it was 11 and not 10 when it was set to 14"},
		{"nobody was", cause, 11, 14, noon, ""},
		{"of another call", cause, 10, 15, noon, ""},
		{"of long ago", cause, 10, 14, noon.Add(time.Hour), ""},
		{"no activity", "", 10, 14, noon, ""},
		{"an alarm's", "At 2026-03-01T12:00:02Z a monitor alarm changing the desired capacity from 11 to 14.", 10, 14, noon, ""},
	} {
		if got := plan.LostRace(test.cause, plan.Call{Desired: test.call, Was: test.was}, test.since); got != test.want {
			t.Errorf("%s: want %q, got %q", test.name, test.want, got)
		}
	}
}

// TestMemoryOfRounds holds that a decision that is too far behind to know
// whether it was answered is taken for a duplicate.
func TestMemoryOfRounds(t *testing.T) {
	state := plan.Stage{}.New(web).(*plan.State)
	count := func(round uint64) int {
		return len(state.Step(streams.Decision{GroupID: web, Round: round, At: noon, Current: 3, Desired: 4, Verdict: streams.ScaleOut, Expires: noon}))
	}
	for round := uint64(10); round < 100; round += 2 {
		if count(round) != 1 || count(round) != 0 {
			t.Fatalf("round %d is not answered once", round)
		}
	}
	if count(97) != 1 || count(97) != 0 || count(11) != 0 {
		t.Error("rounds of the past are not told apart")
	}
}

// TestStoredFormStands holds that a state of an earlier version loads, and that
// what is stored of a group is its sizes, as ever.
func TestStoredFormStands(t *testing.T) {
	const stored = `{"policy":{"mode":"desired","auto_scaling_group":"web-asg","fingerprint":"a"},"round":1,"now":"2026-03-01T12:00:00Z",` +
		`"seen":{"desired":10,"min":1,"max":100},"taken":[1],"intent":{"round":1,"auto_scaling_group":"web-asg","from":10,"to":8,` +
		`"expires":"2026-03-01T12:02:00Z","saw":{"desired":10,"min":1,"max":100}},"witness":{}}`
	stage := plan.Stage{Limits: plan.Limits{Mode: streams.DesiredControl}}
	loaded, err := stage.Load(web, []streams.Part{{Key: streams.PartKey{Slot: streams.NoSlot}, Data: []byte(stored)}})
	if err != nil {
		t.Fatal(err)
	}
	if i, ok := loaded.(*plan.State).Intent(); !ok || *i.Saw != (plan.Sizes{Desired: 10, Min: 1, Max: 100}) {
		t.Errorf("intent %+v, %v", i, ok)
	}
	made := stage.New(web).(*plan.State)
	for _, ev := range []streams.Event{
		streams.Control{GroupID: web, Name: streams.ControlPolicy, At: noon, Fingerprint: "a", Policy: &streams.Policy{Mode: streams.DesiredControl, AutoScalingGroup: "web-asg"}},
		streams.Group{GroupID: web, Round: 1, Now: noon, Capacity: &streams.Capacity{Desired: 10, Min: 1, Max: 100}},
		streams.Decision{GroupID: web, Round: 1, At: noon, Current: 10, Desired: 8, Verdict: streams.ScaleIn, Fingerprint: "a", Expires: noon.Add(2 * time.Minute)},
	} {
		made.Step(ev)
	}
	if parts := made.Changed(); len(parts) != 1 || string(parts[0].Data) != stored {
		t.Errorf("stores %s\nwant   %s", parts[0].Data, stored)
	}
}

func TestLoadRefuses(t *testing.T) {
	key := streams.PartKey{Slot: streams.NoSlot}
	for _, p := range []streams.Part{{Key: streams.PartKey{Series: "cpu"}}, {Key: key, Data: []byte("{")}} {
		if _, err := (plan.Stage{}).Load(web, []streams.Part{p}); err == nil {
			t.Errorf("loads %+v", p)
		}
	}
}
