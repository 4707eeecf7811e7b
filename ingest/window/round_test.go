package window

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// poll folds one round in and gives its events.
func poll(s *State, minute int, d *Description, listed bool, errs ...streams.CallError) []streams.Event {
	return s.Step(Polled{GroupID: web(), Now: at(minute), Described: d, Listed: listed, Errors: errs})
}

// groupOf gives the one group event of a round.
func groupOf(t *testing.T, events []streams.Event) streams.Group {
	t.Helper()
	if len(events) == 0 {
		t.Fatal("no group event")
	}
	for _, ev := range events {
		if err := streams.Validate(ev); err != nil {
			t.Error(err)
		}
	}
	return events[0].(streams.Group)
}

func TestCapacity(t *testing.T) {
	d := &Description{Desired: 9, Min: 1, Max: 20, Suspended: []string{"Launch", "AZRebalance", "Launch"}, Instances: []Instance{
		{"a", "InService", 1}, {"b", "InService", 2}, {"c", "Pending", 3}, {"d", "Pending:Wait", 1}, {"e", "Terminating:Proceed", 1},
		{"f", "Detaching", 1}, {"g", "Standby", 5}, {"h", "EnteringStandby", 5}, {"i", "Quarantined", 5}, {"j", "InService", 0},
	}}
	g := groupOf(t, poll(newState(web()), 0, d, true))
	want := streams.Group{
		GroupID: web(), Round: 1, Now: at(0), Suspended: []string{"AZRebalance", "Launch"},
		Capacity: &streams.Capacity{Desired: 9, InService: 4, Pending: 4, Terminating: 2, Min: 1, Max: 20},
	}
	if diff := cmp.Diff(want, g); diff != "" {
		t.Errorf("group event (-want +got):\n%s", diff)
	}
}

func TestCapacityThatNobodyHas(t *testing.T) {
	for want, d := range map[string]*Description{
		"the group has desired 1, min 2 and max 1":  {Desired: 1, Min: 2, Max: 1},
		"the group has desired -1, min 0 and max 1": {Desired: -1, Max: 1},
	} {
		g := groupOf(t, poll(newState(web()), 0, d, true))
		errs := []streams.CallError{{Operation: "DescribeAutoScalingGroups", Message: want}}
		if diff := cmp.Diff(errs, g.Errors); diff != "" || g.Capacity != nil {
			t.Errorf("capacity %v, errors (-want +got):\n%s", g.Capacity, diff)
		}
	}
}

func TestErrorsAreCut(t *testing.T) {
	denied := streams.CallError{Operation: "GetMetricData", Message: strings.Repeat("ä", 1000)}
	errs := make([]streams.CallError, 40)
	for i := range errs {
		errs[i] = denied
	}
	g := groupOf(t, poll(newState(web()), 0, nil, true, errs...))
	if len(g.Errors) != 32 || g.Errors[0].Message != "the group is not there" {
		t.Errorf("%d errors, first %v", len(g.Errors), g.Errors[0])
	}
	if got := g.Errors[1].Message; got != strings.Repeat("ä", (1024-len("GetMetricData"))/2) {
		t.Errorf("%d bytes of the message", len(got))
	}
	err := &CallError{Operation: "GetMetricData", Err: errors.New("slow down")}
	if err.Error() != "GetMetricData: slow down" || errors.Unwrap(err).Error() != "slow down" {
		t.Errorf("%v", err)
	}
}

// An instance boots from the last poll that did not show it to the first that
// shows it in service. One that was on its way at the first poll of all, one
// that vanished and one that was never seen on its way tell nothing.
func TestBoots(t *testing.T) {
	polls := []string{
		"old:P",
		"old:P a:P",
		"old:I a:P b:PW gone:P",
		"old:I a:P b:PW",
		"", // the listing failed
		"old:I a:I b:P c:P quick:I gone:I",
		"old:I a:I b:T c:I quick:I",
		"old:I a:I",
	}
	states := map[string]string{"P": "Pending", "PW": "Pending:Wait", "I": "InService", "T": "Terminating"}
	want := [][]streams.Duration{5: {300e9}, 6: {180e9}, 7: nil}
	s := newState(web())
	stored := map[streams.PartKey]streams.Part{}
	for m, text := range polls {
		var d *Description
		if text != "" {
			d = &Description{Max: 9}
			for _, word := range strings.Fields(text) {
				id, state, _ := strings.Cut(word, ":")
				d.Instances = append(d.Instances, Instance{ID: id, Lifecycle: states[state], Weight: 1})
			}
		}
		g := groupOf(t, poll(s, m, d, false))
		if diff := cmp.Diff(want[m], g.Boots); diff != "" {
			t.Errorf("minute %d (-want +got):\n%s", m, diff)
		}
		s = restored(t, s, stored)
	}
	if n := len(s.head.Booting); n != 0 {
		t.Errorf("%d instances are kept", n)
	}
}

func TestRetireAndReturn(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-1, 20)...)
	r.reload = true
	r.group = func(m int) (*Description, bool) {
		if m < 2 || m > 11 || m == 4 {
			return &Description{Max: 5}, true
		}
		return nil, m != 6
	}
	r.rounds(0, 8)
	r.want(`
		0: policy for cpu
		0: cpu -1 = 20 on 2 settled
		1: cpu 0 = 20 on 2
		2: cpu 1 = 20 on 2
		2: round 3: DescribeAutoScalingGroups: the group is not there
		3: cpu 2 = 20 on 2
		3: round 4: DescribeAutoScalingGroups: the group is not there
		4: cpu 3 = 20 on 2
		5: cpu 4 = 20 on 2
		5: round 6: DescribeAutoScalingGroups: the group is not there
		6: cpu 5 = 20 on 2
		7: cpu 6 = 20 on 2
		7: round 8: DescribeAutoScalingGroups: the group is not there
		8: cpu 7 = 20 on 2
		8: round 9: DescribeAutoScalingGroups: the group is not there
		8: retired`)
	if !r.state.Retired() || r.state.Policy() != nil || r.state.MetricsPerHour() != 0 {
		t.Error("not retired")
	}
	r.rounds(9, 11).want(``)
	r.configure(12)
	r.rounds(12, 13).want(`
		12: policy for cpu
		12: cpu 8 = 20 on 2 settled
		12: cpu 9 = 20 on 2 settled
		12: cpu 10 = 20 on 2
		12: cpu 11 = 20 on 2
		12: round 10: 4 came of cpu to 11
		13: cpu 12 = 20 on 2`)
}

// What was on its way when the group went away tells nothing when it is back.
func TestBootsEndWithTheGroup(t *testing.T) {
	r := newRig(t, perMinute())
	r.configure(0)
	of := func(lifecycle string) *Description {
		return &Description{Max: 9, Instances: []Instance{{"a", "InService", 1}, {"b", lifecycle, 1}}}
	}
	poll(r.state, 0, of("Terminated"), true)
	poll(r.state, 1, of("Pending"), true)
	for m := 2; m <= 4; m++ {
		poll(r.state, m, nil, true)
	}
	r.configure(5)
	if g := groupOf(t, poll(r.state, 5, of("InService"), true)); g.Boots != nil {
		t.Errorf("booted in %v", g.Boots)
	}
}

func TestPolicyIsToldWhenItChanges(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-1, 9)...)
	r.rounds(0, 0)
	r.lines = nil
	r.configure(1)
	r.want(``)
	r.policy.Scaling.Max = 7
	r.configure(1)
	r.want(`1: policy for cpu`)
	r.rounds(1, 2).want(`
		1: cpu 0 = 20 on 2
		2: cpu 1 = 20 on 2`)
	bad := r.policy
	bad.Load.Period = 7
	r.step(3, Configured{GroupID: web(), At: at(3), Policy: bad})
	r.want(``)
	if got := r.state.Policy().Load.Period.Std(); got != time.Minute {
		t.Errorf("a policy that is not valid is in force: period %v", got)
	}
}

// Another period, or another measure, is another series: backfilled, under its
// name or in place of the one before.
func TestSeriesChange(t *testing.T) {
	cloud := append(minutes(-12, 9), fives(-10, 0, 2, 1)...)
	r := newRig(t, perMinute(), cloud...)
	r.reload = true
	r.rounds(0, 2)
	r.lines = nil
	r.policy = requests()
	r.backfill = 2 * time.Minute
	r.cloud = []shown{request(2, 60, 2), request(3, 60, 2)}
	r.configure(3)
	r.rounds(3, 4).want(`
		3: policy for requests
		3: requests 2 = 1 on 2 settled
		4: requests 3 = 1 on 2`)
	old := r.stored[streams.PartKey{Series: "cpu", Slot: streams.NoSlot}]
	if string(old.Data) != "{}" {
		t.Errorf("what is stored of the series that was dropped: %s", old.Data)
	}
	r.policy = perFive()
	r.policy.Load.Expression, r.policy.Load.Unit = "m0", streams.Count
	r.backfill = 10 * time.Minute
	r.cloud = []shown{{end: 0, from: 1, sum: 3}, {end: 5, from: 6, sum: 4}}
	r.configure(5)
	r.rounds(5, 6).want(`
		5: policy for cpu
		5: cpu 0 = 3 settled
		6: cpu 5 = 4`)
}

// Before there is a policy a round is a round; and rounds go on after those
// that are known.
func TestRoundsGoOn(t *testing.T) {
	s := newState(web())
	s.Resume(41)
	if g := groupOf(t, poll(s, 0, nil, false)); g.Round != 42 || g.Errors != nil || g.Capacity != nil {
		t.Errorf("%+v", g)
	}
	s.Resume(7)
	if g := groupOf(t, poll(s, 1, nil, false)); g.Round != 43 || s.Round() != 43 {
		t.Errorf("%+v", g)
	}
	if due := s.Due(at(2)); due != nil || s.Begun() || s.Probing() || s.MetricsPerHour() != 0 {
		t.Errorf("due without a policy: %v", due)
	}
}

func TestMetricsPerHour(t *testing.T) {
	for _, test := range []struct {
		policy streams.Policy
		want   float64
	}{{perFive(), 24}, {perMinute(), 60}, {requests(), 120}} {
		r := newRig(t, test.policy)
		r.configure(0)
		if got := r.state.MetricsPerHour(); got != test.want {
			t.Errorf("%s every %v: %v metrics an hour, want %v", test.policy.Load.Series, test.policy.Load.Period, got, test.want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-1, 3)...)
	r.reload = true
	r.rounds(0, 3)
	head, cpu := streams.PartKey{Slot: streams.NoSlot}, streams.PartKey{Series: "cpu", Slot: streams.NoSlot}
	for want, parts := range map[string][]streams.Part{
		"its part is missing":  {r.stored[head]},
		"was dropped":          {r.stored[head], {Key: cpu, Data: []byte("{}")}},
		"unexpected end":       {r.stored[head], {Key: cpu, Data: []byte("{")}},
		"invalid character":    {{Key: head, Data: []byte("?")}},
		`unknown part "cpu"`:   {{Key: streams.PartKey{Series: "cpu", Slot: 3}}},
		"auto_scaling_group: ": {r.stored[head], {Key: cpu, Data: []byte(`{"policy":{},"state":{}}`)}},
	} {
		if _, err := (Stage{}).Load(web(), parts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if s, err := (Stage{}).Load(web(), nil); err != nil || s.(*State).Round() != 0 {
		t.Errorf("no part at all: %v", err)
	}
	if (Stage{}).Name() != "ingest" || (Stage{}).Version() != 1 || (Stage{}).Reads() != nil {
		t.Error("name, version or reads")
	}
}
