package plan_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata/*.txt")

var (
	web  = streams.GroupID{Scope: "eu-west-1", Group: "web"}
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// A transcript is a text of what comes to the actuator, a line each, followed
// by what it answers, marked with ">". Lines that begin with "#" are comments.
// Every line may end with at=T, the actuator's clock; it stands still
// otherwise, and goes with the group events.
//
//	limits [mode=M] [groups=A,B] [ceiling=N]     begins anew
//	policy desired|observe|retired [asg=NAME] [print=FINGERPRINT]
//	group NOW DESIRED|undescribed [min=N] [max=N]
//	decide FROM TO [round=N] [expires=T] [print=FINGERPRINT]
//	read DESIRED [min=N] [max=N]                 the group just before the call,
//	     [managed=V] [tag=V] [refresh=STATUS|!FAULT]  attached in mode desired
//	unread FAULT                                 that reading failed
//	refuse WHY                                   there is nothing to call with
//	done [ID] | fail FAULT | again DESIRED       the call's end; again after an unclear one
//	outcome ROUND STATUS DESIRED                 our own, read back
//	restart                                      store and load
//	distrust                                     print it
type transcript struct {
	t      *testing.T
	stage  plan.Stage
	state  *plan.State
	parts  map[streams.PartKey]streams.Part
	clock  time.Time
	round  uint64
	intent plan.Intent
	shown  uint64 // the round of the intent that was last printed
	seen   plan.Description
	call   plan.Call
	fault  *plan.CallError
	out    strings.Builder
}

func play(t *testing.T, text string) string {
	t.Helper()
	tr := &transcript{t: t}
	tr.begin(plan.Limits{Mode: streams.DesiredControl})
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if strings.HasPrefix(line, ">") {
			continue
		}
		tr.out.WriteString(line + "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := newFields(line)
		tr.line(&f)
		if f.err != nil {
			t.Fatalf("line %d: %s: %v", i+1, line, f.err)
		}
	}
	return tr.out.String()
}

func (tr *transcript) begin(l plan.Limits) {
	tr.stage = plan.Stage{Limits: l}
	tr.state = tr.stage.New(web).(*plan.State)
	tr.parts = map[streams.PartKey]streams.Part{}
	tr.clock, tr.round, tr.shown = noon, 0, 0
}

func (tr *transcript) printf(format string, args ...any) {
	fmt.Fprintf(&tr.out, "> "+format+"\n", args...)
}

// step folds an input in and prints what follows.
func (tr *transcript) step(ev streams.Event) {
	tr.t.Helper()
	for _, ev := range tr.state.Step(ev) {
		if err := streams.Validate(ev); err != nil {
			tr.t.Error(err)
		}
		o := ev.(streams.Outcome)
		text := fmt.Sprintf("outcome of round %d at %s: %s, desired %d", o.Round, o.At.Format("15:04:05"), o.Status, o.Desired)
		if o.RequestID != "" {
			text += " (" + o.RequestID + ")"
		}
		if o.Error != "" {
			text += ": " + o.Error
		}
		tr.printf("%s", text)
	}
	for _, p := range tr.state.Changed() {
		tr.parts[p.Key] = p
	}
	if i, ok := tr.state.Intent(); ok && i.Round != tr.shown {
		tr.shown = i.Round
		tr.printf("intent of round %d: %s from %d to %d", i.Round, i.AutoScalingGroup, i.From, i.To)
	}
}

func (tr *transcript) arrive(ev streams.Event) {
	tr.t.Helper()
	tr.step(plan.Arrived{GroupID: web, At: tr.clock, Event: ev})
}

// end folds a result in.
func (tr *transcript) end(r plan.Result) {
	tr.t.Helper()
	tr.step(r)
}

func (tr *transcript) line(f *fields) {
	if at, ok := f.options["at"]; ok && f.words[0] != "group" {
		tr.clock = f.instant(at)
	}
	switch f.words[0] {
	case "limits":
		tr.begin(plan.Limits{Mode: streams.Mode(f.text("mode", "desired")), Groups: f.list("groups"), Ceiling: f.int("ceiling", 0)})
	case "policy":
		tr.arrive(tr.policy(f))
	case "group":
		tr.arrive(tr.group(f))
	case "decide":
		tr.arrive(tr.decision(f))
	case "outcome":
		tr.arrive(streams.Outcome{GroupID: web, Round: uint64(f.number(1)), At: tr.clock, Status: streams.Status(f.word(2)), Desired: f.number(3)})
	case "restart":
		tr.restart()
	case "distrust":
		tr.printf("%s", tr.state.Distrust())
	default:
		tr.act(f)
	}
}

// act is what the shell does with an intent.
func (tr *transcript) act(f *fields) {
	var ok bool
	if tr.intent, ok = tr.state.Intent(); !ok {
		f.err = fmt.Errorf("there is no intent")
		return
	}
	switch f.words[0] {
	case "read":
		tr.seen = tr.described(f)
		call, end := tr.intent.Judge(tr.seen, tr.clock)
		if end != nil {
			tr.end(*end)
			return
		}
		tr.call = call
		tr.printf("call %d%s", call.Desired, strings.TrimSuffix(": "+call.Note, ": "))
	case "unread":
		tr.end(tr.intent.Unread(failure("DescribeAutoScalingGroups", f.word(1)), tr.clock))
	case "refuse":
		tr.end(tr.intent.Refuse(strings.Join(f.words[1:], " "), tr.clock))
	case "done":
		tr.end(tr.intent.Applied(tr.call, f.optional(1), tr.clock))
	case "fail":
		tr.fault = failure("SetDesiredCapacity", f.word(1))
		if tr.fault.Fault != plan.Unclear {
			tr.end(tr.intent.Failed(tr.call, tr.seen, tr.fault, tr.clock))
		}
	case "again":
		tr.end(tr.intent.Confirm(tr.call, tr.described(f), tr.fault, tr.clock))
	default:
		f.err = fmt.Errorf("unknown line")
	}
}

// described is a group as it is read.
func (tr *transcript) described(f *fields) plan.Description {
	d := plan.Description{
		Sizes: plan.Sizes{Desired: f.number(1), Min: f.int("min", 1), Max: f.int("max", 100)},
		Tags:  plan.Tags{Managed: f.text("managed", "true"), Mode: f.text("tag", "desired")},
	}
	if status := f.text("refresh", ""); strings.HasPrefix(status, "!") {
		d.Refresh.Unread = failure("DescribeInstanceRefreshes", status[1:])
	} else if status != "" {
		d.Refresh = plan.Refresh{ID: "r-1", Status: status}
	}
	return d
}

// attached is a group that may be acted on.
func attached(s plan.Sizes) plan.Description {
	return plan.Description{Sizes: s, Tags: plan.Tags{Managed: "true", Mode: "desired"}}
}

func failure(operation, fault string) *plan.CallError {
	return &plan.CallError{Operation: operation, Fault: plan.Fault(fault), Err: fmt.Errorf("AWS says %s", fault)}
}

func (tr *transcript) restart() {
	var parts []streams.Part
	for _, p := range tr.parts {
		parts = append(parts, p)
	}
	state, err := tr.stage.Load(web, parts)
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.state = state.(*plan.State)
}

func (tr *transcript) policy(f *fields) streams.Event {
	k := streams.Control{GroupID: web, Name: streams.ControlPolicy, At: tr.clock}
	if f.word(1) != "retired" {
		k.Policy = &streams.Policy{Mode: streams.Mode(f.word(1)), AutoScalingGroup: f.text("asg", "web-asg")}
		k.Fingerprint = f.text("print", "a")
	}
	return k
}

func (tr *transcript) group(f *fields) streams.Event {
	tr.round++
	g := streams.Group{GroupID: web, Round: tr.round, Now: f.instant(f.word(1))}
	tr.clock = g.Now
	if at, ok := f.options["at"]; ok {
		tr.clock = f.instant(at)
	}
	if f.word(2) != "undescribed" {
		g.Capacity = &streams.Capacity{Desired: f.number(2), Min: f.int("min", 1), Max: f.int("max", 100)}
	}
	return g
}

func (tr *transcript) decision(f *fields) streams.Event {
	d := streams.Decision{GroupID: web, Round: uint64(f.int("round", int(tr.round))), At: tr.clock,
		Current: f.number(1), Desired: f.number(2), Expires: tr.clock.Add(2 * time.Minute), Fingerprint: f.text("print", "a")}
	d.Verdict = streams.VerdictOf(d.Current, d.Desired)
	if t, ok := f.options["expires"]; ok {
		d.Expires = f.instant(t)
	}
	return d
}

func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("answers differ (-recorded +now), see -update:\n%s", diff)
			}
		})
	}
}
