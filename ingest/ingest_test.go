package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// The first poll puts the policy, the history and a round onto the timeline, in
// this order; those after it what is due.
func TestPolls(t *testing.T) {
	b := newBench(t, "web-asg")
	b.run(b.config(web("web-asg")))
	all := b.events(streams.KindControl, streams.KindMetric, streams.KindGroup)
	if k, ok := all[0].(streams.Control); !ok || k.Policy.AutoScalingGroup != "web-asg" {
		t.Fatalf("begins with %+v, want the policy", all[0])
	}
	bins := 0
	for _, ev := range all[1 : len(all)-1] {
		m := ev.(streams.Metric)
		if *m.Value != 150 || *m.Instances != 2 || !m.Settled || m.Revision != 1 {
			t.Errorf("backfilled %+v", m)
		}
		bins++
	}
	if bins != 23 { // 24 in two hours, the last of which ended just now
		t.Errorf("%d bins of history, want 23", bins)
	}
	first := all[len(all)-1].(streams.Group)
	if first.Round != 1 || first.Series["cpu"].Count != 23 || *first.Capacity != (streams.Capacity{Desired: 2, InService: 2, Min: 1, Max: 10}) {
		t.Errorf("round 1 is %+v", first)
	}
	b.poll(start().Add(time.Minute))
	b.poll(start().Add(2 * time.Minute))
	groups := b.groups("web")
	if len(groups) != 3 || groups[1].Came("cpu") != 1 || groups[2].Came("cpu") != 0 {
		t.Errorf("rounds are %+v, want one metric in the second of three", groups)
	}
	if err := b.ingest.Ready(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(b.log.String(), `"cloudwatch_dollars_per_month":0.17`) {
		t.Errorf("the log does not say the bill of about 0.17 dollars a month:\n%s", b.log)
	}
}

// A process that starts again goes on where the last one was.
func TestGoesOnAfterARestart(t *testing.T) {
	b := newBench(t, "web-asg")
	b.run(b.config(web("web-asg")))
	b.halt()
	b.clock = newClock(start().Add(31 * time.Minute))
	b.run(b.config(web("web-asg")))
	groups := b.groups("web")
	if last := groups[len(groups)-1]; len(groups) != 2 || last.Round != 2 || last.Came("cpu") != 7 {
		t.Errorf("rounds are %+v, want the second with the 7 bins of half an hour", groups)
	}
}

// A poll that is not stored is polled again, and nothing is lost or repeated.
func TestLostCommits(t *testing.T) {
	b := newBench(t, "web-asg")
	n := 0
	b.publishBatch = func(ctx context.Context, js jetstream.JetStream, msgs []*nats.Msg) (uint64, error) {
		if n++; n%3 == 0 {
			if n%2 == 0 {
				_, _ = topology.PublishBatch(ctx, js, msgs)
			}
			return 0, nats.ErrTimeout
		}
		return topology.PublishBatch(ctx, js, msgs)
	}
	b.run(b.config(web("web-asg")))
	for minute := 1; minute <= 20; minute++ {
		b.poll(start().Add(time.Duration(minute) * time.Minute))
	}
	ends := map[time.Time]bool{}
	for _, ev := range b.events(streams.KindMetric) {
		m := ev.(streams.Metric)
		if ends[m.End] {
			t.Errorf("the bin of %v came twice", m.End)
		}
		ends[m.End] = true
	}
	for i, g := range b.groups("web") {
		if g.Round != uint64(i+1) {
			t.Errorf("round %d at place %d", g.Round, i+1)
		}
	}
	if len(ends) != 23+4 {
		t.Errorf("%d bins, want 27", len(ends))
	}
}

// Two weeks of minutes are more than a commit holds.
func TestLongHistoryIsCut(t *testing.T) {
	b := newBench(t, "web-asg")
	b.source.detailed = true
	cfg := b.config(withPeriod(web("web-asg")))
	cfg.Backfill = 14 * 24 * time.Hour
	b.run(cfg)
	info, err := b.stream.Info(b.ctx, jetstream.WithSubjectFilter(streams.KindFilter(realm, streams.KindMetric)))
	if err != nil {
		t.Fatal(err)
	}
	stored := uint64(0)
	for _, n := range info.State.Subjects {
		stored += n
	}
	groups := b.groups("web")
	if len(groups) != 1 || groups[0].Came("cpu") != 20160-1 || stored != 20160-1 {
		t.Errorf("%d metrics stored, round 1 counts %d, want 20159", stored, groups[0].Came("cpu"))
	}
}

func TestPeriodFollowsTheMonitoring(t *testing.T) {
	for _, detailed := range []bool{false, true} {
		b := newBench(t, "web-asg")
		b.source.detailed = detailed
		b.run(b.config(withPeriod(web("web-asg"))))
		control := b.events(streams.KindControl)[0].(streams.Control)
		want := 5 * time.Minute
		if detailed {
			want = time.Minute
		}
		if got := control.Policy.Load.Period.Std(); got != want {
			t.Errorf("detailed %v: period %v, want %v", detailed, got, want)
		}
		// It stays what it was, whatever the monitoring becomes.
		b.halt()
		b.source.detailed = !detailed
		b.clock = newClock(start().Add(time.Minute))
		b.run(b.config(withPeriod(web("web-asg"))))
		if n := len(b.events(streams.KindControl)); n != 1 {
			t.Errorf("detailed %v: %d policies, want one", detailed, n)
		}
	}
}

// A call that fails costs the group what it would have told, not its round.
func TestFailedCalls(t *testing.T) {
	b := newBench(t, "web-asg")
	b.run(b.config(web("web-asg")))
	denied := &window.CallError{Operation: "DescribeAutoScalingGroups", Action: "autoscaling:DescribeAutoScalingGroups", Err: errors.New("not authorized")}
	b.source.change(func(s *source) {
		s.listing = denied
		s.reading = fmt.Errorf("read: %w", errors.Join(&window.CallError{Operation: "GetMetricData", Action: "cloudwatch:GetMetricData", Err: errors.New("not authorized to read")}))
	})
	b.poll(start().Add(time.Minute))
	last := b.groups("web")[1]
	if last.Capacity != nil || len(last.Errors) != 2 || last.Errors[0].Operation != "DescribeAutoScalingGroups" || last.Errors[1].Message != "not authorized to read" {
		t.Errorf("round 2 has capacity %v and errors %+v", last.Capacity, last.Errors)
	}
	if err := b.ingest.Ready(); err == nil || !strings.Contains(err.Error(), "the permission autoscaling:DescribeAutoScalingGroups is missing") {
		t.Errorf("ready: %v", err)
	}
	for range 50 { // of several permissions it names the same one each time
		if err := b.ingest.Ready(); err == nil || !strings.Contains(err.Error(), "listing of scope") {
			t.Fatalf("ready: %v", err)
		}
	}
	b.source.change(func(s *source) { s.listing, s.reading = nil, nil })
	b.poll(start().Add(2 * time.Minute))
	if last := b.groups("web")[2]; last.Capacity == nil || len(last.Errors) != 0 || last.Came("cpu") != 1 {
		t.Errorf("round 3 is %+v", last)
	}
	if err := b.ingest.Ready(); err != nil {
		t.Error(err)
	}
}

// A group that three complete listings lack is retired, and comes back.
func TestRetires(t *testing.T) {
	b := newBench(t, "web-asg")
	b.run(b.config(web("web-asg")))
	gone := b.source.groups
	b.source.change(func(s *source) { s.groups = nil })
	minute := 0
	next := func() {
		minute++
		b.poll(start().Add(time.Duration(minute) * time.Minute))
	}
	next()
	b.source.change(func(s *source) { s.listing = errors.New("page 2 is missing") })
	next()
	b.source.change(func(s *source) { s.listing = nil })
	for range 5 {
		next()
	}
	controls := b.events(streams.KindControl)
	if len(controls) != 2 || controls[1].(streams.Control).Policy != nil {
		t.Fatalf("%d controls, want the second to retire the group", len(controls))
	}
	rounds := len(b.groups("web"))
	if rounds != 5 { // the first, three that lacked it, and between them one that failed
		t.Errorf("%d rounds until it was retired, want 5", rounds)
	}
	b.source.change(func(s *source) { s.groups = gone })
	next()
	if n := len(b.events(streams.KindControl)); n != 3 || len(b.groups("web")) != rounds+1 {
		t.Errorf("back again it has %d controls and %d rounds", n, len(b.groups("web")))
	}
}

// Groups that bear the tag are found; the newest of a pattern is the one, and
// those before it are no groups of their own; one of the configuration that is
// not there has no round.
func TestFindsGroups(t *testing.T) {
	b := newBench(t, "web-1", "web-2", "batch", "other")
	b.source.groups[1].Created = start()
	b.source.groups[3].Managed = false
	missing := ingest.Group{ID: streams.GroupID{Scope: "eu-west-1", Group: "missing"}, Policy: policy("missing-asg")}
	cfg := b.config(web("web-*"), missing)
	cfg.Discovered = func(scope, name string) ingest.Group {
		return ingest.Group{ID: streams.GroupID{Scope: scope, Group: name}, Policy: policy(name)}
	}
	b.run(cfg)
	got := map[string]string{}
	for _, ev := range b.events(streams.KindControl) {
		got[ev.ID().Group] = ev.(streams.Control).Policy.AutoScalingGroup
	}
	if want := map[string]string{"web": "web-2", "batch": "batch"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("groups are %v, want %v", got, want)
	}
	want := window.Listing{Managed: true, Names: []string{"missing-asg"}, Patterns: []string{"web-*"}}
	if fmt.Sprint(b.source.listings[0]) != fmt.Sprint(want) {
		t.Errorf("listed %+v, want %+v", b.source.listings[0], want)
	}
	if !strings.Contains(b.log.String(), "a group of the configuration is not there") {
		t.Error("the log does not say that a group is missing")
	}
	// The next deploy: a newer group of the pattern, under the same name.
	b.source.change(func(s *source) {
		d := described("web-3", 4)
		d.Created = start().Add(time.Minute)
		s.groups = append(s.groups, d)
	})
	b.poll(start().Add(time.Minute))
	if g := b.groups("web"); len(g) != 2 || g[1].Capacity.Desired != 4 {
		t.Errorf("rounds are %+v, want the second with the new group's 4", g)
	}
}

// Groups of longer rounds are polled on the grid of their own.
func TestRoundsOfDifferentLength(t *testing.T) {
	b := newBench(t, "web-asg", "slow-asg")
	slow := ingest.Group{ID: streams.GroupID{Scope: "eu-west-1", Group: "slow"}, Policy: policy("slow-asg")}
	slow.Policy.Round = streams.Duration(5 * time.Minute)
	b.run(b.config(web("web-asg"), slow))
	for minute := 1; minute <= 11; minute++ {
		b.poll(start().Add(time.Duration(minute) * time.Minute))
	}
	if often, seldom := len(b.groups("web")), len(b.groups("slow")); often != 12 || seldom != 3 {
		t.Errorf("%d and %d rounds in 12 minutes, want 12 and 3", often, seldom)
	}
}

// A group that the configuration names is nobody else's, whatever pattern it
// matches.
func TestNamesGoBeforePatterns(t *testing.T) {
	b := newBench(t, "web-1", "web-api")
	b.source.groups[1].Created = start()
	api := ingest.Group{ID: streams.GroupID{Scope: "eu-west-1", Group: "api"}, Policy: policy("web-api")}
	b.run(b.config(web("web-*"), api))
	for _, ev := range b.events(streams.KindControl) {
		want := map[string]string{"web": "web-1", "api": "web-api"}[ev.ID().Group]
		if got := ev.(streams.Control).Policy.AutoScalingGroup; got != want {
			t.Errorf("%s drives %s, want %s", ev.ID(), got, want)
		}
	}
}

// Where instances have weights, what one of them bears is not what a capacity
// unit does: who configured that is told.
func TestWarnsOfWeights(t *testing.T) {
	b := newBench(t, "web-asg", "even-asg")
	b.source.groups[0].Instances[1].Weight = 4
	even := ingest.Group{ID: streams.GroupID{Scope: "eu-west-1", Group: "even"}, Policy: policy("even-asg")}
	b.run(b.config(web("web-asg"), even))
	if n := strings.Count(b.log.String(), "has to be what one capacity unit bears"); n != 1 || !strings.Contains(b.log.String(), `"group":"eu-west-1/web","per_instance":80`) {
		t.Errorf("%d warnings, want one of web:\n%s", n, b.log)
	}
	if k := b.groups("web")[0].Capacity; k.InService != 5 {
		t.Errorf("%d units in service, want 5", k.InService)
	}
}

// A policy that the period makes invalid is complained about, and nothing is
// polled for it.
func TestInvalidPolicy(t *testing.T) {
	b := newBench(t, "web-asg")
	b.source.detailed = true
	g := withPeriod(web("web-asg"))
	with := g.WithPeriod
	g.WithPeriod = func(period time.Duration) streams.Policy {
		p := with(period)
		p.Scaling.OutageHold = streams.Duration(3 * time.Hour) // more than 120 periods of a minute
		return p
	}
	b.run(b.config(g))
	if n := len(b.events(streams.KindControl, streams.KindGroup)); n != 0 {
		t.Errorf("%d events, want none", n)
	}
	if !strings.Contains(b.log.String(), "scaling.outage_hold") {
		t.Errorf("the log does not name the field:\n%s", b.log)
	}
}

// After a restart on a long stream ingest is ready as soon as it polled.
func TestReadyAfterARestart(t *testing.T) {
	b := newBench(t, "web-asg")
	b.source.detailed = true
	cfg := b.config(withPeriod(web("web-asg")))
	cfg.Backfill = 24 * time.Hour
	b.run(cfg)
	b.halt()
	b.clock = newClock(start().Add(time.Minute))
	cfg.Clock = b.clock
	b.run(cfg)
	if err := errors.Join(b.ingest.Ready(), b.runner.Ready()); err != nil {
		t.Error(err)
	}
}

// Without its runner there is nothing to poll for.
func TestEndsWithItsRunner(t *testing.T) {
	b := newBench(t, "web-asg")
	b.run(b.config(web("web-asg")))
	err := b.ingest.Run(b.ctx, ended{})
	if !errors.Is(err, partition.ErrEnded) {
		t.Errorf("ended with %v", err)
	}
}

// ended is a runner that has ended.
type ended struct{ ingest.Runner }

func (ended) Inject(context.Context, ...streams.Event) error {
	return fmt.Errorf("inject: %w", partition.ErrEnded)
}

func TestRefusesWhatItCannotPoll(t *testing.T) {
	b := newBench(t)
	cfg := b.config(ingest.Group{ID: streams.GroupID{Scope: "us-east-1", Group: "web"}})
	if _, err := ingest.New(cfg); err == nil || !strings.Contains(err.Error(), "us-east-1") {
		t.Errorf("a group without a source: %v", err)
	}
	cfg = b.config()
	cfg.Clock = nil
	if _, err := ingest.New(cfg); err == nil {
		t.Error("without a clock: no error")
	}
}
