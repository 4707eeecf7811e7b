package rivals

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

func TestDefinitions(t *testing.T) {
	want := []string{
		"static-peak", "schedule", "tt.7", "tt.9", "tt-fast", "step", "step.8", "step%",
		"hpa", "phpa", "crane", "aws-predictive", "aws-predictive.9", "aws-predictive-fast",
	}
	var names, emulations []string
	for _, d := range Definitions() {
		names = append(names, d.Name)
		if d.Emulation {
			emulations = append(emulations, d.Name)
		}
		if d.Emulation != strings.Contains(d.About, "emulation") {
			t.Errorf("%s: about %q, emulation %v", d.Name, d.About, d.Emulation)
		}
		for _, knob := range append(d.Sweep, d.Default) {
			if d.New(knob) == nil {
				t.Errorf("%s: no policy at %v", d.Name, knob)
			}
		}
		if found, ok := Lookup(d.Name); !ok || found.Name != d.Name {
			t.Errorf("look up %s: got %q, %v", d.Name, found.Name, ok)
		}
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"tt-fast", "aws-predictive", "aws-predictive.9", "aws-predictive-fast"}, emulations); diff != "" {
		t.Errorf("emulations (-want +got):\n%s", diff)
	}
	if _, ok := Lookup("oracle"); ok {
		t.Error("the oracle is listed as a rival")
	}
}

func TestSweeps(t *testing.T) {
	targets, factors := targets(), factors()
	if len(targets) != 37 || targets[0] != 20 || targets[36] != 92 {
		t.Errorf("targets %v, want 20 to 92 in steps of 2", targets)
	}
	if len(factors) != 71 || factors[0] != 0.2 || factors[20] != 1 || factors[70] != 3 {
		t.Errorf("factors %v, want .2 to 3 in steps of .04", factors)
	}
	for i := 1; i < len(factors); i++ {
		if step := factors[i] - factors[i-1]; math.Abs(step-0.04) > 1e-9 {
			t.Errorf("factor %v after %v", factors[i], factors[i-1])
		}
	}
}

func TestNewPanicsOnAKnobThatIsNone(t *testing.T) {
	for _, d := range Definitions() {
		knobs := []float64{0, -1, math.NaN()}
		if d.Knob == knobTarget {
			knobs = append(knobs, 100)
		}
		for _, knob := range knobs {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: took %v", d.Name, knob)
					}
				}()
				d.New(knob)
			}()
		}
	}
}

// wave is a load with a season of a day, noise and gaps.
func wave(t testing.TB, days int, period time.Duration) fleet.Load {
	t.Helper()
	recorded := trace.Trace{Start: time.Date(2026, 1, 1, 5, 20, 0, 0, time.UTC), Period: period}
	perDay := int(24 * time.Hour / period)
	for i := range days * perDay {
		v := 20 + 15*math.Sin(2*math.Pi*float64(i)/float64(perDay)) + float64(i*i*7%13)/3
		if i%977 > 960 {
			v = math.NaN()
		}
		recorded.Values = append(recorded.Values, v)
	}
	load, err := fleet.NewLoad(recorded, 40)
	if err != nil {
		t.Fatal(err)
	}
	return load
}

// TestNobodyLooksAhead changes the load from a minute on, and checks that
// nothing was decided otherwise before it; and that none but the two whose
// definition says so learns from the demand of the warm-up part.
func TestNobodyLooksAhead(t *testing.T) {
	load := wave(t, 6, 5*time.Minute)
	change := load.Minutes() * 2 / 3
	for _, d := range Definitions() {
		other := load
		other.Demand = slices.Clone(load.Demand)
		for m := change; m < len(other.Demand); m++ {
			other.Demand[m] *= 1.7
		}
		if got, want := desiredOf(t, d, other)[:change], desiredOf(t, d, load)[:change]; !slices.Equal(got, want) {
			t.Errorf("%s knew of a change before it came", d.Name)
		}
		reads := d.Name == "static-peak" || d.Name == "schedule"
		blind, told := d.New(d.Default), d.New(d.Default)
		w := newWorld(t, fleet.Lived("blind", load, 3*time.Minute))
		Run(w, &forgetful{blind})
		v := newWorld(t, fleet.Lived("told", load, 3*time.Minute))
		Run(v, told)
		if same := slices.EqualFunc(w.Rows(), v.Rows(), func(a, b fleet.Row) bool { return a.Desired == b.Desired }); same == reads {
			t.Errorf("%s: reads the warm-up part: want %v, got %v", d.Name, reads, !same)
		}
	}
}

// forgetful is a policy that is not told the demand of the warm-up part.
type forgetful struct{ Policy }

func (p *forgetful) Begin(b Briefing) {
	b.WarmUp = make([]float64, len(b.WarmUp))
	p.Policy.Begin(b)
}

func desiredOf(t testing.TB, d Definition, load fleet.Load) []int {
	t.Helper()
	w, err := fleet.NewWorld(fleet.Lived(d.Name, load, 3*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	Run(w, d.New(d.Default))
	var desired []int
	for _, r := range w.Rows() {
		desired = append(desired, r.Desired)
	}
	return desired
}

// TestMissingSamplesMoveNobody checks that no policy on metrics changes the
// capacity while the newest sample is missing.
func TestMissingSamplesMoveNobody(t *testing.T) {
	load := wave(t, 6, time.Minute)
	for _, d := range Definitions() {
		if d.Knob == knobFactor || strings.HasPrefix(d.Name, "aws-predictive") {
			continue // they have a plan
		}
		w := newWorld(t, fleet.Lived(d.Name, load, 3*time.Minute))
		p := d.New(d.Default)
		Run(w, watchedInGaps{p, t, d.Name})
	}
}

type watchedInGaps struct {
	Policy
	t    *testing.T
	name string
}

func (p watchedInGaps) Act(m fleet.Minute) int {
	desired := p.Policy.Act(m)
	if len(m.Samples) == 0 && desired != m.Desired {
		p.t.Errorf("%s: %s: from %d to %d without a sample", p.name, m.Now.Format(time.DateTime), m.Desired, desired)
	}
	return desired
}

// BenchmarkDefinitions runs each policy through 60 days at one minute: a
// second at most is what a comparison can bear.
func BenchmarkDefinitions(b *testing.B) {
	load := wave(b, 60, time.Minute)
	for _, d := range Definitions() {
		b.Run(d.Name, func(b *testing.B) {
			for b.Loop() {
				desiredOf(b, d, load)
			}
		})
	}
}
