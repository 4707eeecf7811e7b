package network

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// within is the relative error that is allowed against PyTorch.
const within = 1e-12

// golden is a case of testdata/golden.json (testdata/SOURCES.md). PyTorch's
// inputs are batch × step × input.
type golden struct {
	Config struct {
		Input, Hidden, Layers, T, Batch, Out int
		Loss                                 string
		LR                                   float64
		Clip                                 *float64 `json:"clip_norm"`
	}
	Weights   map[string]any
	X         [][][]float64
	Y         [][]float64
	HiddenSeq [][][]float64 `json:"hidden_seq"`
	H0        [][][]float64
	C0        [][][]float64
	HN        [][][]float64 `json:"h_n"`
	CN        [][][]float64 `json:"c_n"`
	Output    [][]float64
	Loss      float64
	Grads     map[string]any
	Norms     []float64      `json:"grad_norms"`
	After1    map[string]any `json:"weights_after_1"`
	After3    map[string]any `json:"weights_after_3"`
	Losses    []float64
}

func goldens(t *testing.T) map[string]golden {
	t.Helper()
	b, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]golden
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if len(out) != 3 {
		t.Fatalf("want 3 cases, got %d", len(out))
	}
	return out
}

// flat gives PyTorch's parameters in the order of Parameters. Without a head it
// stops before one.
func flat(t *testing.T, named map[string]any, prefix string, layers int, head bool) []float64 {
	t.Helper()
	var names []string
	for l := range layers {
		for _, name := range []string{"weight_ih", "weight_hh", "bias_ih", "bias_hh"} {
			names = append(names, fmt.Sprintf("%s%s_l%d", prefix, name, l))
		}
	}
	if head {
		names = append(names, "linear.weight", "linear.bias")
	}
	var out []float64
	for _, name := range names {
		if named[name] == nil {
			t.Fatalf("no %s in the golden file", name)
		}
		out = leaves(out, named[name])
	}
	return out
}

// leaves appends the numbers of nested lists.
func leaves(out []float64, v any) []float64 {
	if list, ok := v.([]any); ok {
		for _, e := range list {
			out = leaves(out, e)
		}
		return out
	}
	return append(out, v.(float64))
}

// closeTo fails where numbers differ by more than rounding: relative to the
// number, or to the largest where that one is a thousand times smaller.
func closeTo(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: want %d numbers, got %d", what, len(want), len(got))
	}
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= within*max(math.Abs(w), largest/1000)) {
			t.Errorf("%s: number %d: want %v, got %v", what, i, w, got[i])
		}
	}
}

// batch gives the case's inputs, and the head behind every step.
func (g *golden) batch() Batch {
	b := Batch{Size: len(g.X), Steps: len(g.X[0])}
	for t := range b.Steps {
		for q := range b.Size {
			b.X = append(b.X, g.X[q][t]...)
		}
	}
	return b
}

// mse is the loss of case A, pinball that of case B, with their gradients.
func mse(z []float64, y [][]float64, dOut []float64) (loss float64) {
	outs := len(y[0])
	for i, v := range z {
		e := v - y[i/outs][i%outs]
		loss += e * e / float64(len(z))
		dOut[i] = 2 * e / float64(len(z))
	}
	return loss
}

func pinball(z []float64, y [][]float64, dOut []float64) (loss float64) {
	levels := []float64{0.1, 0.5, 0.9}
	outs := len(y[0]) * len(levels)
	for i, v := range z {
		q := levels[i%len(levels)]
		e := y[i/outs][i%outs/len(levels)] - v
		slope := q
		if e < 0 {
			slope = q - 1
		}
		loss += slope * e / float64(len(z))
		dOut[i] = -slope / float64(len(z))
	}
	return loss
}

func TestGolden(t *testing.T) {
	for name, g := range goldens(t) {
		if g.Config.Input == 0 {
			continue // C has no head
		}
		t.Run(name, func(t *testing.T) {
			c := g.Config
			n := New(Shape{Inputs: c.Input, Hidden: c.Hidden, Layers: c.Layers, Outputs: c.Out})
			copy(n.Parameters(), flat(t, g.Weights, "lstm.", c.Layers, true))
			n.Refresh()
			if n.Shape().Parameters() != len(flat(t, g.Grads, "lstm.", c.Layers, true)) {
				t.Fatalf("want as many parameters as gradients, got %d", n.Shape().Parameters())
			}
			b := g.batch()
			b.From = b.Steps - 1
			trainer := NewTrainer(n, b.Size, b.Steps, model.InLine)
			loss := mse
			if c.Loss == "pinball" {
				loss = pinball
			}
			adam := NewAdam(c.LR)
			dOut := make([]float64, b.Size*c.Out)
			for step := range 4 {
				out := trainer.Forward(b)
				closeTo(t, fmt.Sprintf("loss %d", step), []float64{loss(out, g.Y, dOut)}, g.Losses[step:step+1])
				if step == 3 {
					break
				}
				grads := trainer.Backward(dOut)
				if step == 0 {
					g.first(t, trainer, out, grads)
				}
				if c.Clip != nil {
					closeTo(t, fmt.Sprintf("norm %d", step), []float64{Clip(grads, *c.Clip)}, g.Norms[step:step+1])
				}
				adam.Step(n.Parameters(), grads)
				n.Refresh()
				switch step {
				case 0:
					closeTo(t, "weights after 1", n.Parameters(), flat(t, g.After1, "lstm.", c.Layers, true))
				case 2:
					closeTo(t, "weights after 3", n.Parameters(), flat(t, g.After3, "lstm.", c.Layers, true))
				}
			}
		})
	}
}

// first compares what the first forward and backward gave.
func (g *golden) first(t *testing.T, trainer *Trainer, out, grads []float64) {
	t.Helper()
	c := g.Config
	var want []float64
	for _, row := range g.Output {
		want = append(want, row...)
	}
	closeTo(t, "outputs", out, want)
	closeTo(t, "gradient", grads, flat(t, g.Grads, "lstm.", c.Layers, true))
	closeTo(t, "loss", []float64{g.Losses[0]}, []float64{g.Loss})
	g.states(t, trainer)
}

// states compares the hidden state behind every step, and the last of all.
func (g *golden) states(t *testing.T, trainer *Trainer) {
	t.Helper()
	s := trainer.network.shape
	p := trainer.pieces[0]
	for q, sequence := range g.HiddenSeq {
		for step, want := range sequence {
			hidden := p.hidden(s.Layers-1, step+1)
			var got []float64
			for j := range s.Hidden {
				got = append(got, hidden[j*p.n+q])
			}
			closeTo(t, fmt.Sprintf("hidden of sequence %d, step %d", q, step), got, want)
		}
	}
	end := make([]float64, len(g.X)*s.State())
	trainer.End(end)
	for q := range g.X {
		for l := range s.Layers {
			own := end[q*s.State()+2*s.Hidden*l:]
			closeTo(t, "last h", own[:s.Hidden], g.HN[l][q])
			closeTo(t, "last c", own[s.Hidden:2*s.Hidden], g.CN[l][q])
		}
	}
}

// TestGoldenStreaming begins with a state that is not zero, and takes one step at
// a time, and all at once.
func TestGoldenStreaming(t *testing.T) {
	g := goldens(t)["C_stateful"]
	h := len(g.H0[0][0])
	n := New(Shape{Inputs: len(g.X[0][0]), Hidden: h, Layers: 1, Outputs: 1})
	copy(n.Parameters(), flat(t, g.Weights, "", 1, false))
	n.Refresh()
	state := n.NewState()
	copy(state.Values(), g.H0[0][0])
	copy(state.Values()[h:], g.C0[0][0])
	b := g.batch()
	b.Start = append([]float64(nil), state.Values()...)
	for step, x := range g.X[0] {
		n.Step(state, x)
		closeTo(t, fmt.Sprintf("hidden at step %d", step), state.Values()[:h], g.HiddenSeq[0][step])
	}
	closeTo(t, "last h", state.Values()[:h], g.HN[0][0])
	closeTo(t, "last c", state.Values()[h:], g.CN[0][0])
	trainer := NewTrainer(n, 1, b.Steps, model.InLine)
	trainer.Forward(b)
	g.states(t, trainer)
}
