package network

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAdamGoesDown finds the least of a bowl that is a hundred times steeper one
// way than the other.
func TestAdamGoesDown(t *testing.T) {
	params, grads := []float64{3, -2}, make([]float64, 2)
	adam := NewAdam(0)
	for step := range 2000 {
		grads[0], grads[1] = 100*(params[0]-1), params[1]-0.5
		adam.Rate = Cosine(step, 2000, 0.05)
		adam.Step(params, grads)
	}
	if math.Abs(params[0]-1) > 1e-3 || math.Abs(params[1]-0.5) > 1e-3 {
		t.Errorf("want 1 and .5, got %v", params)
	}
}

// TestAdamResumes holds that a checkpoint has all of it.
func TestAdamResumes(t *testing.T) {
	params, other := []float64{3, -2}, make([]float64, 2)
	adam := NewAdam(0.1)
	step := func(a *Adam, p []float64) { a.Step(p, []float64{math.Sin(p[0]), p[1] * p[1]}) }
	for range 5 {
		step(adam, params)
	}
	copy(other, params)
	text, err := json.Marshal(adam)
	if err != nil {
		t.Fatal(err)
	}
	resumed := new(Adam)
	if err := json.Unmarshal(text, resumed); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		step(adam, params)
		step(resumed, other)
	}
	if d := cmp.Diff(params, other); d != "" {
		t.Errorf("(-straight +resumed):\n%s", d)
	}
}

func TestClip(t *testing.T) {
	for _, test := range []struct {
		grads      []float64
		most, norm float64
		want       []float64
	}{
		{[]float64{3, -4}, 10, 5, []float64{3, -4}},
		{[]float64{3, -4}, 1, 5, []float64{3 / (5 + 1e-6), -4 / (5 + 1e-6)}},
		{[]float64{0, 0}, 1, 0, []float64{0, 0}},
		{[]float64{1, math.Inf(1)}, 1, math.Inf(1), []float64{0, 0}},
		{[]float64{1, 1e200}, 1, math.Inf(1), []float64{0, 0}},
		{[]float64{math.NaN(), 2}, 1, math.NaN(), []float64{0, 0}},
	} {
		norm := Clip(test.grads, test.most)
		if norm != test.norm && !(math.IsNaN(norm) && math.IsNaN(test.norm)) {
			t.Errorf("want a norm of %v, got %v", test.norm, norm)
		}
		for i, want := range test.want {
			if math.Abs(test.grads[i]-want) > 1e-15 {
				t.Errorf("want %v, got %v", test.want, test.grads)
			}
		}
	}
}

func TestCosine(t *testing.T) {
	for step, want := range []float64{2, 1 + math.Sqrt2/2, 1, 1 - math.Sqrt2/2, 0, 0} {
		if got := Cosine(step, 4, 2); math.Abs(got-want) > 1e-15 {
			t.Errorf("step %d: want %v, got %v", step, want, got)
		}
	}
	if got := Cosine(0, 0, 1); got != 0 {
		t.Errorf("no steps: want 0, got %v", got)
	}
}
