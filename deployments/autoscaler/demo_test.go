package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// The demo on a short trace: the same bytes twice, and a table that its
// timeline gives again.
func TestDemoIsRepeatableAndRecomputable(t *testing.T) {
	trace, dir := shortTrace(t, 96), t.TempDir()
	var texts [2]string
	for i := range texts {
		name := filepath.Join(dir, string(rune('a'+i)))
		code, out, errs := autoscaler(t, "demo", "--trace", trace, "--json", name+".json", "--timeline", name+".csv")
		if code != 0 {
			t.Fatalf("exit %d: %s%s", code, out, errs)
		}
		for _, ext := range []string{".json", ".csv"} {
			body, err := os.ReadFile(name + ext)
			if err != nil {
				t.Fatal(err)
			}
			texts[i] += string(body)
		}
	}
	if texts[0] != texts[1] {
		t.Error("two runs differ")
	}
	f, err := os.Open(filepath.Join(dir, "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := fleet.ReadRows(f)
	if err != nil {
		t.Fatal(err)
	}
	var r report
	readJSON(t, filepath.Join(dir, "a.json"), &r)
	byPolicy := fleet.ByPolicy(rows)
	if len(byPolicy) != 3 || len(r.Policies) != 3 {
		t.Fatalf("%d policies in the timeline and %d in the figures, want 3", len(byPolicy), len(r.Policies))
	}
	for i, rows := range byPolicy {
		s := fleet.ScoreRows(rows, 80)
		got := r.Policies[i]
		want := result{Policy: rows[0].Policy, scoreJSON: scoreJSON{Minutes: s.Minutes, Violations: s.Violations, InstanceHours: s.InstanceHours, J8: s.J(8), J2: s.J(2),
			Actions: s.Actions, Reversals: s.Reversals, Launches: s.Launches, Unserved: s.Unserved,
			ThetaU: s.ThetaU, ThetaO: s.ThetaO, TauU: s.TauU, TauO: s.TauO, Upsilon: s.Upsilon}}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(result{})); diff != "" {
			t.Errorf("%s (-timeline +figures):\n%s", rows[0].Policy, diff)
		}
	}
	if len(r.Decisions) == 0 || !strings.Contains(texts[0], `"trail"`) {
		t.Error("no decision is shown with its trail")
	}
}
