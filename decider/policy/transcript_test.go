package policy_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/decider/policy"
	"github.com/ml-autoscaling/autoscaler/streams"
)

var update = flag.Bool("update", false, "rewrite the decisions in testdata/*.txt")

// A transcript is a text of events, one a line, each followed by the decisions
// that it led to, marked with ">". Lines that begin with "#" are comments.
//
//	policy [key=value ...] | policy retired
//	shadow NAME [key=value ...]  a shadow of the policies that follow
//	show RULE ...               print only these rules and those that changed something
//	metric END VALUE [n=INSTANCES] [censored] [rev=N] [unit=U] [period=D] [seen=T]
//	group NOW DESIRED|undescribed [service=N] [pending=N] [min=N] [max=N] [suspended=A,B] [delay=D] [boots=D,D] [round=N] [error=E]
//	forecast ORIGIN PEAK... [cold] [short] [round=N] [unit=U] [period=D]
//	outcome AT STATUS DESIRED [round=N]
//
// Peaks are those of the 0.95 quantile, step by step (the 0.5 quantile is half); the last goes on to the
// horizon unless short. Rounds count by themselves.
type transcript struct {
	base  streams.Policy
	state streams.State
	show  map[string]bool
	round uint64 // of the newest group event
	asked uint64 // of the newest decision that is not a hold
	came  int
	last  time.Time // newest end of what came
}

var web = streams.GroupID{Scope: "eu-west-1", Group: "web"}

// play runs a transcript under a base policy and gives it back with the
// decisions that come now.
func play(t *testing.T, text string, base streams.Policy) string {
	t.Helper()
	tr := &transcript{base: base, state: policy.Stage{}.New(web)}
	var out strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if strings.HasPrefix(line, ">") {
			continue
		}
		out.WriteString(line + "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		ev, err := tr.parse(line)
		if err != nil {
			t.Fatalf("line %d: %s: %v", i+1, line, err)
		}
		if ev == nil {
			continue
		}
		for _, d := range tr.state.Step(ev) {
			if err := streams.Validate(d); err != nil {
				t.Errorf("line %d: %v", i+1, err)
			}
			out.WriteString(tr.render(d.(streams.Decision)))
		}
	}
	return out.String()
}

func (tr *transcript) render(d streams.Decision) string {
	if d.Verdict != streams.Hold && !d.Shadow() {
		tr.asked = d.Round
	}
	var b strings.Builder
	who := ""
	if d.Shadow() {
		who = d.Policy + ": "
	}
	used := "no forecast"
	if d.ForecastRound > 0 {
		used = fmt.Sprintf("forecast of round %d", d.ForecastRound)
	}
	fmt.Fprintf(&b, "> %sround %d at %s: %s %d -> %d (%s)\n", who, d.Round, d.At.Format("15:04:05"), d.Verdict, d.Current, d.Desired, used)
	for _, r := range d.Trail {
		if tr.show == nil || tr.show[r.Name] || r.Before != r.After {
			fmt.Fprintf(&b, ">   %-15s %3d -> %-3d %s\n", r.Name, r.Before, r.After, r.Why)
		}
	}
	return b.String()
}

func transcripts(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	texts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(filepath.Base(file), ".txt")] = string(text)
	}
	return texts
}

func TestTranscripts(t *testing.T) {
	for name, want := range transcripts(t) {
		t.Run(name, func(t *testing.T) {
			got := play(t, want, base())
			if *update {
				if err := os.WriteFile(filepath.Join("testdata", name+".txt"), []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("decisions differ (-recorded +now), see -update:\n%s", diff)
			}
		})
	}
}

// TestOneNumberOneTranscript answers "which line changes the cooldown": the
// policy's, and with it changes the transcript of its rail and no other.
func TestOneNumberOneTranscript(t *testing.T) {
	sec := func(s int) streams.Duration { return streams.Duration(time.Duration(s) * time.Second) }
	changes := map[string]func(*streams.ScalingPolicy){
		"scale_out_cooldown": func(s *streams.ScalingPolicy) { s.ScaleOutCooldown = sec(180) },
		"scale_in_cooldown":  func(s *streams.ScalingPolicy) { s.ScaleInCooldown = sec(420) },
		"max_step_out":       func(s *streams.ScalingPolicy) { s.StepOut.Instances = 5 },
		"max_step_in":        func(s *streams.ScalingPolicy) { s.StepIn.Fraction = 0.5 },
		"foreign_hands":      func(s *streams.ScalingPolicy) { s.ForeignHold = sec(900) },
		"min_max":            func(s *streams.ScalingPolicy) { s.Max = 90 },
		"scale_in_test":      func(s *streams.ScalingPolicy) { s.Stabilization = sec(900) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			p := base()
			change(&p.Scaling)
			for file, text := range transcripts(t) {
				if changed := play(t, text, p) != text; changed != (file == name) {
					t.Errorf("%s.txt: changed is %v", file, changed)
				}
			}
		})
	}
}
