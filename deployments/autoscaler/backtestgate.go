package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// errGate is of a gate that was not passed. What is missing was printed.
var errGate = errors.New("the gate is not passed")

// gate asks ours to beat a policy.
type gate struct {
	ours, incumbent backtest.Contender
	// margin is the share of the incumbent's J by which ours is to be lower.
	margin float64
}

func newGate(plan backtestPlan, margin string) (*gate, error) {
	g := &gate{ours: plan.ours, incumbent: plan.incumbent}
	var err error
	g.margin, err = parseMargin(margin)
	return g, err
}

// parseMargin reads a share in percent, such as 5%.
func parseMargin(text string) (float64, error) {
	percent, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil || !strings.HasSuffix(text, "%") || !(percent >= 0 && percent < 100) {
		return 0, fmt.Errorf("--margin: want a share such as 5%%, got %q", text)
	}
	return percent / 100, nil
}

// verdict is what a gate came to.
type verdict struct {
	passed bool
	// ratio is J of ours over the incumbent's, the geometric mean over traces.
	ratio float64
	words string
}

// judge compares over all traces.
func (g gate) judge(trials []backtest.Trial) verdict {
	sum, worst, at := 0.0, 0.0, ""
	for _, t := range trials {
		ours, incumbent := t.Find(g.ours), t.Find(g.incumbent)
		ratio := ours.Score.J(g.ours.Knob) / incumbent.Score.J(g.ours.Knob)
		if sum += math.Log(ratio); ratio > worst {
			worst, at = ratio, t.Case
		}
	}
	v := verdict{ratio: math.Exp(sum / float64(len(trials)))}
	v.passed = v.ratio <= 1-g.margin
	how := "NOT PASSED"
	if v.passed {
		how = "passed"
	}
	v.words = fmt.Sprintf("gate %s: J at %g of %s is %.3f of that of %s, wanted at most %.3f", how, g.ours.Knob, g.ours, v.ratio, g.incumbent.Label(), 1-g.margin)
	if len(trials) > 1 {
		v.words += fmt.Sprintf(" (geometric mean of %d traces; worst %.3f on %s)", len(trials), worst, at)
	}
	return v
}

// judged is the verdict of the gate, which says where what it compares with
// stands in for another, or is no feat to beat.
func (o outcome) judged() verdict {
	v := o.plan.gate.judge(o.trials)
	if o.plan.own.standsIn() {
		v.words += fmt.Sprintf("; %s stands in for what %s scales by", o.plan.incumbent, o.plan.own.Group)
	}
	if backtest.IsIncumbent(o.plan.incumbent.Policy) && o.plan.own.ratchet() != "" {
		v.words += fmt.Sprintf("; %s never scales in", o.plan.incumbent)
	}
	return v
}

// gated prints the verdict of the gate, where there is one, and is an error
// where it is not passed.
func (o outcome) gated(w io.Writer) error {
	if o.plan.gate == nil {
		return nil
	}
	v := o.judged()
	fmt.Fprintln(w, v.words)
	if !v.passed {
		return errGate
	}
	return nil
}
