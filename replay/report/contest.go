package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// contest is ours against one other run, in words.
type contest struct {
	Against []string // what the other run is: one run may be several of them
	Who     string
	Class   string
	Verdict string
	Side    sides
	Figures string // of the other
	Differs string // ours against it
	J       string
}

// contests sets ours against the best rival, the one chosen beforehand and the
// incumbent.
func (b *book) contests(c choice) []contest {
	if c.ours == nil {
		return nil
	}
	var out []contest
	var runs []*backtest.Run
	add := func(title string, other *backtest.Run) {
		if other == nil {
			return
		}
		if i := slices.Index(runs, other); i >= 0 {
			out[i].Against = append(out[i].Against, title)
			return
		}
		runs = append(runs, other)
		verdict, side := compared(c.ratio(other))
		o, s := c.ours.Score, other.Score
		out = append(out, contest{
			Against: []string{title}, Who: b.phrase(other.Policy, other.Knob), Class: b.class(other.Policy),
			Verdict: verdict, Side: side,
			Figures: violations(s.Violations) + " and " + hours(s.InstanceHours),
			Differs: "ours has " + moreOrLess(o.Violations-s.Violations, o.InstanceHours-s.InstanceHours),
			J:       fmt.Sprintf("J %s against %s", drawing.Number(o.J(c.weight)), drawing.Number(s.J(c.weight))),
		})
	}
	add(fmt.Sprintf("Best of %s at %s, in hindsight", drawing.Count(c.rivals, "rival", "rivals"), drawing.Count(c.knobs, "knob", "knobs")), c.best)
	add("The rival one would have chosen beforehand", c.beforehand)
	add("The incumbent: what there is today", c.incumbent)
	return out
}

// than joins a comparison to what it is with.
func than(ratio float64) string {
	if ratio >= 2 || math.Abs(ratio-1) < evenly {
		return " as"
	}
	return " than"
}

// headline says the whole result of a trace in one sentence.
func (b *book) headline(c choice) string {
	if c.ours == nil {
		return "Ours was not run on this load."
	}
	s := c.ours.Score
	text := fmt.Sprintf("%s: %s and %s", b.phrase(c.ours.Policy, c.ours.Knob), violations(s.Violations), hours(s.InstanceHours))
	other, name := c.incumbent, ""
	if other == nil {
		other, name = c.beforehand, ", chosen beforehand"
	}
	if other == nil {
		other, name = c.best, ", the best rival in hindsight"
	}
	if other == nil {
		return text + "."
	}
	verdict, _ := compared(c.ratio(other))
	text = fmt.Sprintf("%s; %s%s: %s and %s. Ours is %s", text, b.phrase(other.Policy, other.Knob), name,
		drawing.Thousands(int64(other.Score.Violations)), drawing.Number(other.Score.InstanceHours), verdict)
	if other == c.best {
		return text + "."
	}
	hindsight, _ := compared(c.ratio(c.best))
	return text + ", and " + hindsight + than(c.ratio(c.best)) + " the best rival in hindsight."
}
